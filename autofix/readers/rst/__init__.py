"""reStructuredText: code blocks by their language."""

from __future__ import annotations

from typing import Final

from autofix.readers.model import TextReading

LANGUAGES: Final = ("rst", "restructuredtext")
SUFFIXES: Final = (".rst",)
NAMES: Final[tuple[str, ...]] = ()


def read(text: str) -> TextReading:
    """Read a text of reStructuredText.

    Args:
        text: the text.

    Returns:
        Its code blocks; the rest is prose.
    """
    from autofix.readers.rst.blocks import read_rst

    return read_rst(text)
