"""Pairs in the objects of CUE and Jsonnet, for which no well-kept grammar is published as a wheel.

The scanner knows strings, comments and brackets, and no expressions. A pair is certain where a literal value
follows a literal key, and ends the pair; every other key is left to the report.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from autofix.kubernetes.scalars import Scalar
from autofix.readers.keys import fragments_of, matters
from autofix.readers.model import Branch, Delivery, Fragment, Setting, TextReading, TextSpan
from autofix.readers.owners import Place

# What is not closed reaches to the end of its line or of the text, so that nothing is looked for twice.
_TOKEN: Final = (
    r"""(?P<comment>//[^\n]*|%s/\*(?s:.*?)(?:\*/|\Z))"""
    r"""|(?P<block>\"\"\"(?s:.*?)(?:\"\"\"|\Z)|'''(?s:.*?)(?:'''|\Z)|\|\|\|-?[ \t]*\n(?s:.*?)(?:\n[ \t]*\|\|\||\Z))"""
    r"""|(?P<string>"(?:[^"\\\n]|\\.)*+["\\]?|'(?:[^'\\\n]|\\.)*+['\\]?)"""
    r"""|(?P<word>[A-Za-z_$][\w$]*|-?[0-9][\w.]*)"""
    r"""|(?P<open>[{\[(])|(?P<close>[}\])])|(?P<colon>[+?!]?:{1,3})|(?P<end>,|;|\n)|(?P<other>\S)"""
)
_WORDS: Final[dict[str, Scalar]] = {"true": True, "false": False, "null": None}


class Notation(NamedTuple):
    """How a language writes objects.

    Attributes:
        token: a token of the language.
        ends_lines: whether a line break ends a value.
    """

    token: re.Pattern[str]
    ends_lines: bool


CUE: Final = Notation(re.compile(_TOKEN % ""), ends_lines=True)
JSONNET: Final = Notation(re.compile(_TOKEN % r"\#[^\n]*|"), ends_lines=False)


class _Object(NamedTuple):
    """An object that is open, and its pairs."""

    place: Place
    settings: list[Setting]


def read_objects(text: str, notation: Notation) -> TextReading:
    """Read a text of objects.

    Args:
        text: the text.
        notation: how its language writes them.

    Returns:
        The certain pairs; strings with other keys are unread.
    """
    tokens = [match for match in notation.token.finditer(text) if match.lastgroup != "comment"]
    fragments: list[Fragment] = []
    unread: list[TextSpan] = []
    stack = [_Object(Place(), [])]
    place, is_branch = Place(), False
    index = 0
    while index < len(tokens):
        token = tokens[index]
        kind, word = token.lastgroup, token.group()
        if kind == "string" and _is_key(tokens, index):
            setting, index, is_whole = _pair(text, tokens, index, notation)
            body = setting.key
            if is_whole:
                # A chain such as ``annotations: "KEY": "true"`` is a group of its own, in the same object.
                fragments += _chain(place, stack[-1], setting)
                continue
            if matters(body):
                fragments += _chain(place, stack[-1], setting)
            place = place.named(body)
            continue
        if kind in {"string", "block"} and "linkerd.io" in word:
            unread.append(token.span())
        elif kind == "word":
            if index + 1 < len(tokens) and tokens[index + 1].lastgroup == "colon":
                place = place.named(word)
            is_branch = is_branch or word in {"if", "then", "else"}
            if is_branch:
                branch = Branch.ALTERNATIVE if word in {"then", "else"} else Branch.CONDITIONAL
                place = place.on_branch(branch, token.start())
        elif kind == "open":
            stack.append(_Object(place, []))
            is_branch = False
        elif kind == "close" and len(stack) > 1:
            fragments += _closed(stack.pop())
            place = stack[-1].place
        elif kind == "end" and (word == "," or notation.ends_lines):
            place, is_branch = stack[-1].place, False
        index += 1
    for opened in stack:
        fragments += _closed(opened)
    return TextReading(tuple(sorted(fragments, key=_first_key)), unread=tuple(unread))


def _first_key(fragment: Fragment) -> TextSpan:
    return fragment.settings[0].key_span


def _chain(place: Place, around: _Object, setting: Setting) -> Iterator[Fragment]:
    if place == around.place:
        around.settings.append(setting)
    else:
        yield from fragments_of([setting], place.annotations_target(), place.branch)


def _closed(opened: _Object) -> Iterator[Fragment]:
    return fragments_of(opened.settings, opened.place.annotations_target(), opened.place.branch)


def _is_key(tokens: Sequence[re.Match[str]], index: int) -> bool:
    is_key = index + 1 < len(tokens) and tokens[index + 1].lastgroup == "colon"
    return is_key and _is_plain(tokens[index].group())


def _is_plain(string: str) -> bool:
    """Tell whether a string is closed and has no escapes."""
    return len(string) > 1 and string[0] == string[-1] and "\\" not in string


def _pair(
    text: str, tokens: Sequence[re.Match[str]], index: int, notation: Notation
) -> tuple[Setting, int, bool]:
    """Read a key and, if the value is a literal that ends the pair, its value.

    Returns:
        The setting, the index of the first token behind it, and whether it has a value.
    """
    start, end = tokens[index].span()
    key_span = (start + 1, end - 1)
    key, quote = text[slice(*key_span)], text[start]
    unknown = Setting(key, key_span, delivery=Delivery.EXPRESSION)
    behind = index + 2
    if behind >= len(tokens) or not _ends(tokens, behind + 1, notation):
        return unknown, behind, False
    value = tokens[behind]
    value_start, value_end = value.span()
    if value.lastgroup == "string" and _is_plain(value.group()):
        span = (value_start + 1, value_end - 1)
        return Setting(key, key_span, text[slice(*span)], span), behind + 1, True
    if value.group() not in _WORDS:
        return unknown, behind, False
    if value.group() == "null":
        return Setting(key, key_span, is_set=False), behind + 1, True
    scalar = _WORDS[value.group()]
    return Setting(key, key_span, scalar, value.span(), quotes=(quote, quote)), behind + 1, True


def _ends(tokens: Sequence[re.Match[str]], index: int, notation: Notation) -> bool:
    """Tell whether a value ends before a token."""
    while index < len(tokens) and tokens[index].group() == "\n" and not notation.ends_lines:
        index += 1
    return index >= len(tokens) or tokens[index].lastgroup in {"end", "close"}
