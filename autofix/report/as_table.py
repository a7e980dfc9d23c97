"""One line for each finding, in columns: what kubectl's users expect of a list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from autofix.kubernetes.pointer import Path
from autofix.report import Report
from autofix.report.printable import escaped
from autofix.rules.finding import Applicability, Finding

if TYPE_CHECKING:
    from autofix.cluster.evaluate import Evaluation

_HEADERS = ("NAMESPACE", "OBJECT", "CODE", "FROM", "TODAY", "AFTER", "MESSAGE")
_MARKS = {Applicability.SAFE: " [*]", Applicability.UNSAFE: " [-]", Applicability.DISPLAY: ""}
# The adjective is enough in a table.
_SHORT: Final = {
    "native sidecar": "native",
    "ordinary container": "ordinary",
    "denied by the injector": "denied",
    "depends on the release": "depends",
    "": "-",
}
# The least width of the messages, in characters; shorter lines are hard to read.
_NARROWEST: Final = 30


def render(report: Report) -> Iterator[str]:
    """Write a table.

    Args:
        report: a report on a cluster; its errors are left to standard error.

    Yields:
        Lines without their line end; none when there are no findings.
    """
    # Imported here: no other format needs it.
    from tabulate import tabulate

    objects = report.scan.evaluations if report.scan else ()
    rows = [
        row
        for evaluation, file in zip(objects, report.files, strict=True)
        for row in _rows(evaluation, file.findings)
    ]
    if rows:
        # A message is text: tabulate must not align numbers in it.
        widths = [*[None] * (len(_HEADERS) - 1), _message_width(rows, report.width)]
        table = tabulate(
            rows,
            _HEADERS,
            tablefmt="plain",
            disable_numparse=True,
            maxcolwidths=widths,
            # Keys must stay whole, so that a user can copy them.
            break_on_hyphens=False,
            break_long_words=False,
        )
        yield from (line.rstrip() for line in table.splitlines())


def _message_width(rows: Sequence[tuple[str, ...]], width: int | None) -> int | None:
    """Return how wide the column of messages may be; None where the terminal sets no limit."""
    if width is None:
        return None
    # tabulate leaves two columns of room at a header, and two between columns.
    columns = zip((f"{header}  " for header in _HEADERS[:-1]), *(row[:-1] for row in rows), strict=True)
    return max(_NARROWEST, width - sum(max(map(len, column)) + 2 for column in columns))


def _rows(evaluation: Evaluation, findings: Sequence[Finding]) -> Iterator[tuple[str, ...]]:
    reference = evaluation.reference
    name = f"{reference.kind}/{reference.name}"
    for finding in findings:
        reason = f" (not fixed: {finding.withheld})" if finding.withheld else ""
        cells = (
            reference.namespace or "-",
            name,
            finding.code + _MARKS[finding.applicability],
            origin(reference.kind, finding.path),
            _SHORT.get(evaluation.today, evaluation.today),
            _SHORT.get(evaluation.after, evaluation.after),
            finding.message + reason,
        )
        # Escaped here, because tabulate makes another row of a line break.
        yield tuple(map(escaped, cells))


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
