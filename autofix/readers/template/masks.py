"""Write harmless characters over the actions of a template, so that what is left can be read as YAML.

A mask has the length of what it covers and the same line breaks. So positions stay what they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum
from typing import Final, NamedTuple


class Style(Enum):
    """What a mask writes."""

    BLANK = "blanks"
    WORD = "letters, the same for the same text, but for no two keys: a plain scalar, or a part of one"
    ANCHOR = "an anchor of YAML: the key behind it begins in its column"
    HEADING = "letters and a colon: a key without a value"
    DASH = "a dash and blanks: the item behind it becomes a list in a list"


class Mask(NamedTuple):
    """A part of the text that is written over.

    Attributes:
        start, end: its span.
        style: what is written.
        column: how many characters stand blank before the anchor or dash.
    """

    start: int
    end: int
    style: Style
    column: int = 0


# Without vowels, "y" and "n" no word of YAML comes out. With a "z" first no number does, whatever is before.
_LETTERS: Final = "bcdfghjkmpqrstvwxz"
_FIRST: Final = "z"
# A key ends here.
_KEY_END: Final = re.compile(r"""["']?[ \t]{0,9}:(?:\s|\Z)""")
# What YAML takes for the end of a line.
_VISIBLE: Final = re.compile("[^\r\n\x85\u2028\u2029]")
_LINE_BREAK: Final = re.compile("[\r\n\x85\u2028\u2029]")


# What an action that ends so prints has quotes of its own.
_PRINTS_QUOTES: Final = re.compile(r"\|\s{0,20}s?quote\s{0,20}[-~]?(?:\}\}|%>)\Z")
_BLANK: Final = frozenset(" \t\r\n")
# The shortest word in quotes.
_SHORTEST_QUOTED: Final = 3


def masked_text(text: str, masks: Iterable[Mask]) -> str:
    """Write masks over a text.

    Args:
        text: the text.
        masks: the masks, in order; no two of them overlap.

    Returns:
        A text of the same length, with the same line breaks.
    """
    pieces: list[str] = []
    numbers: dict[str, int] = {}
    position = 0
    for number, mask in enumerate(masks):
        part = text[mask.start : mask.end]
        is_value = mask.style is Style.WORD and _KEY_END.match(text, mask.end) is None
        pieces.append(text[position : mask.start])
        written = _written(part, mask, numbers.setdefault(part, number) if is_value else number)
        is_alone = {*text[mask.start - 1 : mask.start], *text[mask.end : mask.end + 1]} <= _BLANK
        pieces.append(_quoted(written) if is_value and is_alone and _PRINTS_QUOTES.search(part) else written)
        position = mask.end
    pieces.append(text[position:])
    return "".join(pieces)


def _quoted(word: str) -> str:
    """Put a mask in quotes of the same length, if it is one word."""
    return f'"{word[1:-1]}"' if len(word) >= _SHORTEST_QUOTED and word.isalpha() else word


def blanked(text: str) -> str:
    """Write blanks over a text, but not over its line breaks.

    Args:
        text: the text.
    """
    return _VISIBLE.sub(" ", text)


def _written(part: str, mask: Mask, number: int) -> str:
    if mask.style is Style.BLANK:
        return blanked(part)
    if mask.style is Style.ANCHOR:
        name = _word(len(part) - mask.column - 2, number)
        return f"{' ' * mask.column}&{name} "
    if mask.style is Style.DASH:
        return f"{' ' * mask.column}-".ljust(len(part))
    line_break = _LINE_BREAK.search(part)
    width = line_break.start() if line_break else len(part)
    word = f"{_word(width - 1, number)}:" if mask.style is Style.HEADING else _word(width, number)
    return word + blanked(part[width:])


def _word(width: int, number: int) -> str:
    """Write a number as a word of some width."""
    letters: list[str] = []
    for _ in range(min(width - 1, 8)):
        number, digit = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[digit])
    return (_FIRST * max(width - len(letters), 0) + "".join(reversed(letters)))[:width]
