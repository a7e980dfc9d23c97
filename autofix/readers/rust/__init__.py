"""Rust: maps, tuples, macros such as json!, and manifests in strings."""

from __future__ import annotations

from typing import Final

from autofix.readers.model import TextReading

LANGUAGES: Final = ("rust", "rs")
SUFFIXES: Final = (".rs",)
NAMES: Final[tuple[str, ...]] = ()


def read(text: str) -> TextReading:
    """Read a text of Rust.

    Args:
        text: the text.

    Returns:
        The annotations in its literals, and the texts in its strings.
    """
    from autofix.readers.code import read_code
    from autofix.readers.rust.grammar import GRAMMAR

    return read_code(text, GRAMMAR)
