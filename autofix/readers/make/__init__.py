"""Makefiles: their recipes are shell texts.

Source of the syntax: https://www.gnu.org/software/make/manual/make.html, "Recipe Syntax".
"""

from __future__ import annotations

from typing import Final

from autofix.readers.model import TextReading

LANGUAGES: Final = ("make", "makefile", "mk")
SUFFIXES: Final = (".mk", ".mak", ".make")
NAMES: Final = ("makefile", "gnumakefile")


def read(text: str) -> TextReading:
    """Read a Makefile.

    Args:
        text: the text.

    Returns:
        A shell text for each line of a recipe that may concern Linkerd. Other lines that do are unread.
    """
    from autofix.readers.make.recipes import read_makefile

    return read_makefile(text)
