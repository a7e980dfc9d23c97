"""A document, or a fragment of another text, together with what the engine says of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from autofix.engine.api import Result
from autofix.rules.finding import Finding
from autofix.text.document import Document
from autofix.text.edit.text_edit import TextEdit


class FindingPlace(NamedTuple):
    """Where a finding stands in the text of its file.

    Attributes:
        start: the position, in characters.
        edits: its own fix as edits of the text; all findings about one key of a fragment share one fix.
    """

    start: int
    edits: tuple[TextEdit, ...] = ()


class CheckedDocument(NamedTuple):
    """A document, and the engine's answer about it.

    Attributes:
        document: the document, or the annotations of a fragment.
        result: findings and the patch.
        places: where its findings stand; None for a document of the file itself, whose layout says it.
    """

    document: Document
    result: Result
    places: Mapping[Finding, FindingPlace] | None = None
