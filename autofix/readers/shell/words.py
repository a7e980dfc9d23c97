"""Words of the shell without quotes and escapes, and where each part of them stands in the text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from tree_sitter import Node

from autofix.readers.model import TextSpan
from autofix.readers.shell.source import ShellSource

EXPANSIONS: Final = frozenset(
    {
        *("simple_expansion", "expansion", "command_substitution", "arithmetic_expansion"),
        *("process_substitution", "brace_expression"),
    }
)
WORDS: Final = frozenset(
    {"word", "number", "string", "raw_string", "ansi_c_string", "translated_string", "concatenation"}
    | EXPANSIONS
)
# Before which characters a backslash is an escape: in double quotes, and in here-documents.
_IN_QUOTES: Final = '$`"\\\n'
IN_DOCUMENT: Final = "$`\\\n"
_ANSI: Final = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "e": "\x1b"}
# Without one of these, a word is what is written.
_MARKS: Final = re.compile(r"[\\'\"$`{(<>]")
_JOINTS: Final = frozenset({"", "\\\n", "\\\r\n"})
_LONGEST_JOINT: Final = 3


class Word(NamedTuple):
    """A text as a command gets it.

    Attributes:
        text: the text without quotes and escapes; an expansion stands there as it is written.
        source: the text around it.
        runs: pairs of a position in ``text`` and the position outside, for each run without a gap.
        holes: where expansions stand in ``text``.
        span: where the whole word stands outside, with its quotes.
        styles: for each literal piece where it ends in ``text``, and its quotes: "'", '"', "$'" or nothing.
    """

    text: str
    source: str
    runs: tuple[TextSpan, ...]
    holes: tuple[TextSpan, ...]
    span: TextSpan
    styles: tuple[tuple[int, str], ...]

    def outside(self, position: int) -> int:
        """Return the position outside of a position in the text."""
        number = max(bisect_right(self.runs, position, key=_start) - 1, 0)
        start, outside = self.runs[number]
        return outside + position - start

    def part(self, start: int = 0, end: int | None = None) -> WordPart:
        """Return a part of the word."""
        return WordPart(self, start, len(self.text) if end is None else end)


class WordPart(NamedTuple):
    """A part of a word, such as the value of an option."""

    word: Word
    start: int
    end: int

    @property
    def text(self) -> str:
        """Its text."""
        return self.word.text[self.start : self.end]

    @property
    def span(self) -> TextSpan:
        """Where it stands outside; with the backslash before its first character."""
        word = self.word
        if len(word.runs) == 1 and not word.runs[0][0] and self.start:
            # Most words are one run; an escape at its start is the first run's matter.
            shift = word.runs[0][1]
            return self.start + shift, self.end + shift
        start = word.outside(self.start)
        if self.start == self.end:
            return start, start
        begins_run = word.runs[bisect_right(word.runs, self.start, key=_start) - 1] == (self.start, start)
        escaped = begins_run and start > word.span[0] and word.source[start - 1] == "\\"
        before = self.start > 0 and word.outside(self.start - 1) == start - 1
        return start - (escaped and not before), word.outside(self.end - 1) + 1

    @property
    def written(self) -> str:
        """What is written outside."""
        start, end = self.span
        return self.word.source[start:end]

    @property
    def has_hole(self) -> bool:
        """Whether an expansion stands in it."""
        holes = self.word.holes
        number = bisect_right(holes, self.start, key=_end)
        return number < len(holes) and holes[number][0] < self.end

    @property
    def styles(self) -> frozenset[str]:
        """How its literal pieces are quoted."""
        pieces = self.word.styles
        first = bisect_right(pieces, self.start, key=_end_of_piece)
        last = bisect_right(pieces, self.end - 1, key=_end_of_piece)
        return frozenset(style for _, style in pieces[first : last + 1])

    def sub(self, start: int, end: int | None = None) -> WordPart:
        """Return a part of this part."""
        return WordPart(self.word, self.start + start, self.end if end is None else self.start + end)

    def find(self, mark: str, start: int = 0) -> int:
        """Return where a character stands outside of expansions; -1 if nowhere."""
        text, holes = self.word.text, self.word.holes
        position = text.find(mark, self.start + start, self.end)
        while position >= 0:
            number = bisect_right(holes, position, key=_end)
            if number == len(holes) or position < holes[number][0]:
                return position - self.start
            position = text.find(mark, holes[number][1], self.end)
        return -1

    def split(self, mark: str) -> Iterator[WordPart]:
        """Split at a character that stands outside of expansions."""
        start = 0
        while (end := self.find(mark, start)) >= 0:
            yield self.sub(start, end)
            start = end + 1
        yield self.sub(start)


def _start(run: TextSpan) -> int:
    return run[0]


def _end_of_piece(piece: tuple[int, str]) -> int:
    return piece[0]


def _end(hole: TextSpan) -> int:
    return hole[1]


class WordBuilder:
    """Collects the pieces of one word."""

    def __init__(self, source: ShellSource) -> None:
        self._source = source
        self._pieces: list[str] = []
        self._length = 0
        self._runs: list[TextSpan] = []
        self._holes: list[TextSpan] = []
        self._styles: list[tuple[int, str]] = []

    def word(self, span: TextSpan) -> Word:
        """Return the word.

        Args:
            span: where it stands.
        """
        runs = self._runs if self._runs and self._runs[0][0] == 0 else [(0, span[0]), *self._runs]
        text = "".join(self._pieces)
        return Word(text, self._source.text, tuple(runs), tuple(self._holes), span, tuple(self._styles))

    def add(self, text: str, position: int) -> None:
        """Add what stands at a position outside, without a gap."""
        last, outside = self._runs[-1] if self._runs else (0, -1)
        if not self._runs or outside + self._length - last != position:
            if self._runs and last == self._length:
                self._runs.pop()
            self._runs.append((self._length, position))
        self._pieces.append(text)
        self._length += len(text)

    def literal(self, start: int, end: int, style: str, escaped: str | None) -> None:
        """Add literal text.

        Args:
            start: where it starts outside.
            end: where it ends outside.
            style: how it is quoted.
            escaped: before which characters a backslash is an escape; None for all, empty for none.
        """
        text, before = self._source.text, self._length
        while start < end:
            cut = text.find("\\", start, end) if escaped != "" else -1
            if cut < 0 or cut + 1 >= end:
                break
            following = text[cut + 1]
            if escaped is not None and following not in escaped:
                self.add(text[start : cut + 2], start)
            else:
                self.add(text[start:cut], start)
                if following != "\n":
                    self.add(_ANSI.get(following, following) if style == "$'" else following, cut + 1)
            start = cut + 2
        self.add(text[start:end], start)
        if self._length > before:
            self._styles.append((self._length, style))

    def hole(self, node: Node) -> None:
        """Add an expansion."""
        start, end = self._source.span(node)
        self._holes.append((self._length, self._length + end - start))
        self.add(self._source.text[start:end], start)

    def with_holes(self, node: Node, start: int, end: int, style: str, escaped: str | None) -> None:
        """Add text with expansions: that of double quotes, or of a here-document."""
        for child in node.named_children:
            if child.type in EXPANSIONS:
                hole_start, hole_end = self._source.span(child)
                self.literal(start, hole_start, style, escaped)
                self.hole(child)
                start = hole_end
        self.literal(start, end, style, escaped)


def read_word(source: ShellSource, nodes: Sequence[Node]) -> Word:
    """Read one word from the nodes that it consists of.

    Args:
        source: the text.
        nodes: neighbours without a blank between them.
    """
    begin, finish = source.position(nodes[0].start_byte), source.position(nodes[-1].end_byte)
    text = source.text[begin:finish]
    # Most words are bare.
    if _MARKS.search(text) is None:
        return Word(text, source.text, ((0, begin),), (), (begin, finish), ((finish - begin, ""),))
    builder = WordBuilder(source)
    stack = [*nodes][::-1]
    while stack:
        node = stack.pop()
        kind = node.type
        if kind in EXPANSIONS:
            builder.hole(node)
            continue
        if kind in {"concatenation", "translated_string", "command_name"}:
            stack.extend(child for child in reversed(node.children) if child.type != "$")
            continue
        start, end = source.span(node)
        if kind == "raw_string":
            builder.literal(start + 1, end - 1, "'", "")
        elif kind == "ansi_c_string":
            builder.literal(start + 2, end - 1, "$'", None)
        elif kind == "string":
            builder.with_holes(node, start + 1, end - 1, '"', _IN_QUOTES)
        else:
            builder.literal(start, end, "", None)
    return builder.word((begin, finish))


def joined_nodes(source: ShellSource, nodes: Iterable[Node]) -> Iterator[list[Node]]:
    """Group nodes that make up one word, because no blank stands between them."""
    group: list[Node] = []
    end = 0
    for node in nodes:
        start = node.start_byte
        if group and start > end and not _is_joint(source, end, start):
            yield group
            group = []
        group.append(node)
        end = node.end_byte
    if group:
        yield group


def _is_joint(source: ShellSource, start: int, end: int) -> bool:
    between = slice(source.position(start), source.position(end))
    return end - start <= _LONGEST_JOINT and source.text[between] in _JOINTS
