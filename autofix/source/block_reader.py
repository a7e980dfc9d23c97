"""The plainest YAML texts as documents: read line by line, without YAML's parser.

What is read here is what ``yaml_reader`` reads in the same text, at a small part of the cost; every text of
another form is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from autofix.source.block_line import (
    BELOW,
    BLANK,
    LONG,
    Line,
    Literal,
    OddLineError,
    read_line,
    read_long_line,
)

_MARKER: Final = "---"
# A line of a block scalar: as good as blank, and told from a blank one by its identity.
INSIDE: Final = BLANK._replace()


class Block(NamedTuple):
    """A document in block style.

    Attributes:
        value: the mapping that it is.
        texts: its lines, without their breaks.
        lines: what each of them says; ``INSIDE`` for those of block scalars.
        line: the line of its first content in the text, counted from 1.
        start: how many characters of the text stand above its lines.
    """

    value: dict[str, object]
    texts: Sequence[str]
    lines: Sequence[Line]
    line: int
    start: int


def read_blocks(text: str) -> list[Block] | None:
    """Read the documents of a text that is written in the plainest form.

    Args:
        text: the whole file, without a byte order mark.

    Returns:
        Its documents that are not empty; None when the text is of another form, or no YAML.
    """
    # No tabs, no line breaks but one, nothing that YAML forbids, and an end that is the end of a line.
    if not text.endswith("\n") or not text.replace("\n", "").isprintable():
        return None
    try:
        return list(_blocks(text))
    except OddLineError:
        return None


def _blocks(text: str) -> Iterator[Block]:
    every = text.split("\n")
    # Behind the last break stands nothing.
    every.pop()
    first = start = 0
    for end in (*(number for number, line in enumerate(every) if line == _MARKER), len(every)):
        texts = every[first:end]
        value, lines = _read(texts)
        if value:
            content = next(number for number, line in enumerate(lines, first + 1) if line.indent >= 0)
            yield Block(value, texts, lines, content, start)
        start += sum(map(len, texts)) + len(texts) + len(_MARKER) + 1
        first = end + 1


@dataclass(slots=True)
class _Place:
    """Where in a document the next line goes.

    Attributes:
        here: the innermost of the collections that are open.
        column: where its keys or dashes stand.
        around: those around it, with their columns.
        waiting: the last key of a mapping while it has no value.
        ready: the column of a key that can go into ``here`` just so; -1 when none can.
    """

    here: Any
    column: int = 0
    around: list[tuple[int, Any]] = field(default_factory=list)
    waiting: str | None = None
    ready: int = 0

    def move(self, indent: int, inner: int, key: str | None) -> None:
        """Open and leave collections, so that what a line holds goes into the innermost.

        Raises:
            OddLineError: when the line's indentation does not say where it belongs.
        """
        if self.waiting is not None:
            below = indent > self.column or (inner and indent == self.column)
            value: Any = None if not below else [] if inner else {}
            self.here[self.waiting] = value
            self.waiting = None
            if below:
                self.enter(value, indent)
        while indent < self.column:
            self.leave()
        if not inner and self.here.__class__ is list:
            # A list may stand at the column of the key that it belongs to.
            self.leave()
        if indent != self.column or (self.here.__class__ is list) != bool(inner):
            raise OddLineError
        if inner and key is not None:
            item: dict[str, object] = {}
            self.here.append(item)
            self.enter(item, inner)
        self.ready = -1 if self.here.__class__ is list else self.column

    def enter(self, collection: Any, column: int) -> None:
        """Open a collection inside the innermost."""
        self.around.append((self.column, self.here))
        self.here, self.column = collection, column

    def leave(self) -> None:
        """Leave the innermost collection."""
        self.column, self.here = self.around.pop()


def _read(texts: Sequence[str]) -> tuple[dict[str, object], list[Line]]:
    """Read the lines of a document.

    Raises:
        OddLineError: when a line is of another form, or its indentation does not say where it belongs.
    """
    lines: list[Line] = []
    root: dict[str, object] = {}
    place = _Place(root)
    for number, text in enumerate(texts):
        if number < len(lines):
            # Inside a block scalar.
            continue
        line = read_line(text) if len(text) < LONG else read_long_line(text)
        lines.append(line)
        indent, inner, key, value, _ = line
        if indent < 0:
            continue
        if inner or indent != place.ready:
            place.move(indent, inner, key)
        if value.__class__ is Literal and value is not BELOW:
            value, end = literal(texts, number + 1, place.column, value)
            lines += [INSIDE] * (end - number - 1)
        if key is None:
            place.here.append(value)
        elif value is BELOW:
            place.waiting, place.ready = key, -1
        else:
            place.here[key] = value
    if place.waiting is not None:
        place.here[place.waiting] = None
    return root, lines


def literal(texts: Sequence[str], first: int, column: int, form: Literal) -> tuple[str, int]:
    """Read a block scalar.

    Args:
        texts: the lines of the document.
        first: the line below the ``|``.
        column: the column of the collection that it belongs to.
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
    inside = [line[margin:] for line in texts[first:end]]
    while inside and not inside[-1]:
        inside.pop()
    return "\n".join(inside) + "\n" * form.keeps_break, end
