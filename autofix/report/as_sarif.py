"""SARIF 2.1.0, for code scanning; safe and unsafe fixes are in it as replacements."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from autofix._version import __version__
from autofix.errors import AutofixError
from autofix.report.json_lines import json_lines
from autofix.report.places import Placed, by_line
from autofix.rules.finding import Severity
from autofix.rules.pages import page
from autofix.rules.registry import RULES
from autofix.text.check import CheckedFile
from autofix.text.edit.text_edit import TextEdit
from autofix.text.lines import Lines, lines_of

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_INDEX = {code: index for index, code in enumerate(RULES)}


def render(checked: Sequence[CheckedFile], failures: Sequence[AutofixError]) -> Iterator[str]:
    """Write one SARIF log.

    Args:
        checked: the files, in order.
        failures: what could not be read; the tool's notifications.

    Yields:
        The lines of one text.

    Source: OASIS SARIF 2.1.0, sections 3.13 to 3.59.
    """
    notifications = [{"level": "error", "message": {"text": str(failure)}} for failure in failures]
    run = {
        "tool": {"driver": {"name": "autofix", "version": __version__, "rules": _rules()}},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": not failures, "toolExecutionNotifications": notifications}],
        "results": [result for one in checked for result in _results(one)],
    }
    yield from json_lines({"version": "2.1.0", "runs": [run]}, indent=2)


def _rules() -> list[dict[str, Any]]:
    return [
        {
            "id": rule.code,
            "shortDescription": {"text": rule.title},
            "help": {"text": page(rule), "markdown": page(rule)},
        }
        for rule in RULES.values()
    ]


def _results(one: CheckedFile) -> Iterator[dict[str, Any]]:
    places = by_line(one)
    lines = lines_of(one.file.text)
    return (_result(one, place, lines) for place in places)


def _result(one: CheckedFile, place: Placed, lines: Lines) -> dict[str, Any]:
    finding = place.finding
    region = {"startLine": place.line, "startColumn": place.column}
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": _INDEX[finding.code],
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.message},
        "locations": [{"physicalLocation": {"artifactLocation": _artifact(one), "region": region}}],
    }
    if place.edits:
        replacements = [_replacement(lines, edit) for edit in place.edits]
        change = {"artifactLocation": _artifact(one), "replacements": replacements}
        description = {"text": f"{finding.applicability} fix"}
        result["fixes"] = [{"description": description, "artifactChanges": [change]}]
    return result


def _artifact(one: CheckedFile) -> dict[str, str]:
    return {"uri": quote(os.fsencode(PurePath(one.file.source).as_posix()))}


def _replacement(lines: Lines, edit: TextEdit) -> dict[str, Any]:
    line, last = lines.number(edit.start), lines.number(edit.end)
    column, end = lines.column(edit.start), lines.column(edit.end)
    region = {"startLine": line, "startColumn": column, "endLine": last, "endColumn": end}
    return {"deletedRegion": region, "insertedContent": {"text": edit.new}}
