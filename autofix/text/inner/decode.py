"""The text of a YAML scalar, and where each of its characters stands.

The text around it has indentation, quotes, escapes and line folding, which the scalar's value has not.
Source: YAML 1.1, chapter 9, as PyYAML and libyaml read it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate
from typing import Final, NamedTuple

from autofix.readers.model import Escapes, TextSpan
from autofix.text.inner.escapes import DOUBLE_QUOTES, SINGLE_QUOTES, plain_parts, quoted_parts
from autofix.text.yaml import Node

# A part of the value, and where its first character stands; None where no equal character stands outside.
_Part = tuple[str, int | None]
_BLANKS: Final = " \t\r"


class Decoded(NamedTuple):
    """The text of a scalar.

    Attributes:
        text: the value of the scalar.
        runs: where it stands, as in ``InnerText``. A character that is written as an escape stands at the
            last character of the escape.
        escapes: how characters of a new text are written there.
        is_exact: whether the text is surely the value, and each character has its place.
    """

    text: str
    runs: tuple[TextSpan, ...]
    escapes: Escapes
    is_exact: bool

    def span(self, start: int, end: int) -> TextSpan:
        """Return where a part of the text stands.

        Args:
            start, end: the part, not empty.
        """
        return self._position(start), self._position(end - 1) + 1

    def _position(self, index: int) -> int:
        inner, outer = self.runs[bisect_right(self.runs, index, key=lambda run: run[0]) - 1]
        return outer + index - inner


def decode(node: Node, text: str) -> Decoded:
    """Read a scalar, and find where its characters stand.

    Args:
        node: a scalar: a key or a value.
        text: the text that its span counts in.

    Returns:
        Its text. What no string is, such as ``true``, has the text that is written.
    """
    value = node.key if isinstance(node.key, str) else node.value
    start, end = node.start, node.end
    if not isinstance(value, str) or (node.style == "" and end - start == len(value)):
        value = text[start:end] if not isinstance(value, str) else value
        return Decoded(value, ((0, start),), (), text[start:end] == value)
    escapes: Escapes = ()
    if node.style in ("|", ">"):
        parts, indent = _block_parts(node, text, value)
        escapes = (("\n", "\n" + indent),)
    elif node.style == '"':
        parts, escapes = _flow_parts(text, start + 1, end - 1, '"'), DOUBLE_QUOTES
    elif node.style == "'":
        parts, escapes = _flow_parts(text, start + 1, end - 1, "'"), SINGLE_QUOTES
    else:
        parts = _flow_parts(text, start, end, "")
    return _joined(list(parts), value, start, escapes)


def _joined(parts: list[_Part], value: str, start: int, escapes: Escapes) -> Decoded:
    """Join the parts of a value, and hold them against the value that YAML's parser has read."""
    text = "".join(part for part, _ in parts)
    # The last line breaks of a block may not be part of its value; at the end of a file one may be missing.
    same = text == value or (text.startswith(value) and not text[len(value) :].strip("\n"))
    is_exact = same or text + "\n" == value
    if not is_exact:
        return Decoded(value, ((0, start),), escapes, is_exact=False)
    text = value if same else text
    runs: list[TextSpan] = []
    expected = -1
    starts = accumulate((len(part) for part, _ in parts), initial=0)
    for (part, position), index in zip(parts, starts, strict=False):
        if index >= max(1, len(text)):
            break
        if position is None:
            is_exact = False
            continue
        if position != expected:
            runs.append((index, position))
        expected = position + len(part)
    if not runs or runs[0][0] != 0:
        runs.insert(0, (0, start))
    return Decoded(text, tuple(runs), escapes, is_exact)


def _block_parts(node: Node, text: str, value: str) -> tuple[Iterator[_Part], str]:
    """Read a block scalar; also return its indentation."""
    header = text.find("\n", node.start, node.end)
    begin = node.end if header < 0 else header + 1
    lines = _lines(text[begin : node.end])
    first = next((line for line in lines if line.strip(" \r\n")), "")
    first_of_value = next((line for line in value.split("\n") if line.strip(" ")), "")
    width = max(0, _depth(first) - _depth(first_of_value))
    placed = list(zip(lines, accumulate(map(len, lines), initial=begin), strict=False))
    cut = [(line[min(width, _depth(line)) :], at + min(width, _depth(line))) for line, at in placed]
    return (_literal(cut) if node.style == "|" else _folded(cut, text)), " " * width


def _lines(text: str) -> list[str]:
    *lines, last = text.split("\n")
    return [*(f"{line}\n" for line in lines), *filter(None, (last,))]


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _literal(lines: list[tuple[str, int]]) -> Iterator[_Part]:
    for line, at in lines:
        content = line.rstrip("\r\n")
        yield content, at
        if content != line:
            yield "\n", at + len(line) - 1


def _folded(lines: list[tuple[str, int]], text: str) -> Iterator[_Part]:
    """Fold lines: a line break between two lines that begin with no blank is a space.

    Source: PyYAML, scan_block_scalar.
    """
    # Line breaks that wait for the next line, with the first of them where it may become a space.
    waiting: list[int] = []
    ends_plain = False
    for line, at in lines:
        content = line.rstrip("\r\n")
        line_break = at + len(line) - 1 if content != line else None
        if content:
            is_plain = content[0] not in " \t"
            if ends_plain and is_plain and waiting:
                if len(waiting) == 1:
                    yield " ", at - 1 if text[at - 1] == " " else None
                waiting = waiting[1:]
            yield from (("\n", position) for position in waiting)
            waiting, ends_plain = [], is_plain
            yield content, at
        if line_break is not None:
            waiting.append(line_break)
    yield from (("\n", position) for position in waiting)


def _flow_parts(text: str, start: int, end: int, quote: str) -> Iterator[_Part]:
    """Read a scalar in quotes, or a plain one: its lines are folded, and blanks around breaks go."""
    lines = text[start:end].split("\n")
    at, last = start, len(lines) - 1
    breaks: list[int] = []
    is_escaped = False
    for number, whole in enumerate(lines):
        line = whole
        first = at
        if number:
            line = whole.lstrip(_BLANKS)
            first += len(whole) - len(line)
        ends_escaped = number < last and quote == '"' and _is_escaped(line.removesuffix("\r"))
        if number < last:
            line = line.removesuffix("\r")[:-1] if ends_escaped else line.rstrip(_BLANKS)
        if number and (line or number == last or ends_escaped):
            if not is_escaped and len(breaks) == 1:
                yield " ", first - 1 if text[first - 1] == " " else None
            elif not is_escaped:
                yield from (("\n", position) for position in breaks[:-1])
            else:
                yield from (("\n", position) for position in breaks[1:])
            breaks, is_escaped = [], False
        yield from quoted_parts(line, first, quote) if quote else plain_parts(line, first)
        breaks.append(at + len(whole))
        is_escaped = is_escaped or ends_escaped
        at += len(whole) + 1


def _is_escaped(line: str) -> bool:
    """Tell whether a line in double quotes ends with a backslash that escapes its line break."""
    return (len(line) - len(line.rstrip("\\"))) % 2 == 1
