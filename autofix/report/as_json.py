"""Everything, as one JSON object."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from autofix.engine.api import Item
from autofix.kubernetes.pointer import pointer
from autofix.report import Report
from autofix.report.json_lines import json_lines
from autofix.report.positions import PositionedFinding, positions
from autofix.rules.finding import Edit
from autofix.text.check import CheckedFile

if TYPE_CHECKING:
    from autofix.cluster.evaluate import Evaluation
    from autofix.cluster.scan import Scan


def render(report: Report) -> Iterator[str]:
    """Write documents, objects, findings and patches as JSON.

    Args:
        report: what to show.

    Yields:
        The lines of one text: an object with ``version`` (of this format), ``documents`` and ``errors``.
    """
    facts: Iterable[Mapping[str, Any]] = (
        _cluster_facts(scan, evaluation) for scan in report.scans for evaluation in scan.evaluations
    )
    warnings = [str(warning) for scan in report.scans for warning in scan.warnings]
    yield from json_lines(
        {
            "version": 1,
            "documents": [
                document
                for file, about in zip(
                    report.files, facts if report.scans else [{}] * len(report.files), strict=True
                )
                for document in _documents(file, about)
            ],
            "errors": [str(error) for error in report.errors],
            **({"warnings": warnings} if report.scans else {}),
        },
        indent=2,
    )


def _cluster_facts(scan: Scan, evaluation: Evaluation) -> dict[str, str | None]:
    return {
        **({"context": scan.context} if scan.context else {}),
        "today": evaluation.today or None,
        "after": evaluation.after or None,
        "owner": str(evaluation.owner) if evaluation.owner else None,
    }


def _documents(file: CheckedFile, facts: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    findings = positions(file)
    for document in file.checked:
        yield {
            "file": file.file.source,
            "line": document.document.line,
            "objects": [{**_object(item, findings), **facts} for item in document.result.items],
            "patch": document.result.operations,
        }


def _object(item: Item, findings: Iterator[PositionedFinding]) -> dict[str, Any]:
    return {
        "kind": item.kind,
        "namespace": item.namespace,
        "name": item.name,
        "pointer": pointer(item.path),
        "findings": [_finding(finding) for finding in islice(findings, len(item.findings))],
    }


def _finding(position: PositionedFinding) -> dict[str, Any]:
    finding = position.finding
    return {
        "code": finding.code,
        "severity": finding.severity,
        "message": finding.message,
        "applicability": finding.applicability,
        "line": position.line,
        "column": position.column,
        "pointer": finding.pointer,
        "key": finding.key,
        "edits": [_edit(edit) for edit in finding.edits],
        "withheld": finding.withheld,
    }


def _edit(edit: Edit) -> dict[str, Any]:
    """Write an edit: it sets a key of the mapping at a pointer; a null value removes the key."""
    return {"pointer": pointer(edit.path), "key": edit.key, "value": edit.value}
