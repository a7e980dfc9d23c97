"""Workflow commands, which GitHub Actions shows as annotations on the lines of a pull request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autofix.errors import AutofixError
from autofix.report.places import by_line
from autofix.report.printable import escaped, without_controls
from autofix.rules.finding import Severity
from autofix.text.check import CheckedFile
from autofix.text.document import SourceError

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render(checked: Sequence[CheckedFile], failures: Sequence[AutofixError]) -> Iterator[str]:
    """Write a workflow command a finding, and one for every input that could not be read.

    Args:
        checked: the files, in order.
        failures: what could not be read.

    Yields:
        Lines without their line end.

    Source: GitHub documentation, "Workflow commands for GitHub Actions".
    """
    for one in checked:
        for place in by_line(one):
            finding = place.finding
            where = f"file={_property(one.file.source)},line={place.line},col={place.column}"
            yield f"::{_LEVELS[finding.severity]} {where},title={finding.code}::{_data(finding.message)}"
    for failure in failures:
        yield f"::error {_where(failure)}title=autofix::{_data(str(failure))}"


def _where(failure: AutofixError) -> str:
    if not isinstance(failure, SourceError):
        return ""
    places = (("line", failure.line), ("col", failure.column))
    known = "".join(f"{name}={place}," for name, place in places if place is not None)
    return f"file={_property(failure.source)},{known}"


def _data(text: str) -> str:
    # The runner prints a message into the log, where an escaped line break would be one.
    return escaped(text).replace("%", "%25")


def _property(text: str) -> str:
    # A file's name must stay what it is, or the annotation has no place.
    exact = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return without_controls(exact).replace(":", "%3A").replace(",", "%2C")
