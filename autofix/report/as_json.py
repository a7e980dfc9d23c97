"""Everything, as one JSON object."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from autofix.engine.api import Item
from autofix.errors import AutofixError
from autofix.kubernetes.pointer import pointer
from autofix.report.json_lines import json_lines
from autofix.report.places import Placed, placed
from autofix.rules.finding import Edit
from autofix.text.check import CheckedFile


def render(
    checked: Sequence[CheckedFile],
    failures: Sequence[AutofixError],
    about: Sequence[Mapping[str, Any]] = (),
) -> Iterator[str]:
    """Write documents, objects, findings and patches as JSON.

    Args:
        checked: the files, in order.
        failures: what could not be read.
        about: for each file what else is known of its objects; empty for nothing.

    Yields:
        The lines of one text: an object with ``version`` (of this format), ``documents`` and ``errors``.
    """
    yield from json_lines(
        {
            "version": 1,
            "documents": [
                document
                for one, known in zip(checked, about or ({},) * len(checked), strict=True)
                for document in _documents(one, known)
            ],
            "errors": [str(failure) for failure in failures],
        },
        indent=2,
    )


def _documents(one: CheckedFile, known: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    places = placed(one)
    for checked in one.checked:
        yield {
            "file": one.file.source,
            "line": checked.document.line,
            "objects": [{**_object(item, places), **known} for item in checked.result.items],
            "patch": checked.result.operations,
        }


def _object(item: Item, places: Iterator[Placed]) -> dict[str, Any]:
    return {
        "kind": item.kind,
        "namespace": item.namespace,
        "name": item.name,
        "pointer": pointer(item.path),
        "findings": [_finding(place) for place in islice(places, len(item.findings))],
    }


def _finding(place: Placed) -> dict[str, Any]:
    finding = place.finding
    return {
        "code": finding.code,
        "severity": finding.severity,
        "message": finding.message,
        "applicability": finding.applicability,
        "line": place.line,
        "column": place.column,
        "pointer": finding.pointer,
        "key": finding.key,
        "edits": [_edit(edit) for edit in finding.edits],
        "withheld": finding.withheld,
    }


def _edit(edit: Edit) -> dict[str, Any]:
    """An edit sets a key of the mapping at a pointer; a null value removes it."""
    return {"pointer": pointer(edit.path), "key": edit.key, "value": edit.value}
