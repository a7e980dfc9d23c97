"""One line for each finding, in columns: what kubectl's users expect of a list."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Final

from autofix.kubernetes.pointer import Path
from autofix.report import Report
from autofix.report.columns import MESSAGE, Row, StyledLine, laid_out
from autofix.report.printable import escaped
from autofix.rules.finding import Applicability, Finding, Severity
from autofix.rules.registry import RULES

if TYPE_CHECKING:
    from autofix.cluster.evaluate import Evaluation
    from autofix.cluster.scan import Scan

_TABLE: Final = ("NAMESPACE", "OBJECT", "CODE", "FIX", "TODAY", "AFTER", MESSAGE)
_WIDE: Final = (
    *("NAMESPACE", "OBJECT", "SEVERITY", "CODE", "FIX", "FROM"),
    *("TODAY", "AFTER", "OWNER", MESSAGE),
)
_MARKS: Final = {Applicability.SAFE: "[*]", Applicability.UNSAFE: "[-]", Applicability.DISPLAY: "-"}
# One word is enough in a table, and a program finds the columns more easily.
_SHORT: Final = {
    "native sidecar": "native",
    "ordinary container": "ordinary",
    "denied by the injector": "denied",
    "depends on the release": "depends",
    "no proxy": "none",
}
_ORDER: Final = {severity.value: place for place, severity in enumerate(Severity)}


def render(report: Report) -> Iterator[str]:
    """Write a table.

    Args:
        report: a report on a cluster; its errors are left to standard error.

    Yields:
        Lines without their line end; none when there are no findings.
    """
    yield from ("".join(text for text, _ in line) for line in lines(report))


def lines(report: Report, *, wide: bool = False) -> Iterator[StyledLine]:
    """Write a table that somebody may colour.

    Args:
        report: as for ``render``. With a width the table is for a terminal; otherwise each finding is one
            line, and nothing is cut.
        wide: whether to show the columns that do not fit on most terminals.

    Yields:
        Lines in pieces; none when there are no findings.
    """
    names = columns(report, wide=wide)
    yield from laid_out(rows(report), names, width=report.width, headers=report.headers)


def columns(report: Report, *, wide: bool) -> tuple[str, ...]:
    """Name the columns of a report.

    Args:
        report: a report on a cluster.
        wide: as for ``lines``.

    Returns:
        The names; the last is ``MESSAGE``.
    """
    return (*(("CONTEXT",) if report.has_contexts else ()), *(_WIDE if wide else _TABLE))


def rows(report: Report) -> list[Row]:
    """List the findings, those of each cluster together and the worst first.

    Args:
        report: a report on a cluster.

    Returns:
        A row for each finding.
    """
    table: list[Row] = []
    files = iter(report.files)
    for scan in report.scans:
        part = [
            _row(scan, evaluation, finding)
            for evaluation, file in zip(scan.evaluations, islice(files, len(scan.evaluations)), strict=True)
            for finding in file.findings
        ]
        # Within a severity the order of the objects stays.
        table += sorted(part, key=lambda row: _ORDER[row.severity])
    return table


def _row(scan: Scan, evaluation: Evaluation, finding: Finding) -> Row:
    reference = evaluation.reference
    reason = f" (not fixed: {finding.withheld})" if finding.withheld else ""
    cells = {
        "CONTEXT": scan.context,
        "NAMESPACE": reference.namespace,
        "OBJECT": f"{reference.kind}/{reference.name}",
        "SEVERITY": finding.severity.value,
        "CODE": finding.code,
        "FIX": _MARKS[finding.applicability],
        "FROM": origin(reference.kind, finding.path),
        "TODAY": _short(evaluation.today),
        "AFTER": _short(evaluation.after),
        "OWNER": f"{evaluation.owner.kind}/{evaluation.owner.name}" if evaluation.owner else "",
        MESSAGE: finding.message + reason,
    }
    # Escaped here, because a line break would make another row, and escapes change the width.
    escapes = {name: escaped(text) or "-" for name, text in cells.items()}
    # A note about the release stands at any one object. The message of another finding may tell an age.
    place = finding.message if RULES[finding.code].note else (reference, finding.pointer, finding.key)
    identity = scan.context, finding.code, place
    return Row(escapes, finding.severity.value, identity)


def _short(answer: str) -> str:
    return _SHORT.get(answer, answer.replace(" ", "-"))


def origin(kind: str, path: Path) -> str:
    """Say in a word where an annotation comes from.

    Args:
        kind: the object's kind.
        path: the finding's path.

    Returns:
        ``status``, ``labels``, ``template``, ``workload``, ``namespace`` or ``pod``.
    """
    if not path:
        return "status"
    if "labels" in path:
        return "labels"
    if "template" in path:
        return "template"
    return kind.lower() if kind in ("Namespace", "Pod") else "workload"
