"""JSON Pointers (RFC 6901) and copy-on-write edits at a path."""

from __future__ import annotations

from collections.abc import Iterable

Path = tuple[str | int, ...]


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
    """Write one part of a path as the end of a JSON Pointer."""
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
        fresh: ids of containers that are copies already, of a caller that replaces many values in one and
            keeps the result; they are changed and not copied again, and new copies are added.

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
