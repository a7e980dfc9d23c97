"""A file's text together with the documents in it, so that the text can be edited in place."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from typing import Final, NamedTuple

from autofix.text.document import Document, SourceError, changed_error, unwritten_error
from autofix.text.json import read_json
from autofix.text.languages import PLAIN, TEMPLATE, YAML, language_of, may_be_any_text
from autofix.text.yaml import read_documents

_UTF16: Final = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# Lines of context around a change in a diff.
CONTEXT_LINES: Final = 3
# autofix looks for the lines around a part in this many bytes above and below it.
_CONTEXT_BYTES: Final = 4096


class FilePart(NamedTuple):
    """Where a part of a file stands in it.

    Attributes:
        start, end: its span in bytes.
        line: how many lines stand above it.
        before, after: the lines around it that a diff may show.
        size: the size of the whole file, in bytes.
    """

    start: int
    end: int
    line: int
    before: str
    after: str
    size: int


class TextFile(NamedTuple):
    """A YAML or JSON file that was read.

    Attributes:
        source: the file's name as the user should see it, or ``<stdin>``.
        text: the whole text, with its byte order mark if it has one, and its line breaks as they are; for a
            part of a file the text of that part.
        encoding: the codec that makes the same bytes of the text again.
        documents: its documents that are not empty; none in a text that is neither YAML nor JSON.
        language: ``yaml`` for YAML and JSON; else the name of a reader's language, or ``plain``.
        part: where the text stands in its file; None when it is all of it.
    """

    source: str
    text: str
    encoding: str
    documents: tuple[Document, ...]
    language: str = YAML
    part: FilePart | None = None

    @property
    def has_documents(self) -> bool:
        """Whether the text is YAML or JSON."""
        return self.language == YAML

    @property
    def above(self) -> int:
        """How many lines of the file stand above the text."""
        return self.part.line if self.part else 0


def text_of(file: TextFile, document: Document) -> str:
    """Return the text of a document.

    Args:
        file: the file.
        document: a document of the file.

    Returns:
        Its text; the text of the whole file if the span of the document is not known.
    """
    return file.text if document.span is None else file.text[slice(*document.span)]


def read_file(data: bytes, source: str) -> TextFile:
    """Read a file: YAML and JSON by its documents; of other languages only the text.

    Args:
        data: the whole file.
        source: its name for messages; it says which language is in the file.

    Returns:
        The file, with its documents or with its language.

    Raises:
        SourceError: when the bytes are no text, or the text should be YAML or JSON and is neither.
    """
    encoding = next((name for mark, name in _UTF16 if data.startswith(mark)), "utf-8")
    language = language_of(data, source)
    if language != YAML:
        return TextFile(source, _decode(data, source), encoding, (), language)
    try:
        documents = tuple(read_bytes(data, source))
    except SourceError:
        # Imported here: few files are templates.
        from autofix.readers.template import is_template

        text = _decode(data, source)
        if is_template(text):
            return TextFile(source, text, encoding, (), TEMPLATE)
        if may_be_any_text(data, source):
            return TextFile(source, text, encoding, (), PLAIN)
        raise
    text = data.decode(encoding)
    # YAML reads a script on standard input as one long word.
    is_word = bool(documents) and all(isinstance(document.value, str) for document in documents)
    return TextFile(source, text, encoding, () if is_word else documents, PLAIN if is_word else YAML)


def read_part(data: bytes, source: str, start: int, end: int, line: int) -> TextFile:
    """Read a part of a file.

    Args:
        data: the whole file, in UTF-8.
        source: its name for messages.
        start, end: the span of the part, in bytes.
        line: how many lines stand above the part.

    Returns:
        The part, with its place in the file.

    Raises:
        SourceError: when the part is neither YAML nor JSON.
    """
    above = data[max(0, start - _CONTEXT_BYTES) : start].splitlines(keepends=True)[-CONTEXT_LINES:]
    below = data[end : end + _CONTEXT_BYTES].splitlines(keepends=True)[:CONTEXT_LINES]
    before, after = (b"".join(lines).decode(errors="replace") for lines in (above, below))
    part = FilePart(start, end, line, before, after, len(data))
    return _at_part(read_file(data[start:end], source), part)


def reread(file: TextFile, text: str) -> TextFile:
    """Read a file, or a part of one, again after its text has changed.

    Args:
        file: the file as it was.
        text: its new text.

    Returns:
        The file, or the same part of it, with the new text and its documents.

    Raises:
        SourceError: when the new text cannot be read.
    """
    return _at_part(read_file(text.encode(file.encoding), file.source), file.part)


def _at_part(file: TextFile, part: FilePart | None) -> TextFile:
    if part is None:
        return file
    documents = tuple(document._replace(line=document.line + part.line) for document in file.documents)
    return file._replace(documents=documents, part=part)


def moved_by(file: TextFile, lines: int) -> TextFile:
    """Return a part of a file as it is when there are more or fewer lines above it.

    Args:
        file: the part; a whole file has no lines above it, and stays.
        lines: how many lines more there are, negative if there are fewer.
    """
    if file.part is None or not lines:
        return file
    documents = tuple(document._replace(line=document.line + lines) for document in file.documents)
    return file._replace(documents=documents, part=file.part._replace(line=file.part.line + lines))


def whole_file(changed: Sequence[tuple[TextFile, str]]) -> tuple[bytes, bytes]:
    """Put new texts into the file that they belong to.

    Args:
        changed: the whole file, or parts of it in order, each with its new text.

    Returns:
        The bytes of the whole file before and after the change.

    Raises:
        SourceError: when the file has changed since it was read, or cannot be read again.
    """
    file, text = changed[0]
    if file.part is None:
        return file.text.encode(file.encoding), text.encode(file.encoding)
    # Imported here: a run that writes nothing needs no paths.
    from pathlib import Path

    try:
        data = Path(file.source).read_bytes()
    except OSError as error:
        raise unwritten_error(file.source, error) from None
    pieces: list[bytes] = []
    position = 0
    for before, after in changed:
        part = before.part
        if part is None or len(data) != part.size or data[part.start : part.end] != before.text.encode():
            raise changed_error(file.source)
        pieces += (data[position : part.start], after.encode())
        position = part.end
    return data, b"".join((*pieces, data[position:]))


def read_bytes(data: bytes, source: str) -> list[Document]:
    """Read the documents of a file: UTF-8, or UTF-16 that starts with a byte order mark.

    Args:
        data: the whole file.
        source: the file's name for messages.

    Returns:
        The documents that are not empty, in their order.

    Raises:
        SourceError: when the bytes are not such text, or the text is neither YAML nor JSON.
    """
    return read_text(_decode(data, source), source)


def read_text(text: str, source: str) -> list[Document]:
    """Read the documents of a text: JSON if it looks like JSON and is JSON, else YAML.

    Args:
        text: the whole file.
        source: the file's name for messages.

    Returns:
        The documents that are not empty, in their order.

    Raises:
        SourceError: when the text is neither YAML nor JSON.
    """
    if text.removeprefix("\ufeff").lstrip().startswith(("{", "[")):
        try:
            return read_json(text, source)
        except SourceError:
            # It may still be YAML: flow style, comments, "---". YAML's reader also recognises templates.
            pass
    return read_documents(text, source)


def _decode(data: bytes, source: str) -> str:
    """Decode a file, its byte order mark included.

    Raises:
        SourceError: when the bytes are neither UTF-8 nor UTF-16 that starts with a byte order mark.
    """
    for mark, encoding in _UTF16:
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                raise SourceError(source, "starts like UTF-16 but is not; save it as UTF-8") from None
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise _not_utf8(data, error.start, source) from None


def _not_utf8(data: bytes, position: int, source: str) -> SourceError:
    before = data[:position].decode().removeprefix("\ufeff")
    message = f"not UTF-8: byte 0x{data[position]:02x}; save it as UTF-8"
    return SourceError(source, message, before.count("\n") + 1, len(before) - before.rfind("\n"))
