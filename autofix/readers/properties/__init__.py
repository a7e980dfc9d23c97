"""Settings in lines: properties, INI, and files of an environment."""

from __future__ import annotations

from typing import Final

from autofix.readers.model import TextReading

LANGUAGES: Final = ("properties", "ini", "conf", "dotenv", "env")
SUFFIXES: Final = (".properties", ".conf", ".config", ".ini", ".env", ".cfg")
NAMES: Final[tuple[str, ...]] = ()


def read(text: str) -> TextReading:
    """Read a text of settings in lines.

    Args:
        text: the text.

    Returns:
        Its annotations where the pair is certain; all other keys are unread.
    """
    from autofix.readers.properties.lines import read_lines

    return read_lines(text)
