"""How objects and places are called in every report."""

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


class Placed(NamedTuple):
    """A finding and its place in the file.

    Attributes:
        finding: the finding.
        item: the object it is about.
        line, column: where it stands, counted from 1.
        edits: its own fix as edits of the text; empty if it has none.
            What is wrong with one key in plain text is mended together.
    """

    finding: Finding
    item: Item
    line: int
    column: int
    edits: tuple[TextEdit, ...]


def title(kind: str, namespace: str, name: str) -> str:
    """Name an object as ``Kind namespace/name``, as far as it has names."""
    where = "/".join(part for part in (namespace, name) if part)
    return " ".join(part for part in (kind, where) if part)


def title_of(item: Item) -> str:
    """Name an object that was checked; empty for what is no Kubernetes object."""
    return title(item.kind, item.namespace, item.name)


def by_line(one: CheckedFile) -> list[Placed]:
    """Return the findings of a file with their places, from the first line to the last."""
    return sorted(placed(one), key=lambda place: (place.line, place.column))


def placed(one: CheckedFile) -> Iterator[Placed]:
    """Yield the findings of a file with their places, in the order of its documents and objects."""
    roots = _roots(one)
    lines = lines_of(one.file.text)
    for checked in one.checked:
        root = roots.get(checked.document.index) if checked.offset is None else None
        for item in checked.result.items:
            for finding in item.findings:
                start = _start(one, checked, finding, root, lines)
                edits = _edits(one, checked, finding, root)
                line = lines.number(start) + one.file.above
                yield Placed(finding, item, line, lines.column(start), edits)


def _roots(one: CheckedFile) -> dict[int, Node]:
    """Lay out the documents in which something was found; none where YAML's parser does not know how."""
    wanted = {it.document.index for it in one.checked if it.offset is None and it.result.findings}
    try:
        return lay_out(one.file.text, one.file.documents, wanted)
    except NotEditableError:
        return {}


def _start(
    one: CheckedFile, checked: CheckedDocument, finding: Finding, root: Node | None, lines: Lines
) -> int:
    if checked.offset is not None:
        return checked.offset
    if root is not None:
        return nearest(root, finding.path).start
    # The line of the document is known all the same.
    return lines.span(checked.document.line - one.file.above)[0]


def _edits(
    one: CheckedFile, checked: CheckedDocument, finding: Finding, root: Node | None
) -> tuple[TextEdit, ...]:
    if checked.offset is not None or not finding.edits:
        return checked.edits if finding.edits else ()
    if root is None:
        return ()
    patch = []
    for edit in finding.edits:
        present = get(checked.document.value, (*edit.path, edit.key)) is not None
        if edit.value is None and present:
            patch.append({"op": "remove", "path": pointer((*edit.path, edit.key))})
        elif edit.value is not None:
            op = "replace" if present else "add"
            patch.append({"op": op, "path": pointer((*edit.path, edit.key)), "value": edit.value})
    try:
        return tuple(plan_edits(one.file.text, root, patch))
    except NotEditableError:
        return ()
