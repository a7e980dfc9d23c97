"""Jsonnet: pairs in objects."""

from __future__ import annotations

from typing import Final

from autofix.readers.model import TextReading

LANGUAGES: Final = ("jsonnet", "libsonnet")
SUFFIXES: Final = (".jsonnet", ".libsonnet")
NAMES: Final[tuple[str, ...]] = ()


def read(text: str) -> TextReading:
    """Read a text of Jsonnet.

    Args:
        text: the text.

    Returns:
        Its annotations where the pair is certain; all other keys are unread.
    """
    from autofix.readers.objects import JSONNET, read_objects

    return read_objects(text, JSONNET)
