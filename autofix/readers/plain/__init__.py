"""Plain text: keys by their own form, and values right behind them.

This is the last resort, for texts without a grammar and for prose. A key is edited only if it is a word of
its own and nothing around it seems to give it another meaning.
"""

from __future__ import annotations

from autofix.readers.model import TextReading

LANGUAGES = ("plain", "text", "txt")
SUFFIXES = (".txt",)
NAMES = ()


def read(text: str) -> TextReading:
    """Find the native-sidecar keys in a text.

    Args:
        text: any text.

    Returns:
        A fragment for each key.
    """
    from autofix.readers.plain.reader import read_plain

    return read_plain(text)
