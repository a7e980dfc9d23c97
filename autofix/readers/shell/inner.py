"""Texts of other languages in the words of a command and in here-documents."""

from __future__ import annotations

import re
from typing import Final

from autofix.readers.model import NOT_UNDERSTOOD, Escapes, InnerText, Target, TextSpan
from autofix.readers.shell.words import Word, WordPart

_IN_DOUBLE_QUOTES: Final[Escapes] = (("\\", "\\\\"), ('"', '\\"'), ("$", "\\$"), ("`", "\\`"))
# How a text is written in the shell, by the quotes around it.
ESCAPES: Final[dict[str, Escapes]] = {
    "'": (("'", "'\\''"),),
    '"': _IN_DOUBLE_QUOTES,
    "$'": (("\\", "\\\\"), ("'", "\\'"), ("\n", "\\n")),
    "": (("\\", "\\\\"), *((character, f"\\{character}") for character in "\"'` $&;|<>()*?#!{}[]~")),
}
_JSON: Final = re.compile(r'\s*(?:\{\s*["}]|\[\s*[\[{"\]])')
_FILLERS: Final = {"json": "1", "yaml": "x"}
_DEEPEST: Final = 80
_PRINTED: Final = re.compile(r"\\([ntr\\\"])")
_CHARACTERS: Final = {"n": "\n", "t": "\t", "r": "\r"}


def language_of(text: str) -> str:
    """Tell whether a text is JSON or YAML, by how it starts."""
    return "json" if _JSON.match(text) else "yaml"


def inner_text(
    part: WordPart,
    language: str,
    target: Target = Target.UNKNOWN,
    namespace: str = "",
    *,
    escapes: Escapes | None = None,
    reason: str = "",
) -> InnerText:
    """Make a text of a part of a word.

    Args:
        part: the part.
        language: its language; empty to choose between YAML and JSON by how it starts.
        target: whose annotations its mappings are, as far as it does not say it.
        namespace: the Namespace of its objects.
        escapes: how characters are written in it; None to follow the quotes of the word.
        reason: why nothing may be edited.
    """
    word, text = part.word, part.text
    language = language or language_of(text)
    holes = tuple(
        (max(start - part.start, 0), min(end, part.end) - part.start)
        for start, end in word.holes
        if start < part.end and end > part.start
    )
    runs = [(start - part.start, outside) for start, outside in word.runs if part.start < start < part.end]
    if escapes is None:
        if len(part.styles) > 1:
            reason = reason or NOT_UNDERSTOOD
        escapes = ESCAPES[min(part.styles, default="")]
    return InnerText(
        language,
        _filled(text, holes, _FILLERS.get(language, "")),
        ((0, word.outside(part.start)), *runs),
        escapes,
        holes,
        target=target,
        namespace=namespace,
        reason=reason,
    )


def _filled(text: str, holes: tuple[TextSpan, ...], filler: str) -> str:
    """Put harmless characters into the holes; the shell's own expansions are harmless to the shell."""
    if not filler:
        return text
    pieces: list[str] = []
    last = 0
    for start, end in holes:
        pieces.append(text[last:start])
        is_line = filler == "x" and _is_alone(text, start, end)
        pieces.append(("#" if is_line else filler) + filler * (end - start - 1))
        last = end
    return "".join([*pieces, text[last:]])


def _is_alone(text: str, start: int, end: int) -> bool:
    """Tell whether a hole is all of its line, so that YAML takes a comment there."""
    # Of deeper indentation nothing is known: a search of the whole line would take too long.
    before = text[max(start - _DEEPEST, 0) : start].rstrip(" \t")
    behind = text[end : end + _DEEPEST].lstrip(" \t\r")
    return (before.endswith("\n") or (start <= _DEEPEST and not before)) and (
        behind.startswith("\n") or (not behind and end + _DEEPEST >= len(text))
    )


def printed(word: Word) -> Word:
    """Return what ``printf`` and ``echo -e`` make of a word: backslashes are escapes once more.

    Args:
        word: the word.
    """
    pieces: list[str] = []
    runs: list[TextSpan] = []
    shifts: list[TextSpan] = [(0, 0)]
    last = length = 0

    def keep(start: int, end: int) -> None:
        nonlocal length
        runs.append((length, word.outside(start)))
        runs.extend((run - start + length, outside) for run, outside in word.runs if start < run < end)
        pieces.append(word.text[start:end])
        length += end - start

    for match in _PRINTED.finditer(word.text):
        if match.start() > last:
            keep(last, match.start())
        runs.append((length, word.outside(match.start(1))))
        pieces.append(_CHARACTERS.get(match[1], match[1]))
        length += 1
        last = match.end()
        shifts.append((last, last - length))
    keep(last, len(word.text))
    shift = {}
    number = 0
    for hole in word.holes:
        while number + 1 < len(shifts) and shifts[number + 1][0] <= hole[0]:
            number += 1
        shift[hole] = shifts[number][1]
    holes = tuple((start - by, end - by) for (start, end), by in shift.items())
    # Pieces end elsewhere now: what counts is only how all of the word is quoted.
    styles = tuple((length, style) for style in sorted(word.part().styles))
    return word._replace(text="".join(pieces), runs=tuple(runs), holes=holes, styles=styles)
