"""One line a finding: ``file:line: CODE [*] Kind namespace/name: message``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autofix.finding import Applicability, Finding
from autofix.report.checked import Checked, Failure, title_of

_MARKS = {Applicability.SAFE: " [*]", Applicability.UNSAFE: " [-]", Applicability.DISPLAY: ""}


def render(checked: Sequence[Checked], failures: Sequence[Failure]) -> Iterator[str]:
    """Write findings as lines of text; ``[*]`` marks a safe fix, ``[-]`` an unsafe one.

    Args:
        checked: the documents, in order.
        failures: what could not be read; left to standard error.

    Yields:
        Lines without their line end.
    """
    del failures
    for one in checked:
        for item in one.result.items:
            for finding in item.findings:
                yield f"{one.document.source}:{one.document.line}: {_line(title_of(item), finding)}"


def _line(title: str, finding: Finding) -> str:
    reason = f" (not fixed: {finding.withheld})" if finding.withheld else ""
    return f"{finding.code}{_MARKS[finding.applicability]} {title}: {finding.message}{reason}"
