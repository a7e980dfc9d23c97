"""Where the keys and values of the plainest YAML stand; found out only where somebody looks."""

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
        lines: what they say.
        indents: the columns of their first characters.
    """

    __slots__ = ("_starts", "indents", "lines", "texts")

    def __init__(self, text: str, start: int) -> None:
        self.texts, self.lines = block_lines(text)
        self.indents = list(map(_INDENT_OF, self.lines))
        # Without the breaks above each.
        self._starts = list(accumulate(map(len, self.texts), initial=start))

    def start(self, number: int) -> int:
        """Return where a line begins in the text, or where the last one ends."""
        return self._starts[number] + number

    def next(self, number: int) -> int:
        """Find the first line from a number on that is neither blank nor a comment."""
        while number < len(self.indents) and self.indents[number] < 0:
            number += 1
        return number


class _Collection(Node):
    """A mapping or list that is laid out when somebody looks into it."""

    __slots__ = ("_column", "_end", "_first", "_known", "_numbers", "_of", "_places")

    def __init__(self, of: _Lines, first: int, end: int, column: int, *, is_mapping: bool) -> None:
        start = of.start(first) + column
        super().__init__(start, of.start(end), "block", start)
        self.is_mapping = is_mapping
        # Its lines, and the column of its own keys or dashes.
        self._of, self._first, self._end, self._column = of, first, end, column
        # The lines behind the values, and what is laid out already, by the lines of the keys.
        self._places: dict[int, int] | None = None
        self._known: dict[int, tuple[Node, Node]] = {}
        self._numbers: dict[str | None, int] | None = None

    @property
    def entries(self) -> list[tuple[Node, Node]]:
        """A mapping's keys and values in their order."""
        if self.is_mapping and not self._entries:
            self._entries = list(map(self._entry, self._own_places()))
        return self._entries

    @property
    def items(self) -> list[Node]:
        """A list's values."""
        if not self.is_mapping and not self._items:
            self._items = [self._item(number, end) for number, end in self._own_places().items()]
        return self._items

    def entry(self, key: str | None) -> tuple[Node, Node] | None:
        """Find a mapping's own key, of equal ones the last, and its value; the others are not laid out."""
        if self._numbers is None:
            lines = self._of.lines
            self._numbers = {lines[number].key: number for number in self._own_places()}
        number = self._numbers.get(key)
        return None if number is None else self._entry(number)

    def _entry(self, number: int) -> tuple[Node, Node]:
        found = self._known.get(number)
        if found is None:
            found = self._known[number] = self._key(number), self._value(number, self._own_places()[number])
        return found

    def _own_places(self) -> dict[int, int]:
        """Find the lines of its keys or dashes, each with the line behind its value."""
        if self._places is None:
            own = [self._first]
            with suppress(ValueError):
                while True:
                    own.append(self._of.indents.index(self._column, own[-1] + 1, self._end))
            if self.is_mapping:
                # A list may stand at the column of its key; the first key, behind a dash.
                lines = self._of.lines
                own = [number for number in own if number == self._first or not lines[number].inner]
            self._places = dict(zip(own, [*own[1:], self._end], strict=True))
        return self._places

    def _key(self, number: int) -> Node:
        of = self._of
        line = of.lines[number]
        node = _in_line(of.texts[number][self._column : line.span.key_end], of.start(number) + self._column)
        node.key = line.key
        return node

    def _item(self, number: int, end: int) -> Node:
        line = self._of.lines[number]
        if line.key is None:
            return self._value(number, end)
        return _Collection(self._of, number, end, line.inner, is_mapping=True)

    def _value(self, number: int, end: int) -> Node:
        of = self._of
        line = of.lines[number]
        start = of.start(number) + line.span.start
        if line.value is BELOW:
            below = of.next(number + 1)
            if below >= end:
                return Node(start, start, "", start)
            return _Collection(of, below, end, of.indents[below], is_mapping=not of.lines[below].inner)
        written = of.texts[number][line.span.start : line.span.end]
        if written[0] != "|":
            return _in_line(written, start)
        behind = number + 1
        while behind < end and of.indents[behind] == INSIDE.indent:
            behind += 1
        node = Node(start, of.start(behind), "|", start)
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
