"""What the shell gets of a recipe's line: make's own expansions are variables there."""

from __future__ import annotations

import re
from typing import Final

from autofix.readers.model import InnerText, TextSpan

_PREFIX: Final = re.compile(r"[\t @+-]*")
_NAME: Final = re.compile(r"[A-Za-z_]\w*\Z")
_CLOSING: Final = {"(": ")", "{": "}"}
_STEP: Final = re.compile(r"\$|\n\t?")


def shell_text(text: str, start: int, end: int) -> InnerText:
    """Return the shell text of one logical line of a recipe.

    Args:
        text: the Makefile.
        start: where the line starts.
        end: where it ends.
    """
    prefix = _PREFIX.match(text, start, end)
    last = position = start if prefix is None else prefix.end()
    pieces: list[str] = []
    runs: list[TextSpan] = []
    holes: list[TextSpan] = []
    length = 0

    def keep(begin: int, piece: str) -> None:
        nonlocal length
        if piece:
            if not runs or runs[-1][1] + length - runs[-1][0] != begin:
                runs.append((length, begin))
            pieces.append(piece)
            length += len(piece)

    while (match := _STEP.search(text, position, end)) is not None:
        position = match.end()
        if match[0][0] == "\n":
            # Make removes the tab before a line that goes on.
            keep(last, text[last : match.start() + 1])
        elif text.startswith("$", position):
            keep(last, text[last : match.start()])
            position += 1
            keep(position - 1, "$")
        else:
            keep(last, text[last : match.start()])
            position = _expansion_end(text, position, end)
            holes.append((length, length + position - match.start()))
            keep(match.start(), _as_variable(text[match.start() : position]))
        last = position
    keep(last, text[last:end])
    return InnerText("shell", "".join(pieces), tuple(runs) or ((0, last),), (("$", "$$"),), tuple(holes))


def _expansion_end(text: str, start: int, end: int) -> int:
    """Return where an expansion ends that has its dollar sign before a position."""
    opening = text[start : start + 1]
    if opening not in _CLOSING:
        return min(start + 1, end)
    closing = _CLOSING[opening]
    depth = 1
    position = start + 1
    while position < end and depth:
        depth += (text[position] == opening) - (text[position] == closing)
        position += 1
    return position


def _as_variable(expansion: str) -> str:
    """Write an expansion of make as a variable of the shell, as long as it is."""
    name = expansion[2:-1]
    if len(expansion) <= len("$x"):
        return expansion if expansion[1:].isalnum() else "$@"[: len(expansion)]
    filler = name if _NAME.match(name) else "x" * len(name)
    return f"${{{filler}}}" if filler else "$@_"[: len(expansion)]
