"""The code blocks of AsciiDoc: listings, literals, and paragraphs with a style."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from autofix.readers.blocks import code_block, front_matter, language_of, line_spans
from autofix.readers.model import InnerText, TextReading, TextSpan

# ``[source,bash]``, ``[source%linenums, yaml, subs="…"]``, ``[,yaml]``, ``[listing]``.
_STYLE: Final = re.compile(
    r"\[(source|listing|literal)?([%#.][^\],]{0,80})?(?:,[ \t]{0,8}([\w+#-]{1,40}))?[^\]\n]{0,200}\][ \t\r]*\n?\Z"
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
    block: list[TextSpan] = []
    fence = ""
    for start, end in [*lines, (len(text), len(text))]:
        line = text[start:end]
        if fence:
            # A block that is not closed ends with the document.
            if line.rstrip() != fence and start < len(text):
                block += _without_callouts(start, line)
                continue
        elif language is not None and line.strip() and not _DELIMITER.match(line) and not _TITLE.match(line):
            if not _STYLE.match(line):
                block += _without_callouts(start, line)
                continue
        elif not block and not line.strip() and start < len(text):
            language = None
            continue
        if block:
            inner = code_block(text, block, language or "")
            if inner is not None:
                yield inner
            block = []
        if fence or (not line.strip()):
            fence, language = "", None
            continue
        delimiter, style = _DELIMITER.match(line), _STYLE.match(line)
        if delimiter is not None and (delimiter[1][0] == "`" or not delimiter[2]):
            fence = delimiter[1]
            language = language_of(delimiter[2]) or language
        elif style is not None and (style[1] or style[3]):
            language = (style[3] or "").lower()


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
