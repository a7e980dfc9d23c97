"""Edits a file's text as the patches of its documents say, and proves the result by reading it again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from autofix.errors import AutofixError
from autofix.kubernetes.pointer import get, parts_of
from autofix.linkerd.keys import is_linkerd_key
from autofix.text.document import Document
from autofix.text.edit.plan import rewrite
from autofix.text.edit.text_edit import NotEditableError, Splice, spliced
from autofix.text.file import TextFile
from autofix.text.read import read_text
from autofix.text.yaml.document_layout import layout
from autofix.text.yaml.fast.proof import differs_only_at, is_same, mapping_after
from autofix.text.yaml.node import Node, find_mapping, nearest

Patch = Sequence[Mapping[str, Any]]

_ANCHOR: Final = ", perhaps by an anchor that is used elsewhere"
# Mappings that a patch may leave empty, or make.
_HOLDERS: Final = frozenset({"annotations", "jobTemplate", "labels", "metadata", "spec", "template"})


def edits(file: TextFile, patches: Mapping[int, Patch], expected: Mapping[int, object]) -> tuple[Splice, ...]:
    """Plan the patches of a file's documents in its text; everything else stays as it is.

    Args:
        file: the file.
        patches: RFC 6902 patches by the document's index.
        expected: the patched values by the document's index.

    Returns:
        Replacements that were proven: made in the text, it was read again.

    Raises:
        NotEditableError: when the text cannot be edited so that reading it again gives the patched values.
    """
    roots = layout(file, patches)
    planned = [
        _Planned(file.documents[index], patch, _rewritten(file.text, roots[index], patch), expected[index])
        for index, patch in patches.items()
    ]
    splices = [splice for one in planned for splice in one.splices]
    if not all(_is_proven_alone(file.text, roots[one.before.index], one) for one in planned):
        _prove(file, spliced(file.text, splices), roots, patches, expected)
    return tuple(splices)


class _Planned(NamedTuple):
    """The edits of one document, and its value before and after them."""

    before: Document
    patch: Patch
    splices: Sequence[Splice]
    after: object


def _rewritten(text: str, root: Node, patch: Patch) -> list[Splice]:
    try:
        return list(rewrite(text, root, patch))
    except NotEditableError as error:
        raise NotEditableError(str(error), nearest(root, parts_of(patch[0]["path"])).start) from None


def _is_proven_alone(text: str, root: Node, planned: _Planned) -> bool:
    """Prove the edits of a document by the one mapping that they are in, where that is enough."""
    paths = {parts_of(operation["path"])[:-1] for operation in planned.patch}
    if len(paths) != 1 or planned.before.span is None:
        return False
    [path] = paths
    mapping = find_mapping(root, path)
    found = None if mapping is None else mapping_after(text, mapping, planned.splices)
    return (
        bool(found)
        and is_same(found, get(planned.after, path))
        and differs_only_at(path, planned.before.value, planned.after)
    )


def _prove(
    file: TextFile,
    text: str,
    roots: Mapping[int, Node],
    patches: Mapping[int, Patch],
    expected: Mapping[int, object],
) -> None:
    try:
        after = read_text(text, file.source)
    except AutofixError as error:
        raise NotEditableError(f"the result would not be read any more: {error}") from None
    if len(after) != len(file.documents):
        raise NotEditableError("the result would have another number of documents")
    try:
        for before, now in zip(file.documents, after, strict=True):
            if not is_same(now.value, expected.get(before.index, before.value)):
                _check(before, now, roots, patches.get(before.index, ()), expected)
    except RecursionError:
        raise NotEditableError("it is nested too deeply") from None


def _check(
    before: Document,
    now: Document,
    roots: Mapping[int, Node],
    operations: Patch,
    expected: Mapping[int, object],
) -> None:
    """Compare a document with what it was: by an anchor more of Linkerd's keys may have changed with it."""
    places = [nearest(roots[before.index], parts_of(one["path"])).start for one in operations]
    if _others(before) != _others(now):
        raise NotEditableError(f"more than Linkerd's keys would change{_ANCHOR}", next(iter(places), None))
    for operation, place in zip(operations, places, strict=True):
        if not _is_made(operation, now.value, expected[before.index]):
            key = parts_of(operation["path"])[-1]
            raise NotEditableError(f"{key} would not become what it should{_ANCHOR}", place)


def _is_made(operation: Mapping[str, Any], found: object, wanted: object) -> bool:
    """Compare the mapping that an operation touches; what an anchor shares with it may have changed too."""
    for part in parts_of(operation["path"])[:-1]:
        found, wanted = (get(one, (int(part) if isinstance(one, list) else part,)) for one in (found, wanted))
    return _canonical(found) == _canonical(wanted)


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def _others(document: Document) -> str:
    """Everything in a document but Linkerd's keys, as text."""
    return _canonical(_without(document.value))


def _without(value: object) -> object:
    if isinstance(value, list):
        return [_without(child) for child in value]
    if not isinstance(value, dict):
        return value
    kept = {key: _without(child) for key, child in value.items() if not is_linkerd_key(key)}
    return {key: child for key, child in kept.items() if child not in ({}, None) or key not in _HOLDERS}
