"""JSON Pointers (RFC 6901), copy-on-write edits at a path, and JSON Patches (RFC 6902) made of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Path = tuple[str | int, ...]
Operation = dict[str, Any]
_Entries = Mapping[str, object]


def pointer(path: Iterable[str | int]) -> str:
    """Write a path as a JSON Pointer, with ``~`` and ``/`` escaped.

    Args:
        path: keys of mappings and indices of lists.

    Returns:
        The pointer, such as ``/metadata/annotations/linkerd.io~1inject``.

    Source: RFC 6901 section 3.
    """
    return "".join([step(part) for part in path])


def step(part: str | int) -> str:
    """Write one part of a path as the end of a JSON Pointer.

    Args:
        part: a key of a mapping, or an index of a list.

    Returns:
        The part with its slash.
    """
    return "/" + str(part).replace("~", "~0").replace("/", "~1")


def parts_of(written: str) -> tuple[str, ...]:
    """Read a JSON Pointer as ``pointer`` writes it.

    Args:
        written: the pointer.

    Returns:
        Its parts; also the indices of lists are strings.

    Source: RFC 6901 section 4.
    """
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in written.split("/")[1:])


def get(value: object, path: Path) -> object:
    """Return the value at a path.

    Args:
        value: a JSON value.
        path: keys of mappings and indices of lists.

    Returns:
        The value; None when the path leads nowhere.
    """
    for part in path:
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            return None
    return value


def replaced(value: object, path: Path, new: object, fresh: set[int] | None = None) -> object:
    """Return a copy of a JSON value with ``new`` at a path; mappings missing on the way are made.

    Only the containers along the path are copied; everything else is shared with ``value``.

    Args:
        value: a JSON value whose containers along the path are mappings, lists, or None or absent (these
            become mappings).
        path: where ``new`` goes; list indices must exist.
        new: the value to put there.
        fresh: ids of the containers that are copies already. They are changed, and not copied again; the ids
            of new copies are added. It is for a caller that replaces many values in one object.

    Returns:
        The copy.
    """
    fresh = set() if fresh is None else fresh
    parents: list[dict[str, object] | list[object]] = []
    for part in path:
        copy = value if isinstance(value, dict | list) and id(value) in fresh else _copy(value)
        fresh.add(id(copy))
        parents.append(copy)
        value = get(copy, (part,))
    for parent, part in zip(reversed(parents), reversed(path), strict=True):
        parent[part] = new  # type: ignore[index]  # int for lists, str for mappings
        new = parent
    return new


def _copy(value: object) -> dict[str, object] | list[object]:
    return list(value) if isinstance(value, list) else dict(value) if isinstance(value, dict) else {}


def operations(
    obj: object,
    base: Path,
    before: Mapping[Path, _Entries],
    after: Mapping[Path, _Entries],
    fresh: set[int] | None = None,
) -> tuple[list[Operation], object]:
    """Write the difference between an item's mappings as JSON Patch operations.

    A patch that does not apply fails the user's request even under failurePolicy Ignore. So there is no
    ``test``, nothing absent is removed, and nothing is added below a parent that is not there.

    Args:
        obj: the document.
        base: path of the item in the document.
        before: what is of interest in the item's mappings as they came, by their path in the item.
        after: the same, repaired.
        fresh: as for ``replaced``, for a document with many items.

    Returns:
        The operations, and a copy of the document on which they have been made. The copy shares with ``obj``
        what is not on the way to a change.

    Source: RFC 6902 sections 4.1 to 4.3; kube-apiserver v1.34 and v1.36, measured.
    """
    patch: list[Operation] = []
    for path, entries in after.items():
        old = before.get(path, {})
        if entries is old or entries == old:
            continue
        place = (*base, *path)
        current = get(obj, place)
        if isinstance(current, dict):
            patch.extend(_in_place(pointer(place), old, entries))
            obj = replaced(obj, place, _merged(current, old, entries), fresh)
        else:
            patch.append(_with_parents(obj, place, entries))
            obj = replaced(obj, place, dict(entries), fresh)
    return patch, obj


def _in_place(place: str, old: _Entries, entries: _Entries) -> Iterator[Operation]:
    for key in old:
        if key not in entries:
            yield {"op": "remove", "path": place + step(key)}
    for key, value in entries.items():
        if key not in old:
            yield {"op": "add", "path": place + step(key), "value": value}
        elif old[key] is not value and old[key] != value:
            yield {"op": "replace", "path": place + step(key), "value": value}


def _merged(current: _Entries, old: _Entries, entries: _Entries) -> dict[str, object]:
    kept = {key: value for key, value in current.items() if key not in old or key in entries}
    return {**kept, **entries}


def _with_parents(obj: object, place: Path, entries: _Entries) -> Operation:
    """Add the mapping together with the parents it lacks, in one operation."""
    depth = next(depth for depth in range(1, len(place) + 1) if get(obj, place[:depth]) is None)
    value: object = dict(entries)
    for part in reversed(place[depth:]):
        value = {part: value}
    return {"op": "add", "path": pointer(place[:depth]), "value": value}
