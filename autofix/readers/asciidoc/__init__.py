"""AsciiDoc: front matter, and code blocks by their language."""

from __future__ import annotations

from typing import Final

from autofix.readers.model import TextReading

LANGUAGES: Final = ("asciidoc", "adoc")
SUFFIXES: Final = (".adoc", ".asciidoc")
NAMES: Final[tuple[str, ...]] = ()


def read(text: str) -> TextReading:
    """Read a text of AsciiDoc.

    Args:
        text: the text.

    Returns:
        Its code blocks; the rest is prose.
    """
    from autofix.readers.asciidoc.blocks import read_asciidoc

    return read_asciidoc(text)
