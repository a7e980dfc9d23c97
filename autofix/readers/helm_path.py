"""The path syntax of Helm's ``--set``: names with dots between them, and backslashes before characters.

Source: Helm 3, pkg/strvals/parser.go and literal_parser.go.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from autofix.readers.model import TextSpan

# Why a path does not lead to a key whose dots have no backslashes.
BARE_DOTS: Final = "Helm divides the path at each dot; write a backslash before each dot of the key"
# What stands behind a path in a list of assignments.
_BEHIND: Final = "=,"


class HelmPart(NamedTuple):
    """A part of a path of Helm's.

    Attributes:
        text: the part, without escapes; a list's number stands behind its name.
        start: where it begins in the text.
        end: where it ends.
    """

    text: str
    start: int
    end: int


class HelmAssignment(NamedTuple):
    """A path, and the value that it gets.

    Attributes:
        parts: the parts of the path; at least one.
        value: where the value stands in the text; None if the path has none.
    """

    parts: tuple[HelmPart, ...]
    value: TextSpan | None

    @property
    def span(self) -> TextSpan:
        """Where the whole path stands in the text."""
        return self.parts[0].start, self.parts[-1].end


def helm_parts(path: str, start: int = 0, end: int | None = None, behind: str = "") -> tuple[HelmPart, ...]:
    """Split a path of Helm's at its dots. A backslash takes its meaning from the next character.

    Args:
        path: a text with a path in it, such as ``podAnnotations.config\\.linkerd\\.io/x``.
        start: where the path begins in the text.
        end: where the text ends.
        behind: characters that end the path.
    """
    end = len(path) if end is None else end
    parts: list[HelmPart] = []
    letters: list[str] = []
    position = begin = start
    while position < end and path[position] not in behind:
        character = path[position]
        if character == ".":
            parts.append(HelmPart("".join(letters), begin, position))
            letters, begin = [], position + 1
        elif character == "\\" and position + 1 < end:
            position += 1
            letters.append(path[position])
        else:
            letters.append(character)
        position += 1
    parts.append(HelmPart("".join(letters), begin, position))
    return tuple(parts)


def assigned_parts(text: str, start: int, end: int) -> tuple[HelmPart, ...]:
    """Split the path of an assignment such as ``a.b=c``.

    Args:
        text: a text with the assignment in it.
        start, end: where it stands in the text, or where a list begins that it is the first of.
    """
    return helm_parts(text, start, end, _BEHIND)


def helm_assignments(
    text: str, start: int = 0, end: int | None = None, *, is_literal: bool = False
) -> Iterator[HelmAssignment]:
    """Read ``a.b=c,d[0].e=f``.

    Args:
        text: a text with assignments in it.
        start, end: where they stand in the text.
        is_literal: whether all behind the first equals sign is one value, as with ``--set-literal``.
    """
    position, end = start, len(text) if end is None else end
    while position < end:
        parts = assigned_parts(text, position, end)
        position = parts[-1].end
        value: TextSpan | None = None
        if position < end and text[position] == "=":
            begin = position + 1
            position = end if is_literal else _value_end(text, begin, end)
            value = begin, position
        yield HelmAssignment(parts, value)
        position += 1


def _value_end(text: str, start: int, end: int) -> int:
    """Return where a value ends: at a comma that is not escaped and not in braces."""
    closing = text.find("}", start, end) if text.startswith("{", start) else -1
    position = closing if closing >= 0 else start
    while position < end and text[position] != ",":
        position += 2 if text[position] == "\\" else 1
    return min(position, end)
