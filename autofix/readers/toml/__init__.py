"""TOML: tables, inline tables and dotted keys."""

from __future__ import annotations

from typing import Final

from autofix.readers.model import TextReading

LANGUAGES: Final = ("toml",)
SUFFIXES: Final = (".toml",)
NAMES: Final[tuple[str, ...]] = ()


def read(text: str) -> TextReading:
    """Read a text of TOML.

    Args:
        text: the text.

    Returns:
        The annotations in its literals, and the texts in its strings.
    """
    from autofix.readers.code import read_code
    from autofix.readers.toml.grammar import GRAMMAR

    return read_code(text, GRAMMAR)
