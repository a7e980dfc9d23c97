"""A line a finding, in columns: what kubectl's users expect of a list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from autofix.cluster.evaluate import Evaluation
from autofix.kubernetes.pointer import Path
from autofix.report.printable import escaped
from autofix.rules.finding import Applicability, Finding
from autofix.text.check import CheckedFile

_HEADERS = ("NAMESPACE", "OBJECT", "CODE", "FROM", "TODAY", "AFTER", "MESSAGE")
_MARKS = {Applicability.SAFE: " [*]", Applicability.UNSAFE: " [-]", Applicability.DISPLAY: ""}


# In a table the adjective is enough.
_SHORT: Final = {
    "native sidecar": "native",
    "ordinary container": "ordinary",
    "denied by the injector": "denied",
    "depends on the release": "depends",
    "": "-",
}
# A message that is broken into shorter pieces than these is no longer read.
_NARROWEST: Final = 30


def render(
    found: Sequence[Evaluation], checked: Sequence[CheckedFile], width: int | None = None
) -> Iterator[str]:
    """Write a table.

    Args:
        found: the objects, in order.
        checked: the same objects as files, with the findings to be shown.
        width: of the terminal, in characters; None keeps each finding on a line.

    Yields:
        Lines without their line end; none when there are no findings.
    """
    # Imported here: no other format needs it.
    from tabulate import tabulate

    rows = [row for one, file in zip(found, checked, strict=True) for row in _rows(one, file.findings)]
    if rows:
        # A message is text: nothing in it is a number to be aligned.
        widths = [*[None] * (len(_HEADERS) - 1), _left(rows, width)]
        table = tabulate(
            rows,
            _HEADERS,
            tablefmt="plain",
            disable_numparse=True,
            maxcolwidths=widths,
            # Keys are to be copied whole.
            break_on_hyphens=False,
            break_long_words=False,
        )
        yield from (line.rstrip() for line in table.splitlines())


def _left(rows: Sequence[tuple[str, ...]], width: int | None) -> int | None:
    """Return how much room is left for messages."""
    if width is None:
        return None
    # tabulate leaves two columns of room at a header, and two between columns.
    columns = zip((f"{header}  " for header in _HEADERS[:-1]), *(row[:-1] for row in rows), strict=True)
    return max(_NARROWEST, width - sum(max(map(len, column)) + 2 for column in columns))


def _rows(one: Evaluation, findings: Sequence[Finding]) -> Iterator[tuple[str, ...]]:
    reference = one.reference
    name = f"{reference.kind}/{reference.name}"
    for finding in findings:
        reason = f" (not fixed: {finding.withheld})" if finding.withheld else ""
        cells = (
            reference.namespace or "-",
            name,
            finding.code + _MARKS[finding.applicability],
            origin(reference.kind, finding.path),
            _SHORT.get(one.today, one.today),
            _SHORT.get(one.after, one.after),
            finding.message + reason,
        )
        # Here, for a line break would make another row of it.
        yield tuple(map(escaped, cells))


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
