"""Workflow commands, which GitHub Actions shows as annotations on the lines of a pull request."""

from __future__ import annotations

from collections.abc import Iterator

from autofix.errors import AutofixError
from autofix.report import Report
from autofix.report.positions import by_position
from autofix.report.printable import escaped, without_controls
from autofix.rules.finding import Severity
from autofix.text.document import SourceError

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render(report: Report) -> Iterator[str]:
    """Write a workflow command for each finding, and for each input that could not be read.

    Args:
        report: what to show.

    Yields:
        Lines without their line end.

    Source: GitHub documentation, "Workflow commands for GitHub Actions".
    """
    for file in report.files:
        for position in by_position(file):
            finding = position.finding
            properties = f"file={_property(file.file.source)},line={position.line},col={position.column}"
            level = _LEVELS[finding.severity]
            yield f"::{level} {properties},title={finding.code}::{_data(finding.message)}"
    for error in report.errors:
        yield f"::error {_properties(error)}title=autofix::{_data(str(error))}"


def _properties(error: AutofixError) -> str:
    if not isinstance(error, SourceError):
        return ""
    numbers = (("line", error.line), ("col", error.column))
    known = "".join(f"{name}={number}," for name, number in numbers if number is not None)
    return f"file={_property(error.source)},{known}"


def _data(text: str) -> str:
    # The runner prints a message into the log and would turn an escaped line break into a real one.
    return escaped(text).replace("%", "%25")


def _property(text: str) -> str:
    # GitHub finds the file by this name, so the name must not change.
    exact = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return without_controls(exact).replace(":", "%3A").replace(",", "%2C")
