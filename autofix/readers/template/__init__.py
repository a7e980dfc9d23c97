"""Stub."""

from autofix.readers.model import TextReading

LANGUAGES = ("helm",)
SUFFIXES = (".tpl",)
NAMES = ()


def is_template(text: str) -> bool:
    """Stub."""
    return "{{" in text


def read(text: str) -> TextReading:
    """Stub."""
    from autofix.readers.plain.reader import read_plain

    return read_plain(text)
