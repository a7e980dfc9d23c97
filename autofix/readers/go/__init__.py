"""Go: maps, structs, indexes, and manifests in raw strings."""

from __future__ import annotations

from typing import Final

from autofix.readers.model import TextReading

LANGUAGES: Final = ("go", "golang")
SUFFIXES: Final = (".go",)
NAMES: Final[tuple[str, ...]] = ()


def read(text: str) -> TextReading:
    """Read a text of Go.

    Args:
        text: the text.

    Returns:
        The annotations in its literals, and the texts in its strings.
    """
    from autofix.readers.code import read_code
    from autofix.readers.go.grammar import GRAMMAR

    return read_code(text, GRAMMAR)
