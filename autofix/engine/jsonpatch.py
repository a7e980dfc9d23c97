"""From repaired mappings to RFC 6902 operations and a patched copy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from autofix.kubernetes.pointer import Path, get, pointer, replaced, step
from autofix.linkerd.precedence import NO_ANNOTATIONS, Annotations

Operation = dict[str, Any]


def operations(
    obj: object,
    base: Path,
    before: Mapping[Path, Annotations],
    after: Mapping[Path, Annotations],
    fresh: set[int] | None = None,
) -> tuple[list[Operation], object]:
    """Write the difference between an item's mappings as JSON Patch operations.

    A patch that does not apply fails the user's request even under failurePolicy Ignore. So there is no
    ``test``, nothing absent is removed, and nothing is added below a parent that is not there.

    Args:
        obj: the document.
        base: path of the item in the document.
        before: what concerns Linkerd in the item's mappings as they came, by their path in the item.
        after: the same, repaired.
        fresh: as for ``replaced``, for a document with many items.

    Returns:
        The operations, and a copy of the document on which they have been made. The copy shares with ``obj``
        what is not on the way to a change.

    Source: RFC 6902 sections 4.1 to 4.3; kube-apiserver v1.34 and v1.36, measured.
    """
    found: list[Operation] = []
    for path, entries in after.items():
        old = before.get(path, NO_ANNOTATIONS)
        if entries is old or entries == old:
            continue
        place = (*base, *path)
        current = get(obj, place)
        if isinstance(current, dict):
            found.extend(_in_place(pointer(place), old, entries))
            obj = replaced(obj, place, _merged(current, old, entries), fresh)
        else:
            found.append(_with_parents(obj, place, entries))
            obj = replaced(obj, place, dict(entries), fresh)
    return found, obj


def _in_place(place: str, old: Annotations, entries: Annotations) -> Iterator[Operation]:
    for key in old:
        if key not in entries:
            yield {"op": "remove", "path": place + step(key)}
    for key, value in entries.items():
        if key not in old:
            yield {"op": "add", "path": place + step(key), "value": value}
        elif old[key] is not value and old[key] != value:
            yield {"op": "replace", "path": place + step(key), "value": value}


def _merged(current: Mapping[str, object], old: Annotations, entries: Annotations) -> dict[str, object]:
    kept = {key: value for key, value in current.items() if key not in old or key in entries}
    return {**kept, **entries}


def _with_parents(obj: object, place: Path, entries: Annotations) -> Operation:
    """Add the mapping together with the parents it lacks, in one operation."""
    depth = next(depth for depth in range(1, len(place) + 1) if get(obj, place[:depth]) is None)
    value: object = dict(entries)
    for part in reversed(place[depth:]):
        value = {part: value}
    return {"op": "add", "path": pointer(place[:depth]), "value": value}
