"""Colours on a terminal."""

from __future__ import annotations

import os
import sys
from typing import Final

VERDICT_WIDTH: Final = 4
# ECMA-48 SGR codes, the colours of git.
_VERDICTS: Final = {"ok  ": "32", "warn": "33", "FAIL": "31"}
# The severities of findings, and the head of a table.
_PIECES: Final = {"error": "31", "warning": "33", "info": "36", "head": "1"}
_STYLES: Final = {"+++": "1", "---": "1", "@@": "36", "+": "32", "-": "31"}


def is_on(when: str) -> bool:
    """Decide whether to colour standard output.

    Args:
        when: ``always``, ``never``, or ``auto``: on a terminal, unless NO_COLOR is set (no-color.org).
    """
    return when == "always" or (when == "auto" and sys.stdout.isatty() and not os.environ.get("NO_COLOR"))


def coloured(line: str) -> str:
    """Colour one line of a unified diff."""
    style = next((style for start, style in _STYLES.items() if line.startswith(start)), None)
    return line if style is None else f"\x1b[{style}m{line}\x1b[0m"


def coloured_verdict(line: str) -> str:
    """Colour the verdict that begins a line: ``ok``, ``warn`` or ``FAIL``."""
    verdict = line[:VERDICT_WIDTH]
    style = _VERDICTS.get(verdict)
    return line if style is None else f"\x1b[{style}m{verdict}\x1b[0m{line[VERDICT_WIDTH:]}"


def coloured_piece(text: str, style: str) -> str:
    """Colour a piece of a line.

    Args:
        text: the piece.
        style: a severity, ``head``, or empty.
    """
    code = _PIECES.get(style)
    return text if code is None else f"\x1b[{code}m{text}\x1b[0m"
