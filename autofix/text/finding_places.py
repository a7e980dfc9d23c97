"""Where findings stand in a text, and what edits each finding's own fix makes."""

from __future__ import annotations

from autofix.kubernetes.pointer import get, pointer
from autofix.kubernetes.scalars import Expression
from autofix.rules.finding import Finding
from autofix.text.checked_document import CheckedDocument, FindingPlace
from autofix.text.document import Document, NotEditableError
from autofix.text.edit.plan import plan_edits
from autofix.text.edit.text_edit import TextEdit
from autofix.text.yaml import Node, nearest


def place_findings(text: str, document: CheckedDocument, root: Node | None, start: int) -> CheckedDocument:
    """Say where the findings of a document stand.

    Args:
        text: the text that the document was read from.
        document: the document; one with places stays as it is.
        root: where its keys stand; None if nobody knows.
        start: where the document begins, for findings whose place nobody knows.

    Returns:
        The document with the places of its findings.
    """
    if document.places is not None:
        return document
    places = {
        finding: _place(text, document.document, finding, root, start) for finding in document.result.findings
    }
    return document._replace(places=places)


def _place(text: str, document: Document, finding: Finding, root: Node | None, start: int) -> FindingPlace:
    if root is None:
        return FindingPlace(start)
    return FindingPlace(nearest(root, finding.path).start, _edits(text, document, finding, root))


def _edits(text: str, document: Document, finding: Finding, root: Node) -> tuple[TextEdit, ...]:
    patch: list[dict[str, object]] = []
    removed = [
        written
        for edit in finding.edits
        if edit.value is None and (written := get(document.value, (*edit.path, edit.key))) is not None
    ]
    for edit in finding.edits:
        path = (*edit.path, edit.key)
        value: object = edit.value
        present = get(document.value, path) is not None
        if isinstance(value, Expression):
            # What a program fills in stays as it is written under the old key.
            if len(removed) != 1:
                return ()
            [value] = removed
        if value is None and present:
            patch.append({"op": "remove", "path": pointer(path)})
        elif value is not None:
            patch.append({"op": "replace" if present else "add", "path": pointer(path), "value": value})
    try:
        return tuple(plan_edits(text, root, patch))
    except NotEditableError:
        return ()
