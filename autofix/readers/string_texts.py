"""Texts of other languages in the strings of a program."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

from autofix.readers.guess import guess_language
from autofix.readers.literals import StringLiteral
from autofix.readers.model import Escapes, InnerText, Target, TextSpan

_SIMPLE_ESCAPES: Final = MappingProxyType({"n": "\n", "t": "\t"})
_MASK: Final = "x"


def inner_text(literal: StringLiteral, target: Target) -> InnerText | None:
    """Read a string that seems to hold YAML, JSON or commands.

    Args:
        literal: the string.
        target: whose annotations its mappings are, as far as the string does not say it.

    Returns:
        The text in the string; None if it looks like none of them, or has escapes of unknown meaning.
    """
    # In Python's format strings two braces stand for one.
    if literal.holes and literal.quote != "`" and ("{{" in literal.body or "}}" in literal.body):
        return None
    begin = literal.span[0]
    body = _masked(literal.body, [(start - begin, end - begin) for start, end in literal.holes])
    text, runs = _unescaped(body, begin) if not literal.is_raw and "\\" in body else (body, [(0, begin)])
    if text is None:
        return None
    language = guess_language(text)
    if not language or (language == "yaml" and "\n" not in text.strip()):
        return None
    escapes = () if literal.is_raw else _escapes(literal)
    holes = tuple(_moved(hole, runs) for hole in literal.holes)
    return InnerText(language, text, tuple(runs), escapes, holes, target=target)


def _escapes(literal: StringLiteral) -> Escapes:
    """Tell how characters are written in a string: between three quotes, one quote needs no backslash."""
    backslash, quote = ("\\", "\\\\"), literal.quote[0]
    # Before the end it would be a fourth quote.
    is_free = len(literal.quote) == len('"""') and literal.body.endswith("\n")
    return (backslash,) if is_free else (backslash, (quote, f"\\{quote}"))


def _masked(body: str, holes: Sequence[TextSpan]) -> str:
    parts, end = [], 0
    for start, stop in holes:
        parts += [body[end:start], _MASK * (stop - start)]
        end = stop
    return "".join([*parts, body[end:]])


def _unescaped(body: str, begin: int) -> tuple[str | None, list[TextSpan]]:
    r"""Take the escapes out of a string: ``\"``, ``\\``, ``\n``, ``\t``; a run begins behind each backslash.

    A line break and a tab stand where their backslash stands.
    """
    parts: list[str] = []
    runs = {0: begin}
    length, end = 0, 0
    while (start := body.find("\\", end)) >= 0:
        letter = body[start + 1 : start + 2]
        if letter not in {*_SIMPLE_ESCAPES, '"', "'", "\\", "`"}:
            return None, []
        parts.append(body[end:start])
        length += start - end
        plain = _SIMPLE_ESCAPES.get(letter)
        runs[length] = begin + start + (plain is None)
        parts.append(plain or letter)
        length += 1
        end = start + 2
        if plain is not None:
            runs[length] = begin + end
    parts.append(body[end:])
    return "".join(parts), list(runs.items())


def _moved(hole: TextSpan, runs: Sequence[TextSpan]) -> TextSpan:
    """Move a hole from the text around to the inner text."""
    start = runs[bisect_left(runs, hole[0] + 1, key=lambda run: run[1]) - 1]
    offset = start[0] - start[1]
    return hole[0] + offset, hole[1] + offset
