"""SARIF 2.1.0, for code scanning; safe and unsafe fixes are in it as replacements."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from autofix import __version__
from autofix.report import Report
from autofix.report.json_lines import json_lines
from autofix.report.positions import PositionedFinding, by_position
from autofix.rules.finding import Severity
from autofix.rules.pages import page, page_address
from autofix.rules.registry import RULES, Rule
from autofix.text.check import CheckedFile
from autofix.text.edit.text_edit import TextEdit
from autofix.text.lines import Lines, lines_of

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_INDEX = {code: index for index, code in enumerate(RULES)}


def render(report: Report) -> Iterator[str]:
    """Write one SARIF log.

    Args:
        report: what to show; its errors are notifications of the tool.

    Yields:
        The lines of one text.

    Source: OASIS SARIF 2.1.0, sections 3.13 to 3.59.
    """
    notifications = [{"level": "error", "message": {"text": str(error)}} for error in report.errors]
    invocation = {"executionSuccessful": not report.errors, "toolExecutionNotifications": notifications}
    run = {
        "tool": {"driver": {"name": "autofix", "version": __version__, "rules": _rules()}},
        "columnKind": "unicodeCodePoints",
        "invocations": [invocation],
        "results": [result for file in report.files for result in _results(file)],
    }
    yield from json_lines({"version": "2.1.0", "runs": [run]}, indent=2)


def _rules() -> list[dict[str, Any]]:
    return [_rule(rule) for rule in RULES.values()]


def _rule(rule: Rule) -> dict[str, Any]:
    url, text = page_address(rule), page(rule)
    return {
        "id": rule.code,
        "shortDescription": {"text": rule.title},
        "help": {"text": text, "markdown": text},
        **({"helpUri": url} if url else {}),
    }


def _results(file: CheckedFile) -> Iterator[dict[str, Any]]:
    lines = lines_of(file.file.text)
    return (_result(file, position, lines) for position in by_position(file))


def _result(file: CheckedFile, position: PositionedFinding, lines: Lines) -> dict[str, Any]:
    finding = position.finding
    region = {"startLine": position.line, "startColumn": position.column}
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": _INDEX[finding.code],
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.message},
        "locations": [{"physicalLocation": {"artifactLocation": _artifact(file), "region": region}}],
    }
    if position.edits:
        replacements = [_replacement(lines, edit) for edit in position.edits]
        change = {"artifactLocation": _artifact(file), "replacements": replacements}
        description = {"text": f"{finding.applicability} fix"}
        result["fixes"] = [{"description": description, "artifactChanges": [change]}]
    return result


def _artifact(file: CheckedFile) -> dict[str, str]:
    return {"uri": quote(os.fsencode(PurePath(file.file.source).as_posix()))}


def _replacement(lines: Lines, edit: TextEdit) -> dict[str, Any]:
    line, last = lines.number(edit.start), lines.number(edit.end)
    column, end = lines.column(edit.start), lines.column(edit.end)
    region = {"startLine": line, "startColumn": column, "endLine": last, "endColumn": end}
    return {"deletedRegion": region, "insertedContent": {"text": edit.new}}
