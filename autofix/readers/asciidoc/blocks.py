"""The code blocks of AsciiDoc: listings, literals, and paragraphs with a style."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from autofix.readers.blocks import code_block, front_matter, language_of, line_spans
from autofix.readers.model import InnerText, TextReading, TextSpan

# ``[source,bash]``, ``[source%linenums, yaml, subs="…"]``, ``[,yaml]``, ``[listing]``.
_STYLE: Final = re.compile(
    r"\[(source|listing|literal)?([%#.][^\],]{0,80})?(?:,[ \t]{0,8}([\w+#-]{1,40}))?"
    r"[^\]\n]{0,200}\][ \t\r]*\n?\Z"
)
_DELIMITER: Final = re.compile(r"(-{4,}|\.{4,}|`{3,})([^`\n]{0,80}?)[ \t\r]*\n?\Z")
# The number of a remark, at the end of a line of code.
_CALLOUTS: Final = re.compile(r"[ \t]{0,8}(?:(?:#|//|--|;)[ \t]?)?<(?:\d{1,4}|\.)>[ \t\r]{0,8}\n?\Z")
_CALLOUT_TAIL: Final = 40
_TITLE: Final = re.compile(r"\.[^\s.]")


def read_asciidoc(text: str) -> TextReading:
    """Read a document of AsciiDoc.

    Args:
        text: the document.

    Returns:
        Its front matter and its code blocks; the rest is prose.
    """
    lines = line_spans(text)
    matter, first = front_matter(text, lines)
    texts = [] if matter is None else [matter]
    return TextReading(texts=(*texts, *_blocks(text, lines[first:])), is_prose=True)


def _blocks(text: str, lines: list[TextSpan]) -> Iterator[InnerText]:
    language: str | None = None
    number = 0
    while number < len(lines):
        line = text[slice(*lines[number])]
        number += 1
        style, delimiter = _STYLE.match(line), _DELIMITER.match(line)
        first, end = number, number
        if style is not None and (style[1] or style[3]):
            language = (style[3] or "").lower()
            continue
        if delimiter is not None and (delimiter[1][0] == "`" or not delimiter[2]):
            # A block that is not closed ends with the document.
            end = _first_line(text, lines, number, delimiter[1])
            number = end + 1
            language = language_of(delimiter[2]) or language
        elif language is not None and line.strip() and not _TITLE.match(line):
            first, end = number - 1, _first_line(text, lines, number, "")
            number = end
        inner = _block(text, lines[first:end], language or "")
        if inner is not None:
            yield inner
        if first < end or not line.strip():
            language = None


def _first_line(text: str, lines: list[TextSpan], number: int, content: str) -> int:
    """Return the number of the next line with a content; behind the last line if there is none."""
    while number < len(lines) and text[slice(*lines[number])].rstrip() != content:
        number += 1
    return number


def _block(text: str, lines: list[TextSpan], language: str) -> InnerText | None:
    pieces = [piece for start, end in lines for piece in _without_callouts(start, text[start:end])]
    return code_block(text, pieces, language)


def _without_callouts(start: int, line: str) -> Iterator[TextSpan]:
    """Return a line without the number of a remark at its end."""
    end = start + len(line)
    tail = max(len(line) - _CALLOUT_TAIL, 0)
    match = _CALLOUTS.search(line, tail) if line.rstrip().endswith(">") else None
    if match is None:
        yield start, end
        return
    yield start, start + match.start()
    yield end - line.endswith("\n"), end
