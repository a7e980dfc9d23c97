"""The escapes inside quotes of YAML and JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from autofix.readers.model import Escapes

SINGLE_QUOTES: Final[Escapes] = (("'", "''"),)
# The backslash comes first, because the other escapes have a backslash of their own.
DOUBLE_QUOTES: Final[Escapes] = (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\t", "\\t"))
_ESCAPE: Final = re.compile(
    r"\\(?:x(?P<two>[0-9a-fA-F]{2})|u(?P<four>[0-9a-fA-F]{4})|U(?P<eight>[0-9a-fA-F]{8})|(?P<letter>.))",
    re.DOTALL,
)
# Source: YAML 1.1, 5.6.
_LETTERS: Final = {
    "0": "\0",
    "a": "\a",
    "b": "\b",
    "e": "\x1b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
    "N": "\x85",
    "_": "\xa0",
    "L": "\u2028",
    "P": "\u2029",
}
# JSON writes rare characters as two halves. The layout of a JSON text has an ``x`` for each.
_HALVES: Final = range(0xD800, 0xE000)
_LAST: Final = 0x10FFFF


def plain_parts(line: str, start: int) -> Iterator[tuple[str, int]]:
    """Return a line without escapes as the only part.

    Args:
        line: the line.
        start: where it stands.
    """
    if line:
        yield line, start


def quoted_parts(line: str, start: int, quote: str) -> Iterator[tuple[str, int]]:
    """Read the escapes in a line of a scalar in quotes.

    Args:
        line: the line.
        start: where it stands.
        quote: the quote.

    Yields:
        Parts of the value, each with the place of its first character; of an escape the last place.
    """
    if quote == "'":
        position = 0
        while (index := line.find("''", position)) >= 0:
            yield from plain_parts(line[position:index], start + position)
            yield "'", start + index + 1
            position = index + 2
        yield from plain_parts(line[position:], start + position)
        return
    position = 0
    for match in _ESCAPE.finditer(line):
        yield from plain_parts(line[position : match.start()], start + position)
        yield _character(match), start + match.end() - 1
        position = match.end()
    yield from plain_parts(line[position:], start + position)


def _character(match: re.Match[str]) -> str:
    letter = match["letter"]
    if letter is not None:
        return _LETTERS.get(letter, letter)
    code = int(match["two"] or match["four"] or match["eight"], 16)
    return "x" if code in _HALVES or code > _LAST else chr(code)
