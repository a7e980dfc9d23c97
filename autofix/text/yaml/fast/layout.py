"""Where the keys and values of the plainest YAML stand; each collection is laid out at its first use."""

from __future__ import annotations

from contextlib import suppress
from itertools import accumulate
from operator import itemgetter
from typing import Final

from autofix.text.yaml.fast.line import BELOW, INSIDE, items, scalar
from autofix.text.yaml.fast.reader import block_lines
from autofix.text.yaml.node import Node

_INDENT_OF: Final = itemgetter(0)


class _Lines:
    """The lines of a document.

    Attributes:
        texts: the lines, without their breaks.
        lines: the same lines, read.
        indents: the columns of their first characters.
    """

    __slots__ = ("_starts", "indents", "lines", "texts")

    def __init__(self, text: str, start: int) -> None:
        self.texts, self.lines = block_lines(text)
        self.indents = list(map(_INDENT_OF, self.lines))
        # These do not count the line breaks above each line.
        self._starts = list(accumulate(map(len, self.texts), initial=start))

    def start(self, number: int) -> int:
        """Return where a line begins in the text, or where the last one ends."""
        return self._starts[number] + number

    def next(self, number: int) -> int:
        """Return the number of the first line, from a number on, that is neither blank nor a comment."""
        while number < len(self.indents) and self.indents[number] < 0:
            number += 1
        return number


class _Collection(Node):
    """A mapping or list that is laid out at its first use."""

    __slots__ = ("_column", "_end", "_ends", "_first", "_laid_out", "_lines", "_numbers")

    def __init__(self, lines: _Lines, first: int, end: int, column: int, *, is_mapping: bool) -> None:
        start = lines.start(first) + column
        super().__init__(start, lines.start(end), "block", start)
        self.is_mapping = is_mapping
        # Its lines, and the column of its own keys or dashes.
        self._lines, self._first, self._end, self._column = lines, first, end, column
        # By the numbers of the lines of its keys or dashes: the line behind the value, and what is laid out.
        self._ends: dict[int, int] | None = None
        self._laid_out: dict[int, tuple[Node, Node]] = {}
        self._numbers: dict[str | None, int] | None = None

    @property
    def entries(self) -> list[tuple[Node, Node]]:
        """A mapping's keys and values in their order."""
        if self.is_mapping and not self._entries:
            self._entries = list(map(self._entry, self._value_ends()))
        return self._entries

    @property
    def items(self) -> list[Node]:
        """A list's values."""
        if not self.is_mapping and not self._items:
            self._items = [self._item(number, end) for number, end in self._value_ends().items()]
        return self._items

    def entry(self, key: str | None) -> tuple[Node, Node] | None:
        """Find a mapping's own key and its value, of equal keys the last; others are not laid out."""
        if self._numbers is None:
            lines = self._lines.lines
            self._numbers = {lines[number].key: number for number in self._value_ends()}
        number = self._numbers.get(key)
        return None if number is None else self._entry(number)

    def _entry(self, number: int) -> tuple[Node, Node]:
        entry = self._laid_out.get(number)
        if entry is None:
            entry = self._key(number), self._value(number, self._value_ends()[number])
            self._laid_out[number] = entry
        return entry

    def _value_ends(self) -> dict[int, int]:
        """Find the lines of its keys or dashes, each with the line behind its value."""
        if self._ends is None:
            own = [self._first]
            with suppress(ValueError):
                while True:
                    own.append(self._lines.indents.index(self._column, own[-1] + 1, self._end))
            if self.is_mapping:
                # A list may stand at the column of its key; only the first key may stand behind a dash.
                lines = self._lines.lines
                own = [number for number in own if number == self._first or not lines[number].inner]
            self._ends = dict(zip(own, [*own[1:], self._end], strict=True))
        return self._ends

    def _key(self, number: int) -> Node:
        line = self._lines.lines[number]
        written = self._lines.texts[number][self._column : line.columns.key_end]
        node = _in_line(written, self._lines.start(number) + self._column)
        node.key = line.key
        return node

    def _item(self, number: int, end: int) -> Node:
        line = self._lines.lines[number]
        if line.key is None:
            return self._value(number, end)
        return _Collection(self._lines, number, end, line.inner, is_mapping=True)

    def _value(self, number: int, end: int) -> Node:
        lines = self._lines
        line = lines.lines[number]
        start = lines.start(number) + line.columns.start
        if line.value is BELOW:
            below = lines.next(number + 1)
            if below >= end:
                return Node(start, start, "", start)
            is_mapping = not lines.lines[below].inner
            return _Collection(lines, below, end, lines.indents[below], is_mapping=is_mapping)
        written = lines.texts[number][line.columns.start : line.columns.end]
        if written[0] != "|":
            return _in_line(written, start)
        behind = number + 1
        while behind < end and lines.indents[behind] == INSIDE.indent:
            behind += 1
        node = Node(start, lines.start(behind), "|", start)
        node.value = str(line.value)
        return node


def block_layout(text: str, start: int, end: int) -> Node:
    """Lay out a document that ``read_blocks`` has read.

    Args:
        text: the whole file.
        start, end: the span of the document's lines in it, in characters.

    Returns:
        Its root.
    """
    lines = _Lines(text[start:end], start)
    return _Collection(lines, lines.next(0), len(lines.lines), 0, is_mapping=True)


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
