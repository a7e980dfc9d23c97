"""TypeScript and JavaScript: objects, subscripts, and manifests in templates."""

from __future__ import annotations

from typing import Final

from autofix.readers.model import TextReading

LANGUAGES: Final = ("typescript", "ts", "tsx", "javascript", "js", "jsx", "mjs", "cjs")
SUFFIXES: Final = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs")
NAMES: Final[tuple[str, ...]] = ()


def read(text: str) -> TextReading:
    """Read a text of TypeScript or JavaScript.

    Args:
        text: the text.

    Returns:
        The annotations in its literals, and the texts in its strings.
    """
    from autofix.readers.code import read_code
    from autofix.readers.typescript.grammar import GRAMMAR

    return read_code(text, GRAMMAR)
