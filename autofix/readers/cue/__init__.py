"""CUE: pairs in structs."""

from __future__ import annotations

from typing import Final

from autofix.readers.model import TextReading

LANGUAGES: Final = ("cue",)
SUFFIXES: Final = (".cue",)
NAMES: Final[tuple[str, ...]] = ()


def read(text: str) -> TextReading:
    """Read a text of CUE.

    Args:
        text: the text.

    Returns:
        Its annotations where the pair is certain; all other keys are unread.
    """
    from autofix.readers.objects import CUE, read_objects

    return read_objects(text, CUE)
