"""Everything, as one JSON object."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from autofix.api import Item
from autofix.finding import Edit, Finding
from autofix.kubernetes.pointer import pointer
from autofix.report.checked import Checked, Failure


def render(checked: Sequence[Checked], failures: Sequence[Failure]) -> Iterator[str]:
    """Write documents, objects, findings and patches as JSON.

    Args:
        checked: the documents, in order.
        failures: what could not be read.

    Yields:
        One text: an object with ``version`` (of this format), ``documents`` and ``errors``.
    """
    yield json.dumps(
        {
            "version": 1,
            "documents": [_document(one) for one in checked],
            "errors": [str(failure) for failure in failures],
        },
        indent=2,
    )


def _document(one: Checked) -> dict[str, Any]:
    return {
        "file": one.document.source,
        "line": one.document.line,
        "objects": [_object(item) for item in one.result.items],
        "patch": one.result.patch.patch,
    }


def _object(item: Item) -> dict[str, Any]:
    return {
        "kind": item.kind,
        "namespace": item.namespace,
        "name": item.name,
        "pointer": pointer(item.path),
        "findings": [_finding(finding) for finding in item.findings],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": finding.severity,
        "message": finding.message,
        "applicability": finding.applicability,
        "pointer": finding.pointer,
        "key": finding.key,
        "edits": [_edit(edit) for edit in finding.edits],
        "withheld": finding.withheld,
    }


def _edit(edit: Edit) -> dict[str, Any]:
    """An edit sets a key of the mapping at a pointer; a null value removes it."""
    return {"pointer": pointer(edit.path), "key": edit.key, "value": edit.value}
