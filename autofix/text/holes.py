"""Which values of a YAML text a program fills in, and which keys stand in one of several branches.

The reader of a template has masked its actions (``autofix.readers.template``). Here its spans meet the keys
and values that YAML's readers have found in the rest.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from autofix.kubernetes.pointer import Path
from autofix.linkerd.keys import is_linkerd_key
from autofix.readers.model import Branch, InnerText
from autofix.readers.spans import overlaps
from autofix.text.yaml import Node

# Between a key and a hole that is its value, where YAML sees no value.
_NO_VALUE: Final = re.compile(r"""["']?[ \t]*:?\s*""")


class _Step(NamedTuple):
    """The last part of a path, and the step above it: most paths are never written out."""

    above: _Step | None
    part: str | int


_Place = _Step | None


def expressions(root: Node, text: InnerText) -> frozenset[Path]:
    """Find the scalars that a program fills in, as a whole or in part.

    Args:
        root: a document of the text; its spans count in ``text.text``.
        text: the text with its holes.

    Returns:
        The paths of these values; of equal keys only the last has a value. YAML sees null where an action
        stood alone below its key; such a value is an expression only behind a key in Linkerd's domain, for
        elsewhere it is as often a mapping.
    """
    if not text.holes:
        return frozenset()
    starts = [start for start, _ in text.holes]
    paths: set[Path] = set()
    for place, key, value in _entries(root, without_overwritten=True):
        if value.entries or value.items:
            continue
        start = value.start if key is None else key.end
        is_missing = (
            key is not None and is_linkerd_key(key.key or "") and _is_missing(start, value, text, starts)
        )
        if is_missing or (not _is_null(value) and overlaps(start, value.end, text.holes)):
            paths.add(_path(place))
    return frozenset(paths)


def branch_of(root: Node, text: InnerText) -> Mapping[Path, Branch]:
    """Find the keys of Linkerd's domain that do not always take effect.

    Args:
        root: a document of the text; its spans count in ``text.text``.
        text: the text with its conditions and alternatives.

    Returns:
        The branch of each such key, by its path. Of equal keys in one mapping, any counts.
    """
    if not text.conditions and not text.alternatives:
        return {}
    branches: dict[Path, Branch] = {}
    for place, key, _ in _entries(root):
        if key is None or key.key is None or not is_linkerd_key(key.key):
            continue
        if overlaps(key.start, key.end, text.alternatives):
            branches[_path(place)] = Branch.ALTERNATIVE
        elif overlaps(key.start, key.end, text.conditions):
            branches.setdefault(_path(place), Branch.CONDITIONAL)
    return branches


def repeated_in_branches(root: Node, text: InnerText) -> frozenset[Path]:
    """Find the keys of Linkerd's domain that stand twice in a mapping, and once where a condition decides.

    Each of them may be the one that counts, so none may go.

    Args:
        root: a document of the text; its spans count in ``text.text``.
        text: the text with its conditions and alternatives.
    """
    branches = branch_of(root, text)
    if not branches:
        return frozenset()
    places: set[_Place] = set()
    repeated: set[Path] = set()
    for place, key, _ in _entries(root):
        if key is None or key.key is None or not is_linkerd_key(key.key):
            continue
        if place in places and (path := _path(place)) in branches:
            repeated.add(path)
        places.add(place)
    return frozenset(repeated)


def _is_null(value: Node) -> bool:
    """Tell whether YAML sees no value, and the text none in quotes."""
    return value.value is None and not value.style


def _is_missing(start: int, value: Node, text: InnerText, starts: Sequence[int]) -> bool:
    """Tell whether YAML sees no value where the mask of an action is."""
    if not _is_null(value):
        return False
    number = bisect_left(starts, start)
    if number == len(starts):
        return False
    match = _NO_VALUE.match(text.text, start)
    return match is not None and match.end() >= starts[number]


def _entries(root: Node, *, without_overwritten: bool = False) -> Iterator[tuple[_Place, Node | None, Node]]:
    """Walk over all values with their keys; aliases are not followed, for their anchor has been there."""
    stack: list[tuple[_Place, Node | None, Node]] = [(None, None, root)]
    while stack:
        place, key, node = stack.pop()
        if place is not None:
            yield place, key, node
        for name, value in node.entries:
            if name.key is None or (without_overwritten and node.entry(name.key) != (name, value)):
                continue
            stack.append((_Step(place, name.key), name, value))
        for index, item in enumerate(node.items):
            stack.append((_Step(place, index), None, item))


def _path(place: _Place) -> Path:
    parts: list[str | int] = []
    while place is not None:
        parts.append(place.part)
        place = place.above
    return tuple(reversed(parts))
