"""Pairs in the objects of CUE and Jsonnet, for which no well-kept grammar is published as a wheel.

The scanner knows strings, comments and brackets, and no expressions. A pair is certain where a literal value
follows a literal key, and ends the pair; every other key is left to the report.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final, NamedTuple

from autofix.kubernetes.scalars import Scalar
from autofix.readers.keys import fragments_of, matters
from autofix.readers.model import Branch, Delivery, Fragment, Setting, TextReading, TextSpan
from autofix.readers.owners import CodePlace

# What is not closed reaches to the end of its line or of the text, so that nothing is looked for twice.
_SYNTAX: Final = (
    r"""(?P<comment>//[^\n]*|%s/\*(?s:.*?)(?:\*/|\Z))"""
    r"""|(?P<block>\"\"\"(?s:.*?)(?:\"\"\"|\Z)|'''(?s:.*?)(?:'''|\Z)"""
    r"""|\|\|\|-?[ \t]*\n(?s:.*?)(?:\n[ \t]*\|\|\||\Z))"""
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


CUE: Final = Notation(re.compile(_SYNTAX % ""), ends_lines=True)
JSONNET: Final = Notation(re.compile(_SYNTAX % r"\#[^\n]*|"), ends_lines=False)


class _Object(NamedTuple):
    """An object that is open, and its pairs."""

    place: CodePlace
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
    stack = [_Object(CodePlace(), [])]
    place, index = CodePlace(), 0
    while index < len(tokens):
        token = tokens[index]
        if token.lastgroup in {"word", "string"}:
            stack[-1] = _with_kind(tokens, index, stack[-1])
        if _is_key(tokens, index):
            setting, index, is_whole = _pair(text, tokens, index, notation)
            if is_whole or matters(setting.key):
                fragments += _added(place, stack[-1], setting)
            place = place if is_whole else place.named(setting.key)
            continue
        index += 1
        if token.lastgroup == "open":
            stack.append(_Object(place, []))
        elif token.lastgroup == "close" and len(stack) > 1:
            fragments += _closed(stack.pop())
            place = stack[-1].place
        elif token.lastgroup == "end" and (token.group() == "," or notation.ends_lines):
            place = stack[-1].place
        elif token.lastgroup == "word":
            place = _behind_word(tokens, index - 1, place)
        elif token.lastgroup in {"string", "block"} and "linkerd.io" in token.group():
            unread.append(token.span())
    fragments += chain.from_iterable(map(_closed, stack))
    return TextReading(tuple(sorted(fragments, key=_first_key)), unread=tuple(unread))


def _with_kind(tokens: Sequence[re.Match[str]], index: int, opened: _Object) -> _Object:
    """Look for ``kind: "Namespace"`` in an object."""
    if tokens[index].group().strip("\"'") != "kind" or index + 2 >= len(tokens):
        return opened
    colon, value = tokens[index + 1 : index + 3]
    if colon.lastgroup != "colon" or value.lastgroup != "string" or not _is_plain(value.group()):
        return opened
    return opened._replace(place=opened.place.of_kind(value.group()[1:-1]))


def _behind_word(tokens: Sequence[re.Match[str]], index: int, place: CodePlace) -> CodePlace:
    """Return the place behind a word: the name of a field, or a word that begins a branch."""
    word, start = tokens[index].group(), tokens[index].start()
    if index + 1 < len(tokens) and tokens[index + 1].lastgroup == "colon":
        return place.named(word)
    if word in {"then", "else"}:
        return place.on_branch(Branch.ALTERNATIVE, start)
    return place.on_branch(Branch.CONDITIONAL, start) if word == "if" else place


def _first_key(fragment: Fragment) -> TextSpan:
    return fragment.settings[0].key_span


def _added(place: CodePlace, around: _Object, setting: Setting) -> Iterator[Fragment]:
    """Put a setting to its object; in a chain such as ``annotations: "KEY": "true"`` it stands alone."""
    if place == around.place:
        around.settings.append(setting)
    else:
        yield from fragments_of([setting], place.annotations_target(), place.branch)


def _closed(opened: _Object) -> Iterator[Fragment]:
    if not opened.settings:
        return
    yield from fragments_of(opened.settings, opened.place.annotations_target(), opened.place.branch)


def _is_key(tokens: Sequence[re.Match[str]], index: int) -> bool:
    has_colon = index + 1 < len(tokens) and tokens[index + 1].lastgroup == "colon"
    return has_colon and tokens[index].lastgroup == "string" and _is_plain(tokens[index].group())


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
