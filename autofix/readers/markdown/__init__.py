"""Markdown: front matter, and code blocks by their language."""

from __future__ import annotations

from typing import Final

from autofix.readers.model import TextReading

LANGUAGES: Final = ("markdown", "md", "mdx", "qmd")
SUFFIXES: Final = (".md", ".mdx", ".markdown", ".qmd")
NAMES: Final[tuple[str, ...]] = ()


def read(text: str) -> TextReading:
    """Read a text of Markdown.

    Args:
        text: the text.

    Returns:
        Its code blocks; the rest is prose.
    """
    from autofix.readers.markdown.blocks import read_markdown

    return read_markdown(text)
