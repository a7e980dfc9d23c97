"""Long files of many documents: only those that may matter are parsed, and only those are kept.

A document begins at a line of three dashes, whatever stands around it (see ``stream``). What no byte of a
document says cannot be in it, so a search for a few words passes over most documents.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from autofix.text.document import SourceError
from autofix.text.file import CONTEXT_LINES, TextFile, read_part
from autofix.text.languages import YAML, language_of_name
from autofix.text.prefilter.completion import COMPLETION
from autofix.text.prefilter.stream import MARKER
from autofix.text.prefilter.words import ESCAPES, PATTERNS

# Line breaks to YAML 1.1 that nobody else counts (U+0085, U+2028, U+2029), and byte order marks.
_ODD: Final = (b"\xc2\x85", b"\xe2\x80\xa8", b"\xe2\x80\xa9", b"\xef\xbb\xbf")
# Parts with fewer lines between them become one, so that the lines shown around them do not overlap.
_LINES_APART: Final = 2 * CONTEXT_LINES + 2

# Tells of the bytes of a document whether surely nothing is found in it.
IsHarmless = Callable[[bytes], bool]
Words = Sequence[re.Pattern[bytes]]


def read_parts(
    data: bytes, source: str, is_harmless: IsHarmless, *, completion: bool = False
) -> list[TextFile]:
    """Read the documents of a file in which something may be found; see ``read_relevant_parts``.

    Args:
        data: the whole file.
        source: its name for messages.
        is_harmless: tells of a document that names Linkerd whether surely nothing is found in it.
        completion: whether also documents matter whose pods may run to completion, whether they name Linkerd
            or not.
    """
    if not _is_plain_stream(data, source):
        return []
    words = (*PATTERNS, *(ESCAPES if b"\\" in data else ()), *((COMPLETION,) if completion else ()))
    spans = list(_spans(data, is_harmless, words))
    # A template that is no YAML as a whole is read as plain text.
    if spans and _has_template(data):
        return []
    parts: list[TextFile] = []
    line = counted = 0
    for start, end in spans:
        line += data.count(b"\n", counted, start)
        counted = start
        try:
            parts.append(read_part(data, source, start, end, line))
        except SourceError:
            return []
    if not all(part.has_documents for part in parts):
        return []
    return parts or [TextFile(source, "", "utf-8", ())]


def _has_template(data: bytes) -> bool:
    # A search for one byte is many times as fast as a search for two.
    brace = data.find(b"{")
    return brace >= 0 and data.find(b"{{", brace) >= 0


def _is_plain_stream(data: bytes, source: str) -> bool:
    """Tell whether a file is UTF-8 in which a document can only begin at a line of three dashes."""
    if language_of_name(source) != YAML or data[:64].lstrip().startswith((b"{", b"[")):
        return False
    if b"\r" in data and data.count(b"\r") != data.count(b"\r\n"):
        return False
    if data.isascii():
        return True
    if any(odd in data for odd in _ODD):
        return False
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _spans(data: bytes, is_harmless: IsHarmless, words: Words) -> Iterator[tuple[int, int]]:
    """Find the documents in which something may be found; documents close together are one span."""
    span: tuple[int, int] | None = None
    for start, end in _documents(data, is_harmless, words):
        if span is not None and data.count(b"\n", span[1], start) < _LINES_APART:
            span = span[0], end
            continue
        if span is not None:
            yield span
        span = start, end
    if span is not None:
        yield span


def _documents(data: bytes, is_harmless: IsHarmless, words: Words) -> Iterator[tuple[int, int]]:
    # Where each word stands next; a word that stands nowhere any more is not looked for again.
    positions = {word: match.start() for word in words if (match := word.search(data))}
    while positions:
        word = min(positions, key=positions.__getitem__)
        start, end = document_span(data, positions[word])
        if beside := PATTERNS.get(word):
            may_matter = data.find(beside, start, end) >= 0
        else:
            may_matter = word in ESCAPES or not is_harmless(data[start:end])
        if may_matter:
            yield start, end
        # If one word matters, the whole document does; if it does not, another word in it still may.
        for other in list(positions) if may_matter else (word,):
            if positions[other] < end:
                match = other.search(data, end)
                if match:
                    positions[other] = match.start()
                else:
                    del positions[other]


def document_span(data: bytes, position: int) -> tuple[int, int]:
    """Find the document around a position: from its line of three dashes to the next such line.

    Args:
        data: the whole file.
        position: the position, in bytes.

    Returns:
        The start and the end (exclusive) of the document, in bytes.
    """
    start = data.rfind(b"\n---", 0, position + 1)
    while start >= 0 and not MARKER.match(data, start + 1):
        start = data.rfind(b"\n---", 0, start)
    end = data.find(b"\n---", position)
    while end >= 0 and not MARKER.match(data, end + 1):
        end = data.find(b"\n---", end + 1)
    return start + 1, len(data) if end < 0 else end + 1
