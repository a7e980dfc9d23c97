"""Where the keys and values of the plainest YAML stand; found out only where somebody looks."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from itertools import accumulate
from operator import itemgetter

from autofix.source.block_line import BELOW, Line, items, scalar
from autofix.source.block_reader import INSIDE, block_lines
from autofix.source.node import Node
from autofix.typed import Final, NamedTuple

_INDENT_OF: Final = itemgetter(0)


class _Lines(NamedTuple):
    """Some lines of a document: those from ``first`` to ``end``, exclusive, which are one collection.

    Attributes:
        texts: all lines of the document.
        lines: what they say.
        indents: the columns of their first characters.
        starts: where each of them would begin in the text if there were no breaks above it.
        column: where the collection's own keys or dashes stand.
    """

    texts: list[str]
    lines: list[Line]
    indents: list[int]
    starts: list[int]
    first: int
    end: int
    column: int


def block_layout(text: str, start: int, end: int) -> Node:
    """Lay out a document that ``read_blocks`` has read.

    Args:
        text: the whole file.
        start, end: the span of the document's lines in it, in characters.

    Returns:
        Its root.
    """
    texts, lines = block_lines(text[start:end])
    starts = list(accumulate(map(len, texts), initial=start))
    every = _Lines(texts, lines, list(map(_INDENT_OF, lines)), starts, 0, len(lines), 0)
    return _mapping(every._replace(first=_next_line(every, 0)))


def _start(of: _Lines, number: int) -> int:
    """Return where a line begins in the text, or where the last one ends."""
    return of.starts[number] + number


def _next_line(of: _Lines, number: int) -> int:
    """Find the first line from a number on that is neither blank nor a comment."""
    while number < of.end and of.indents[number] < 0:
        number += 1
    return number


def _mapping(of: _Lines) -> Node:
    # The first key may stand behind a dash.
    node = _collection(of)
    node.is_mapping = True
    node.unread = lambda node: node.entries.extend(
        (_key(of, number), _value(of, number, end)) for number, end in _entries(of)
    )
    node.look_up = cache(lambda key: _look_up(of, key))
    return node


def _entries(of: _Lines) -> Iterable[tuple[int, int]]:
    """Find the lines of a mapping's keys, each with the line behind its value."""
    own = [number for number in _own(of) if number == of.first or not of.lines[number].inner]
    return zip(own, [*own[1:], of.end], strict=True)


def _look_up(of: _Lines, key: str) -> Node | None:
    end = of.end
    # Of equal keys the last one counts.
    for number in reversed(_own(of)):
        line = of.lines[number]
        if number == of.first or not line.inner:
            if line.key == key:
                return _value(of, number, end)
            end = number
    return None


def _sequence(of: _Lines) -> Node:
    node = _collection(of)
    node.unread = lambda node: _read_sequence(of, node)
    return node


def _read_sequence(of: _Lines, node: Node) -> None:
    own = _own(of)
    for number, end in zip(own, [*own[1:], of.end], strict=True):
        if of.lines[number].key is None:
            node.items.append(_value(of, number, end))
        else:
            node.items.append(_mapping(of._replace(first=number, end=end, column=of.lines[number].inner)))


def _collection(of: _Lines) -> Node:
    start = _start(of, of.first) + of.column
    return Node(start, _start(of, of.end), "block", start)


def _own(of: _Lines) -> list[int]:
    """Find the first line and the others that begin at the collection's column."""
    own = [of.first]
    with suppress(ValueError):
        while True:
            own.append(of.indents.index(of.column, own[-1] + 1, of.end))
    return own


def _key(of: _Lines, number: int) -> Node:
    line = of.lines[number]
    start = _start(of, number) + of.column
    node = _in_line(of.texts[number][of.column : line.span.key_end], start)
    node.key = line.key
    return node


def _value(of: _Lines, number: int, end: int) -> Node:
    line = of.lines[number]
    start = _start(of, number) + line.span.start
    if line.value is BELOW:
        below = _next_line(of, number + 1)
        if below >= end:
            return Node(start, start, "", start)
        inside = of._replace(first=below, end=end, column=of.indents[below])
        return _sequence(inside) if of.lines[below].inner else _mapping(inside)
    written = of.texts[number][line.span.start : line.span.end]
    if written[0] == "|":
        behind = number + 1
        while behind < end and of.lines[behind] is INSIDE:
            behind += 1
        node = Node(start, _start(of, behind), "|", start)
        node.value = str(line.value)
        return node
    return _in_line(written, start)


def _in_line(written: str, start: int) -> Node:
    """Lay out a key, or a value that ends in its line."""
    first = written[0]
    node = Node(start, start + len(written), first if first in "[{\"'" else "", start)
    if first == "[":
        node.items.extend(_in_line(item[0], start + item.start()) for item in items(written))
    elif first == "{":
        node.is_mapping = True
    else:
        node.value = scalar(written)
    return node
