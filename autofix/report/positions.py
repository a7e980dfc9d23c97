"""Where each finding stands in its file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from autofix.engine.api import Item
from autofix.rules.finding import Finding
from autofix.text.check import CheckedFile
from autofix.text.document import NotEditableError
from autofix.text.edit.text_edit import TextEdit
from autofix.text.finding_places import place_findings
from autofix.text.lines import lines_of
from autofix.text.yaml import Node, lay_out


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
        # Without a layout the line of the document is known.
        start = lines.span(max(document.document.line - file.file.above, 1))[0]
        root = roots.get(document.document.index)
        placed = place_findings(file.file.text, document, root, start)
        places = placed.places or {}
        for item in document.result.items:
            for finding in item.findings:
                place = places[finding]
                line = lines.number(place.start) + file.file.above
                yield PositionedFinding(finding, item, line, lines.column(place.start), place.edits)


def _roots(file: CheckedFile) -> dict[int, Node]:
    """Lay out the documents that have findings; return none where YAML's parser cannot lay them out."""
    indexes = {
        document.document.index
        for document in file.checked
        if document.places is None and document.result.findings
    }
    try:
        return lay_out(file.file.text, file.file.documents, indexes)
    except NotEditableError:
        return {}
