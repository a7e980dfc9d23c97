"""A file's text together with the documents in it, so that the text can be edited in place."""

from __future__ import annotations

import codecs
from typing import Final, NamedTuple

from autofix.text.document import Document, SourceError
from autofix.text.read import decoded, read_bytes

# Never YAML as a whole, though they hold it, or keys that end up in it.
_PLAIN_SUFFIXES: Final = (".bash", ".gotmpl", ".hcl", ".md", ".sh", ".tf", ".tfvars", ".tpl", ".txt")


class Part(NamedTuple):
    """Where a part of a file stands in it.

    Attributes:
        start, end: its span in bytes.
        line: how many lines stand above it.
        before, after: a few of the lines around it.
        size: of the whole file, in bytes.
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
        text: all of it, with its byte order mark if it has one, and its line breaks as they are; of a part of
            a file the text of that part.
        encoding: the codec that makes the same bytes of the text again.
        documents: its documents that are not empty; none in a text that is neither YAML nor JSON.
        is_plain: whether it is such a text, in which only keys of their own form are found.
        part: where the text stands in its file; None when it is all of it.
    """

    source: str
    text: str
    encoding: str
    documents: tuple[Document, ...]
    is_plain: bool = False
    part: Part | None = None

    @property
    def above(self) -> int:
        """How many lines of the file stand above the text."""
        return self.part.line if self.part else 0


def text_of(file: TextFile, document: Document) -> str:
    """Return the text of a document; that of the whole file where its place in it is not known."""
    return file.text if document.span is None else file.text[slice(*document.span)]


def read_file(data: bytes, source: str) -> TextFile:
    """Read a file: YAML and JSON by its documents, templates and files of other names as plain text.

    Args:
        data: the whole file.
        source: its name for messages; its suffix tells what it is.

    Raises:
        SourceError: when the bytes are no text, or the text should be YAML or JSON and is neither.
    """
    encoding = _encoding(data)
    if is_plain_name(source):
        return TextFile(source, decoded(data, source), encoding, (), is_plain=True)
    try:
        documents = tuple(read_bytes(data, source))
    except SourceError:
        if b"{{" in data and encoding == "utf-8":
            return TextFile(source, decoded(data, source), encoding, (), is_plain=True)
        raise
    text = data.decode(encoding)
    # To YAML a script on standard input is one long word.
    is_plain = bool(documents) and all(isinstance(one.value, str) for one in documents)
    return TextFile(source, text, encoding, () if is_plain else documents, is_plain)


def is_plain_name(source: str) -> bool:
    """Tell by its name a file that is never YAML as a whole."""
    name = source.rpartition("/")[2]
    # A name that is nothing but a dot and these letters has no suffix.
    return name.lower().endswith(_PLAIN_SUFFIXES) and name.rfind(".") > 0


def _encoding(data: bytes) -> str:
    if data.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    return "utf-16-be" if data.startswith(codecs.BOM_UTF16_BE) else "utf-8"
