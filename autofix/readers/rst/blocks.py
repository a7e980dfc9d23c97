"""The code blocks of reStructuredText: directives, and literal blocks behind ``::``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from autofix.readers.blocks import code_block, line_spans
from autofix.readers.model import InnerText, TextReading, TextSpan

_DIRECTIVE: Final = re.compile(
    r"[ \t]{0,200}\.\.[ \t]{1,8}(?:code-block|code|sourcecode|parsed-literal|prompt)::"
    r"[ \t]*([\w+#-]{0,40})"
)
_OTHER_DIRECTIVE: Final = re.compile(r"[ \t]{0,200}\.\.[ \t]")
_OPTION: Final = re.compile(r"[ \t]*:[\w-]{1,40}:")


def read_rst(text: str) -> TextReading:
    """Read a document of reStructuredText.

    Args:
        text: the document.

    Returns:
        Its code blocks; the rest is prose.
    """
    return TextReading(texts=tuple(_blocks(text)), is_prose=True)


def _blocks(text: str) -> Iterator[InnerText]:
    lines = line_spans(text)
    number = 0
    while number < len(lines):
        line = text[slice(*lines[number])]
        number += 1
        directive = _DIRECTIVE.match(line)
        is_literal = line.rstrip().endswith("::") and not _OTHER_DIRECTIVE.match(line)
        if directive is None and not is_literal:
            continue
        depth = _indent(line)
        while directive is not None and number < len(lines) and _OPTION.match(text[slice(*lines[number])]):
            number += 1
        first = number
        while number < len(lines):
            next_line = text[slice(*lines[number])]
            if next_line.strip() and _indent(next_line) <= depth:
                break
            number += 1
        inner = _block(text, lines[first:number], directive[1].lower() if directive else "")
        if inner is not None:
            yield inner


def _block(text: str, lines: list[TextSpan], language: str) -> InnerText | None:
    """Make the inner text of indented lines, without blank lines before and behind."""
    full = [index for index, (start, end) in enumerate(lines) if text[start:end].strip()]
    if not full:
        return None
    kept = lines[full[0] : full[-1] + 1]
    depth = min(_indent(text[slice(*lines[index])]) for index in full)
    pieces = [
        (start + depth if text[start:end].strip() else end - text.endswith("\n", start, end), end)
        for start, end in kept
    ]
    return code_block(text, pieces, language)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))
