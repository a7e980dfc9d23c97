"""Where the keys and values of the plainest YAML stand; found out only where somebody looks."""

from __future__ import annotations

from itertools import accumulate
from typing import Final, NamedTuple

from autofix.source.block_line import BELOW, Literal, items, scalar
from autofix.source.block_reader import Block, literal
from autofix.source.node import Node

_QUOTES: Final = "\"'"


class _Lines(NamedTuple):
    """Some lines of a document: those from ``first`` to ``end``, exclusive, which are one collection.

    Attributes:
        block: the document.
        starts: where each of its lines begins in the text, and where the last one ends.
        column: where the collection's own keys or dashes stand.
    """

    block: Block
    starts: list[int]
    first: int
    end: int
    column: int


def block_layout(block: Block) -> Node:
    """Lay out a document.

    Args:
        block: the document.

    Returns:
        Its root; spans count characters in the text that the document was read from.
    """
    starts = list(accumulate((len(text) + 1 for text in block.texts), initial=block.start))
    return _mapping(_Lines(block, starts, _next_line(block, 0), len(block.lines), 0))


def _next_line(block: Block, number: int) -> int:
    """Find the first line from a number on that is neither blank nor a comment."""
    while number < len(block.lines) and block.lines[number].indent < 0:
        number += 1
    return number


def _mapping(at: _Lines) -> Node:
    def read(node: Node) -> None:
        lines, column = at.block.lines, at.column
        # The first key may stand behind a dash.
        later = range(at.first + 1, at.end)
        own = [at.first, *(one for one in later if lines[one].indent == column and not lines[one].inner)]
        for number, end in zip(own, [*own[1:], at.end], strict=True):
            node.entries.append((_key(at, number), _value(at, number, end)))

    start = at.starts[at.first] + at.column
    return Node(start, at.starts[at.end], "block", start, is_mapping=True, unread=read)


def _sequence(at: _Lines) -> Node:
    def read(node: Node) -> None:
        lines, column = at.block.lines, at.column
        own = [one for one in range(at.first, at.end) if lines[one].indent == column]
        for number, end in zip(own, [*own[1:], at.end], strict=True):
            if lines[number].key is None:
                node.items.append(_value(at, number, end))
            else:
                inside = at._replace(first=number, end=end, column=lines[number].inner)
                node.items.append(_mapping(inside))

    start = at.starts[at.first] + at.column
    return Node(start, at.starts[at.end], "block", start, unread=read)


def _key(at: _Lines, number: int) -> Node:
    line = at.block.lines[number]
    written = at.block.texts[number][at.column : line.span.key_end]
    start = at.starts[number] + at.column
    style = written[0] if written[0] in _QUOTES else ""
    return Node(start, start + len(written), style, start, key=line.key, value=scalar(written))


def _value(at: _Lines, number: int, end: int) -> Node:
    line = at.block.lines[number]
    start = at.starts[number] + line.span.start
    if line.value is BELOW:
        below = _next_line(at.block, number + 1)
        if below >= end:
            return Node(start, start, "", start)
        inside = at._replace(first=below, end=end, column=at.block.lines[below].indent)
        return _sequence(inside) if at.block.lines[below].inner else _mapping(inside)
    if isinstance(line.value, Literal):
        text, behind = literal(at.block.texts, number + 1, at.column, line.value)
        return Node(start, at.starts[behind], "|", start, value=text)
    return _in_line(at.block.texts[number][line.span.start : line.span.end], start)


def _in_line(written: str, start: int) -> Node:
    """Lay out a value that ends in its line."""
    end = start + len(written)
    first = written[0]
    if first == "[":
        inside = [_in_line(item[0], start + item.start()) for item in items(written)]
        return Node(start, end, first, start, _items=inside)
    if first == "{":
        return Node(start, end, first, start, is_mapping=True)
    return Node(start, end, first if first in _QUOTES else "", start, value=scalar(written))
