"""A file's text together with the documents in it, so that the text can be edited in place."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from autofix.source.document import Document
from autofix.source.read import read_bytes


@dataclass(frozen=True, slots=True)
class TextFile:
    """A YAML or JSON file that was read.

    Attributes:
        source: the file's name as the user should see it, or ``<stdin>``.
        text: all of it, with its byte order mark if it has one, and its line breaks as they are.
        encoding: the codec that makes the same bytes of the text again.
        documents: its documents that are not empty.
    """

    source: str
    text: str
    encoding: str
    documents: tuple[Document, ...]


def read_file(data: bytes, source: str) -> TextFile:
    """Read a file.

    Args:
        data: the whole file.
        source: its name for messages.

    Raises:
        SourceError: when the bytes are no text, or the text is neither YAML nor JSON.
    """
    documents = tuple(read_bytes(data, source))
    encoding = "utf-8"
    if data.startswith(codecs.BOM_UTF16_LE):
        encoding = "utf-16-le"
    elif data.startswith(codecs.BOM_UTF16_BE):
        encoding = "utf-16-be"
    return TextFile(source, data.decode(encoding), encoding, documents)
