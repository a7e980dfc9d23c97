"""Long files of many documents: only those that may matter are parsed, and only those are kept.

A document begins at a line of three dashes, whatever stands around it (see ``stream``). What no byte of a
document says cannot be in it, so most documents are passed over by a search for a few words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from autofix.rules.interest import INTERESTS
from autofix.text.document import SourceError
from autofix.text.file import Part, TextFile, is_plain_name, read_file
from autofix.text.prefilter.harmless import Harmless
from autofix.text.prefilter.relevance import PATTERNS

# The domains of keys as a Helm parameter writes them; escapes that hide a letter or join halves of a word.
_STEMS: Final = sorted(
    {word.partition(b".")[0] for interest in INTERESTS for word in interest.in_text() if b"." in word}
)
_ESCAPES: Final = (
    re.compile(b"|".join(re.escape(stem + b"\\") for stem in _STEMS)),
    re.compile(rb"\\[xuU\n\r]"),
)
# Line breaks to YAML 1.1 that nobody else counts (U+0085, U+2028, U+2029), and byte order marks.
_ODD: Final = (b"\xc2\x85", b"\xe2\x80\xa8", b"\xe2\x80\xa9", b"\xef\xbb\xbf")
_MARKER: Final = re.compile(rb"---(?:[ \t\r\n]|\Z)")
# Lines of context around a change in a diff.
CONTEXT: Final = 3
# Parts with fewer lines between them become one, so that what is shown around them does not overlap.
_APART: Final = 2 * CONTEXT + 2


def read_parts(data: bytes, source: str, is_harmless: Harmless) -> list[TextFile]:
    """Read the documents of a file in which something may be found.

    Args:
        data: the whole file.
        source: its name for messages.
        is_harmless: tells of a document that names Linkerd whether surely nothing is found in it.

    Returns:
        The parts of the file that hold such documents, in order; one empty part when there is none; nothing
        when the file has to be read as a whole.
    """
    if not _is_plain_stream(data, source):
        return []
    spans = list(_spans(data, is_harmless))
    # A template that is no YAML as a whole is read as plain text.
    if spans and _has_template(data):
        return []
    parts: list[TextFile] = []
    line = counted = 0
    for start, end in spans:
        line += data.count(b"\n", counted, start)
        counted = start
        try:
            parts.append(_read(data[start:end], source, _part(data, start, end, line)))
        except SourceError:
            return []
    if any(part.is_plain for part in parts):
        return []
    return parts or [TextFile(source, "", "utf-8", ())]


def reread(file: TextFile, text: str) -> TextFile:
    """Read a file, or a part of one, once its text has changed.

    Raises:
        SourceError: when the new text cannot be read.
    """
    return _read(text.encode(file.encoding), file.source, file.part)


def rewritten(changed: Sequence[tuple[TextFile, str]]) -> tuple[bytes, bytes]:
    """Put new texts into the file that they belong to.

    Args:
        changed: the whole file, or parts of it in order, each with its new text.

    Returns:
        The whole file as it is now, and as it shall be.

    Raises:
        SourceError: when it has changed since it was read.
    """
    file, text = changed[0]
    if file.part is None:
        return file.text.encode(file.encoding), text.encode(file.encoding)
    # Imported here: what writes nothing needs no paths.
    from pathlib import Path

    try:
        data = Path(file.source).read_bytes()
    except OSError as error:
        message = f"{error.strerror or error}; nothing was written, check the folder's rights and space"
        raise SourceError(file.source, message) from None
    pieces: list[bytes] = []
    position = 0
    for one, new in changed:
        part = one.part
        if part is None or len(data) != part.size or data[part.start : part.end] != one.text.encode():
            message = "has changed since it was read and was not written; run again"
            raise SourceError(file.source, message)
        pieces += (data[position : part.start], new.encode())
        position = part.end
    return data, b"".join((*pieces, data[position:]))


def _has_template(data: bytes) -> bool:
    # One byte is searched for many times as fast as two.
    at = data.find(b"{")
    return at >= 0 and data.find(b"{{", at) >= 0


def _is_plain_stream(data: bytes, source: str) -> bool:
    """Tell whether a file is UTF-8 in which a document can only begin at a line of three dashes."""
    if is_plain_name(source) or data[:64].lstrip().startswith((b"{", b"[")):
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


def _spans(data: bytes, is_harmless: Harmless) -> Iterator[tuple[int, int]]:
    """Find the documents in which something may be found; what is close together is one span."""
    held: tuple[int, int] | None = None
    for start, end in _documents(data, is_harmless):
        if held is not None and data.count(b"\n", held[1], start) < _APART:
            held = held[0], end
            continue
        if held is not None:
            yield held
        held = start, end
    if held is not None:
        yield held


def _documents(data: bytes, is_harmless: Harmless) -> Iterator[tuple[int, int]]:
    beside = dict(PATTERNS)
    words = (*beside, *(_ESCAPES if b"\\" in data else ()))
    # Where each word stands next; a word that is nowhere is not looked for again.
    places = {word: found.start() for word in words if (found := word.search(data))}
    while places:
        word = min(places, key=places.__getitem__)
        start, end = bounds(data, places[word])
        if other := beside.get(word):
            may_matter = data.find(other, start, end) >= 0
        else:
            may_matter = word not in beside or not is_harmless(data[start:end])
        if may_matter:
            yield start, end
        # What one word says of a document, it says of all of it; another word may say more.
        for passed in list(places) if may_matter else (word,):
            if places[passed] < end:
                found = passed.search(data, end)
                if found:
                    places[passed] = found.start()
                else:
                    del places[passed]


def bounds(data: bytes, at: int) -> tuple[int, int]:
    """Find the document around a place: from its line of three dashes to the next one.

    Args:
        data: the whole file.
        at: the place.
    """
    start = data.rfind(b"\n---", 0, at + 1)
    while start >= 0 and not _MARKER.match(data, start + 1):
        start = data.rfind(b"\n---", 0, start)
    end = data.find(b"\n---", at)
    while end >= 0 and not _MARKER.match(data, end + 1):
        end = data.find(b"\n---", end + 1)
    return start + 1, len(data) if end < 0 else end + 1


def _part(data: bytes, start: int, end: int, line: int) -> Part:
    above = data[max(0, start - 4096) : start].splitlines(keepends=True)[-CONTEXT:]
    below = data[end : end + 4096].splitlines(keepends=True)[:CONTEXT]
    before, after = (b"".join(lines).decode(errors="replace") for lines in (above, below))
    return Part(start, end, line, before, after, len(data))


def _read(data: bytes, source: str, part: Part | None) -> TextFile:
    file = read_file(data, source)
    if part is None:
        return file
    documents = tuple(one._replace(line=one.line + part.line) for one in file.documents)
    return file._replace(documents=documents, part=part)
