"""Everything, as one JSON object."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from autofix.api import Item
from autofix.checking import Checked, CheckedFile
from autofix.errors import AutofixError
from autofix.finding import Edit, Finding
from autofix.kubernetes.pointer import pointer
from autofix.report.titles import place_of


def render(checked: Sequence[CheckedFile], failures: Sequence[AutofixError]) -> Iterator[str]:
    """Write documents, objects, findings and patches as JSON.

    Args:
        checked: the files, in order.
        failures: what could not be read.

    Yields:
        One text: an object with ``version`` (of this format), ``documents`` and ``errors``.
    """
    yield json.dumps(
        {
            "version": 1,
            "documents": [_document(one, document) for one in checked for document in one.checked],
            "errors": [str(failure) for failure in failures],
        },
        indent=2,
    )


def _document(one: CheckedFile, checked: Checked) -> dict[str, Any]:
    document = checked.document
    return {
        "file": document.source,
        "line": document.line,
        "objects": [_object(one, checked, item) for item in checked.result.items],
        "patch": checked.result.patch.patch,
    }


def _object(one: CheckedFile, checked: Checked, item: Item) -> dict[str, Any]:
    return {
        "kind": item.kind,
        "namespace": item.namespace,
        "name": item.name,
        "pointer": pointer(item.path),
        "findings": [_finding(one, checked, finding) for finding in item.findings],
    }


def _finding(one: CheckedFile, checked: Checked, finding: Finding) -> dict[str, Any]:
    line, column = place_of(one, checked, finding.path)
    return {
        "code": finding.code,
        "severity": finding.severity,
        "message": finding.message,
        "applicability": finding.applicability,
        "line": line,
        "column": column,
        "pointer": finding.pointer,
        "key": finding.key,
        "edits": [_edit(edit) for edit in finding.edits],
        "withheld": finding.withheld,
    }


def _edit(edit: Edit) -> dict[str, Any]:
    """An edit sets a key of the mapping at a pointer; a null value removes it."""
    return {"pointer": pointer(edit.path), "key": edit.key, "value": edit.value}
