"""Turns the patches of a file's documents into edits of its text, and proves them by reading the result."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence, Set
from typing import Any, Final, NamedTuple

from autofix.errors import AutofixError
from autofix.kubernetes.lists import objects_in
from autofix.kubernetes.locations import entries_of, locations_of
from autofix.kubernetes.pointer import Path, get, parts_of, pointer
from autofix.linkerd.keys import is_linkerd_key, is_native_like
from autofix.text.document import Document, NotEditableError
from autofix.text.edit.plan import plan_edits
from autofix.text.edit.proof import differs_only_at, is_deeper, is_same, mapping_after
from autofix.text.edit.text_edit import TextEdit, apply_edits
from autofix.text.file import TextFile, read_text
from autofix.text.yaml import Node, find_mapping, lay_out, nearest

Patch = Sequence[Mapping[str, Any]]
# The parts of a JSON Pointer.
_Parts = tuple[str, ...]

_ANCHOR: Final = ", perhaps by an anchor that is used elsewhere"
# The proof calls itself for each level; every Python that we support stands this many levels.
_DEEPEST: Final = 300
# Mappings that a patch may add, or leave empty.
_HOLDERS: Final = frozenset({"annotations", "jobTemplate", "labels", "metadata", "spec", "template"})


def proven_edits(
    file: TextFile, patches: Mapping[int, Patch], expected: Mapping[int, object]
) -> tuple[TextEdit, ...]:
    """Plan the patches of a file's documents as edits of its text; everything else stays as it is.

    Args:
        file: the file.
        patches: RFC 6902 patches by the document's index.
        expected: the patched values by the document's index.

    Returns:
        The edits. They are proven: the edited text was read again and gives the patched values.

    Raises:
        NotEditableError: when the text cannot be edited so that reading it again gives the patched values.
    """
    roots = lay_out(file.text, file.documents, patches)
    plans = [
        _Plan(file.documents[index], patch, _plan_document(file.text, roots[index], patch), expected[index])
        for index, patch in patches.items()
    ]
    edits = [edit for plan in plans for edit in plan.edits]
    if not all(_is_proven_alone(file.text, roots[plan.before.index], plan) for plan in plans):
        _prove(file, apply_edits(file.text, edits), roots, patches, expected)
    return tuple(edits)


class _Plan(NamedTuple):
    """The edits of one document, and its value before and after them."""

    before: Document
    patch: Patch
    edits: Sequence[TextEdit]
    after: object


def _plan_document(text: str, root: Node, patch: Patch) -> list[TextEdit]:
    try:
        return list(plan_edits(text, root, patch))
    except NotEditableError as error:
        raise NotEditableError(str(error), nearest(root, parts_of(patch[0]["path"])).start) from None


def _is_proven_alone(text: str, root: Node, plan: _Plan) -> bool:
    """Prove the edits of a document by the one mapping that they are in, if that is enough."""
    paths = {parts_of(operation["path"])[:-1] for operation in plan.patch}
    if len(paths) != 1 or plan.before.span is None:
        return False
    [path] = paths
    mapping = find_mapping(root, path)
    after = None if mapping is None else mapping_after(text, mapping, plan.edits)
    return (
        bool(after)
        and is_same(after, get(plan.after, path))
        and differs_only_at(path, plan.before.value, plan.after)
    )


def _prove(
    file: TextFile,
    text: str,
    roots: Mapping[int, Node],
    patches: Mapping[int, Patch],
    expected: Mapping[int, object],
) -> None:
    try:
        documents = read_text(text, file.source)
    except AutofixError as error:
        raise NotEditableError(f"the result would not be read any more: {error}") from None
    if len(documents) != len(file.documents):
        raise NotEditableError("the result would have another number of documents")
    for before, after in zip(file.documents, documents, strict=True):
        if is_deeper(before.value, _DEEPEST):
            raise NotEditableError("it is nested too deeply")
        value = expected.get(before.index, before.value)
        if not is_same(after.value, value):
            _check(before, after, roots, patches.get(before.index, ()), value)


def _check(
    before: Document,
    after: Document,
    roots: Mapping[int, Node],
    patch: Patch,
    expected: object,
) -> None:
    """Check that only Linkerd's keys have changed; an anchor may have changed more of them than the patch."""
    positions = [nearest(roots[before.index], parts_of(operation["path"])).start for operation in patch]
    others = {
        parts_of(operation["path"])
        for operation in patch
        if not is_linkerd_key(parts_of(operation["path"])[-1])
    }
    if _without_linkerd(before, others) != _without_linkerd(after, others):
        raise NotEditableError(f"more than Linkerd's keys would change{_ANCHOR}", next(iter(positions), None))
    for operation, position in zip(patch, positions, strict=True):
        if not _is_made(operation, after.value, expected):
            key = parts_of(operation["path"])[-1]
            raise NotEditableError(f"{key} would not become what it should{_ANCHOR}", position)
    if place := _other_place(after.value, expected):
        raise NotEditableError(f"{place} would get it, too{_ANCHOR}", next(iter(positions), None))


def _other_place(actual: object, expected: object) -> str:
    """Name annotations without a native-sidecar key that get one by an anchor, and not by the patch."""
    for (path, item), (_, patched) in zip(objects_in(actual), objects_in(expected), strict=True):
        for location in locations_of(item):
            if _has_native_key(item, location.path) and not _has_native_key(patched, location.path):
                return pointer((*path, *location.path))
    return ""


def _has_native_key(item: Mapping[str, object], path: Path) -> bool:
    return any(map(is_native_like, entries_of(item, path) or ()))


def _is_made(operation: Mapping[str, Any], actual: object, expected: object) -> bool:
    """Compare only the mapping that an operation changes; an anchor may have changed other places, too."""
    for part in parts_of(operation["path"])[:-1]:
        actual, expected = (
            get(value, (int(part) if isinstance(value, list) else part,)) for value in (actual, expected)
        )
    return _canonical(actual) == _canonical(expected)


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def _without_linkerd(document: Document, others: Set[_Parts]) -> str:
    """Return everything in a document but Linkerd's keys and some other places, as text."""
    return _canonical(_without_keys(document.value, others, ()))


def _without_keys(value: object, others: Set[_Parts], place: _Parts) -> object:
    if isinstance(value, list):
        return [_without_keys(child, others, (*place, str(index))) for index, child in enumerate(value)]
    if not isinstance(value, dict):
        return value
    kept = {
        key: _without_keys(child, others, (*place, key))
        for key, child in value.items()
        if not is_linkerd_key(key) and (not others or (*place, key) not in others)
    }
    return {key: child for key, child in kept.items() if child not in ({}, None) or key not in _HOLDERS}
