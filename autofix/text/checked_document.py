"""A document that was checked, and its findings."""

from __future__ import annotations

from typing import NamedTuple

from autofix.engine.api import Result
from autofix.text.document import Document
from autofix.text.edit.text_edit import TextEdit


class CheckedDocument(NamedTuple):
    """A document of a file, or a key in plain text or in a string, and its findings.

    Attributes:
        document: the document; for a key in text a document that holds nothing else.
        result: the findings and the patch.
        offset: where the key stands in the text, in characters; None for a document.
        edits: the fix of a key in text; the edits of a document follow from its patch.
    """

    document: Document
    result: Result
    offset: int | None = None
    edits: tuple[TextEdit, ...] = ()
