"""Where each finding stands in its file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from autofix.engine.api import Item
from autofix.kubernetes.pointer import get, pointer
from autofix.rules.finding import Finding
from autofix.text.check import CheckedFile
from autofix.text.checked_document import CheckedDocument
from autofix.text.document import NotEditableError
from autofix.text.edit.plan import plan_edits
from autofix.text.edit.text_edit import TextEdit
from autofix.text.lines import Lines, lines_of
from autofix.text.yaml import Node, lay_out, nearest


class PositionedFinding(NamedTuple):
    """A finding and its position in the file.

    Attributes:
        finding: the finding.
        item: the object that the finding is about.
        line, column: where it stands, counted from 1.
        edits: its own fix as edits of the text; empty when it has no fix.
            All findings about one key in plain text share one fix.
    """

    finding: Finding
    item: Item
    line: int
    column: int
    edits: tuple[TextEdit, ...]


def by_position(file: CheckedFile) -> list[PositionedFinding]:
    """Return the findings of a file with their positions.

    Args:
        file: the file.

    Returns:
        The findings, from the first line to the last.
    """
    return sorted(positions(file), key=lambda finding: (finding.line, finding.column))


def positions(file: CheckedFile) -> Iterator[PositionedFinding]:
    """Find the positions of the findings of a file.

    Args:
        file: the file.

    Yields:
        The findings, in the order of the file's documents and objects.
    """
    roots = _roots(file)
    lines = lines_of(file.file.text)
    for document in file.checked:
        root = roots.get(document.document.index) if document.offset is None else None
        for item in document.result.items:
            for finding in item.findings:
                start = _start(file, document, finding, root, lines)
                edits = _edits(file, document, finding, root)
                line = lines.number(start) + file.file.above
                yield PositionedFinding(finding, item, line, lines.column(start), edits)


def _roots(file: CheckedFile) -> dict[int, Node]:
    """Lay out the documents that have findings; return none where YAML's parser cannot lay them out."""
    indexes = {
        document.document.index
        for document in file.checked
        if document.offset is None and document.result.findings
    }
    try:
        return lay_out(file.file.text, file.file.documents, indexes)
    except NotEditableError:
        return {}


def _start(
    file: CheckedFile, document: CheckedDocument, finding: Finding, root: Node | None, lines: Lines
) -> int:
    if document.offset is not None:
        return document.offset
    if root is not None:
        return nearest(root, finding.path).start
    # The text has no layout, but the line of the document is known.
    return lines.span(document.document.line - file.file.above)[0]


def _edits(
    file: CheckedFile, document: CheckedDocument, finding: Finding, root: Node | None
) -> tuple[TextEdit, ...]:
    if document.offset is not None or not finding.edits:
        return document.edits if finding.edits else ()
    if root is None:
        return ()
    patch = []
    for edit in finding.edits:
        present = get(document.document.value, (*edit.path, edit.key)) is not None
        if edit.value is None and present:
            patch.append({"op": "remove", "path": pointer((*edit.path, edit.key))})
        elif edit.value is not None:
            op = "replace" if present else "add"
            patch.append({"op": op, "path": pointer((*edit.path, edit.key)), "value": edit.value})
    try:
        return tuple(plan_edits(file.file.text, root, patch))
    except NotEditableError:
        return ()
