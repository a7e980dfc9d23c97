"""A line a finding, in columns: what kubectl's users expect of a list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autofix.checking import CheckedFile
from autofix.cluster.look import Found
from autofix.finding import Applicability, Finding
from autofix.kubernetes.pointer import Path

_HEADERS = ("NAMESPACE", "OBJECT", "CODE", "FROM", "TODAY", "AFTER", "MESSAGE")
_MARKS = {Applicability.SAFE: " [*]", Applicability.UNSAFE: " [-]", Applicability.DISPLAY: ""}


def render(found: Sequence[Found], checked: Sequence[CheckedFile]) -> Iterator[str]:
    """Write a table.

    Args:
        found: the objects, in order.
        checked: the same objects as files, with the findings to be shown.

    Yields:
        Lines without their line end; none when there are no findings.
    """
    # Imported here: no other format needs it.
    from tabulate import tabulate

    rows = [row for one, file in zip(found, checked, strict=True) for row in _rows(one, file.findings)]
    if rows:
        # A message is text: nothing in it is a number to be aligned.
        yield from tabulate(rows, _HEADERS, tablefmt="plain", disable_numparse=True).splitlines()


def _rows(one: Found, findings: Sequence[Finding]) -> Iterator[tuple[str, ...]]:
    reference = one.reference
    name = f"{reference.kind}/{reference.name}"
    for finding in findings:
        reason = f" (not fixed: {finding.withheld})" if finding.withheld else ""
        yield (
            reference.namespace or "-",
            name,
            finding.code + _MARKS[finding.applicability],
            origin(reference.kind, finding.path),
            one.today or "-",
            one.after or "-",
            finding.message + reason,
        )


def origin(kind: str, path: Path) -> str:
    """Say in a word where an annotation comes from.

    Args:
        kind: of the object.
        path: of the finding.
    """
    if not path:
        return "status"
    if "labels" in path:
        return "labels"
    if "template" in path:
        return "template"
    return kind.lower() if kind in ("Namespace", "Pod") else "workload"
