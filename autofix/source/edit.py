"""Edits a file's text as the patches of its documents say, and proves the result by reading it again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from autofix.errors import AutofixError
from autofix.kubernetes.pointer import get
from autofix.linkerd.naming import is_linkerd_key
from autofix.source.document import Document
from autofix.source.layout import layout
from autofix.source.node import Node, nearest
from autofix.source.read import read_text
from autofix.source.rewrite import rewrite
from autofix.source.splice import NotEditableError, Splice, spliced
from autofix.source.text_file import TextFile

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
    roots = layout(file.text)
    splices: list[Splice] = []
    for index, patch in patches.items():
        try:
            splices.extend(rewrite(file.text, roots[index], patch))
        except NotEditableError as error:
            raise NotEditableError(str(error), nearest(roots[index], _parts(patch[0])).start) from None
    text = spliced(file.text, splices)
    _prove(file, text, roots, patches, expected)
    return tuple(splices)


def _prove(
    file: TextFile,
    text: str,
    roots: Sequence[Node],
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
                _check(before, now, roots[before.index], patches.get(before.index, ()), expected)
    except RecursionError:
        raise NotEditableError("it is nested too deeply") from None


def is_same(one: object, other: object) -> bool:
    """Tell whether two values are the same JSON, to the type of each number.

    Args:
        one: a value as the readers return it.
        other: another.
    """
    if one.__class__ is not other.__class__:
        return False
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(
            child is other[key] or is_same(child, other[key]) for key, child in one.items()
        )
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(is_same, one, other))
    return one == other


def _check(
    before: Document, now: Document, root: Node, operations: Patch, expected: Mapping[int, object]
) -> None:
    """Compare a document with what it was: by an anchor more of Linkerd's keys may have changed with it."""
    places = [nearest(root, _parts(one)).start for one in operations]
    if _others(before) != _others(now):
        raise NotEditableError(f"more than Linkerd's keys would change{_ANCHOR}", next(iter(places), None))
    for operation, place in zip(operations, places, strict=True):
        if not _is_made(operation, now.value, expected[before.index]):
            key = _parts(operation)[-1]
            raise NotEditableError(f"{key} would not become what it should{_ANCHOR}", place)


def _is_made(operation: Mapping[str, Any], found: object, wanted: object) -> bool:
    """Compare the mapping that an operation touches; what an anchor shares with it may have changed too."""
    for part in _parts(operation)[:-1]:
        found, wanted = (get(one, (int(part) if isinstance(one, list) else part,)) for one in (found, wanted))
    return _canonical(found) == _canonical(wanted)


def _parts(operation: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in operation["path"].split("/")[1:])


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
