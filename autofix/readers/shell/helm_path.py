"""The syntax of Helm's ``--set``: paths with dots and escapes, and what type a value gets.

Source: Helm 3, pkg/strvals/parser.go and literal_parser.go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from autofix.kubernetes.scalars import Scalar
from autofix.readers.shell.words import WordPart

_INTEGER: Final = re.compile(r"-?[1-9][0-9]{0,17}\Z|0\Z")
_WORDS: Final = {"true": True, "false": False, "null": None}


class PathSetting(NamedTuple):
    """A value that an option sets.

    Attributes:
        names: the names on the path, without escapes; a list's number stands behind its name.
        last: the last name as it stands.
        path: the whole path as it stands.
        value: the value; None if it has none.
    """

    names: tuple[str, ...]
    last: WordPart
    path: WordPart
    value: WordPart | None

    @property
    def key(self) -> str:
        """The last name without escapes."""
        return self.names[-1]

    @property
    def parent(self) -> tuple[str, ...]:
        """The names before the last."""
        return self.names[:-1]


def path_settings(part: WordPart, *, is_literal: bool) -> Iterator[PathSetting]:
    """Read ``a.b=c,d[0].e=f``.

    Args:
        part: the text.
        is_literal: whether all behind the first equals sign is one value, as with ``--set-literal``.
    """
    position, length = 0, part.end - part.start
    while position < length:
        start = position
        names, last, position = read_path(part, position)
        path = part.sub(start, position)
        if position >= length or part.word.text[part.start + position] != "=":
            if names:
                yield PathSetting(names, last, path, None)
            position += 1
            continue
        begin = position + 1
        position = length if is_literal else _value_end(part, begin)
        yield PathSetting(names, last, path, part.sub(begin, position))
        position += 1


def read_path(part: WordPart, start: int) -> tuple[tuple[str, ...], WordPart, int]:
    """Read the names of a path.

    Args:
        part: the text around it.
        start: where it starts in the text.

    Returns:
        The names, the last of them as it stands, and the position of what stands behind the path.
    """
    text, end = part.word.text, part.end
    names: list[str] = []
    piece: list[str] = []
    position = begin = part.start + start
    while position < end and text[position] not in "=,":
        character = text[position]
        if character == ".":
            names.append("".join(piece))
            piece, begin = [], position + 1
        elif character == "\\" and position + 1 < end:
            position += 1
            piece.append(text[position])
        else:
            piece.append(character)
        position += 1
    names.append("".join(piece))
    return tuple(names), WordPart(part.word, begin, position), position - part.start


def _value_end(part: WordPart, start: int) -> int:
    """Return where a value ends: at a comma that is not escaped and not in braces."""
    text, position = part.word.text, part.start + start
    closing = text.find("}", position, part.end) if text.startswith("{", position) else -1
    if closing >= 0:
        position = closing
    while position < part.end and text[position] != ",":
        position += 2 if text[position] == "\\" else 1
    return min(position, part.end) - part.start


def typed(text: str) -> Scalar:
    """Return what Helm makes of a value of ``--set``.

    Args:
        text: the value.

    Source: Helm 3, pkg/strvals/parser.go, typedVal.
    """
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    return int(text) if _INTEGER.match(text) else text
