"""The plainest YAML texts as documents: read line by line, without YAML's parser.

This reader reads the same values as ``yaml.reader`` in the same text, in a fraction of the time. It refuses
every text of another form.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from autofix.text.yaml.fast.line import (
    BELOW,
    INSIDE,
    Line,
    Literal,
    OddLineError,
    read_line,
    read_short_line,
)

_MARKER: Final = "---\n"
# Characters of a line, on average.
_USUAL: Final = 80
# A column that no line has, not even a line without content.
_NOWHERE: Final = -3


class Block(NamedTuple):
    """A document in block style.

    Attributes:
        value: the document, which is a mapping.
        line: the line of its first content in the text, counted from 1.
        start, end: the span of its lines in the text, in characters.
    """

    value: dict[str, object]
    line: int
    start: int
    end: int


def read_blocks(text: str) -> list[Block] | None:
    """Read the documents of a text that is written in the plainest form.

    Args:
        text: the whole file.

    Returns:
        Its documents that are not empty; None when the text is of another form, or no YAML.
    """
    try:
        return list(_blocks(text))
    except OddLineError:
        return None


def read_mapping(text: str, column: int) -> dict[str, object] | None:
    """Read lines that are one mapping.

    Args:
        text: the lines.
        column: the column of its keys.

    Returns:
        The mapping; None when the lines are not of the plainest form, or not a mapping.
    """
    try:
        return _build(block_lines(text)[1], column)
    except OddLineError:
        return None


def block_lines(text: str) -> tuple[list[str], list[Line]]:
    """Read the lines of a document; the lines of a block scalar are the value of the line above them.

    Args:
        text: the lines.

    Returns:
        The lines without their breaks, and what each of them says; ``INSIDE`` for a line of a block scalar.

    Raises:
        OddLineError: when a line is not of the plainest form.
    """
    has_pipes = "|" in text
    texts = text.split("\n")
    if not texts[-1]:
        # Nothing follows the last line break.
        texts.pop()
    elif has_pipes:
        # A block scalar that is cut off has another value, which is not worth a case of its own.
        raise OddLineError
    if not has_pipes and len(text) < _USUAL * len(texts):
        # No line depends on another, and few are long, so the cache of lines stays small.
        return texts, list(map(read_short_line, texts))
    lines: list[Line] = []
    for number, written in enumerate(texts):
        if number < len(lines):
            continue
        line = read_line(written)
        lines.append(line)
        if isinstance(line.value, Literal):
            value, end = _literal(texts, number + 1, line.column, line.value)
            lines[number:] = [line._replace(value=value), *[INSIDE] * (end - number - 1)]
    return texts, lines


def _blocks(text: str) -> Iterator[Block]:
    start = len(_MARKER) if text.startswith(_MARKER) else 0
    above = 1 if start else 0
    while start < len(text):
        # The search begins at the line break above, so that it also meets a marker right there.
        marker = text.find(f"\n{_MARKER}", max(start - 1, 0))
        end = len(text) if marker < 0 else marker + 1
        _, lines = block_lines(text[start:end])
        if value := _build(lines, 0):
            content = next(number for number, line in enumerate(lines, above + 1) if line.indent >= 0)
            yield Block(value, content, start, end)
        start, above = end + len(_MARKER), above + len(lines) + 1


class _Position:
    """Where in a document the next line goes.

    Attributes:
        collection: the innermost open collection.
        column: the column of its keys or dashes.
        outer: the collections around it, with their columns.
        pending_key: the last key of a mapping while it has no value.
        key_column: after a move, the column at which a key without a dash goes into ``collection`` without
            another move.
        dash, items: after a move, if ``collection`` is an item of a list, the column at which a dash begins
            the next item, and that list; else the column is -1.
    """

    __slots__ = ("collection", "column", "dash", "items", "key_column", "outer", "pending_key")

    def __init__(self, collection: Any, column: int) -> None:
        self.collection = collection
        self.column = self.key_column = column
        self.outer: list[tuple[int, Any]] = []
        self.pending_key: str | None = None
        self.dash = -1
        self.items: list[object] = []

    def move(self, indent: int, inner: int, key: str | None) -> None:
        """Open and leave collections, so that the content of a line goes into the innermost.

        Raises:
            OddLineError: when the line's indentation does not say where it belongs.
        """
        if self.pending_key is not None:
            self._begin(indent, inner, self.pending_key)
        while indent < self.column:
            self._leave()
        if not inner and self.collection.__class__ is list:
            # A list may stand at the column of the key that it belongs to.
            self._leave()
        if indent != self.column or (self.collection.__class__ is list) != bool(inner):
            raise OddLineError
        self.dash = -1
        if inner and key is not None:
            self.items, self.dash = self.collection, indent
            item: dict[str, object] = {}
            self.collection.append(item)
            self._enter(item, inner)
        self.key_column = _NOWHERE if self.collection.__class__ is list else self.column

    def _begin(self, indent: int, inner: int, key: str) -> None:
        """Give the pending key its value: a collection if the line is inside it."""
        self.pending_key = None
        if indent > self.column or (inner and indent == self.column):
            value: Any = [] if inner else {}
            self.collection[key] = value
            self._enter(value, indent)
        else:
            self.collection[key] = None

    def _enter(self, collection: Any, column: int) -> None:
        self.outer.append((self.column, self.collection))
        self.collection, self.column = collection, column

    def _leave(self) -> None:
        if not self.outer:
            raise OddLineError
        self.column, self.collection = self.outer.pop()


def _build(lines: Iterable[Line], column: int) -> dict[str, object]:
    """Build the mapping that the lines write.

    Raises:
        OddLineError: when the indentation of a line does not say where it belongs.
    """
    root: dict[str, object] = {}
    position = _Position(root, column)
    # This loop runs for every line, so local names hold what it needs most.
    collection, key_column, dash, items = (
        position.collection,
        position.key_column,
        position.dash,
        position.items,
    )
    for indent, inner, key, value, _ in lines:
        if inner or indent != key_column:
            if indent < 0:
                continue
            if inner == key_column and indent == dash and key is not None:
                collection = position.collection = {}
                items.append(collection)
            else:
                position.move(indent, inner, key)
                collection, key_column, dash, items = (
                    position.collection,
                    position.key_column,
                    position.dash,
                    position.items,
                )
        if key is None:
            collection.append(value)
        elif value is BELOW:
            position.pending_key, key_column = key, _NOWHERE
        else:
            collection[key] = value
    if position.pending_key is not None:
        collection[position.pending_key] = None
    return root


def _literal(texts: Sequence[str], first: int, column: int, form: Literal) -> tuple[str, int]:
    """Read a block scalar.

    Args:
        texts: the lines of the document.
        first: the number of the first line below the ``|``.
        column: the column of the line with the ``|``.
        form: how it ends.

    Returns:
        Its text, and the number of the line behind it.

    Raises:
        OddLineError: when it has no text, or spaces make it unclear where it ends.
    """
    end = first
    while end < len(texts) and not texts[end]:
        end += 1
    margin = len(texts[end]) - len(texts[end].lstrip(" ")) if end < len(texts) else 0
    if margin <= column or texts[end].isspace():
        raise OddLineError
    indent = " " * margin
    while end < len(texts) and (not texts[end] or texts[end].startswith(indent)):
        end += 1
    if end < len(texts) and texts[end].isspace():
        raise OddLineError
    inside = [text[margin:] for text in texts[first:end]]
    if not all(map(str.isprintable, inside)):
        raise OddLineError
    while inside and not inside[-1]:
        inside.pop()
    return "\n".join(inside) + "\n" * form.keeps_break, end
