"""One line a finding: ``file:line:column: CODE [*] Kind namespace/name: message``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autofix.checking import CheckedFile
from autofix.errors import AutofixError
from autofix.finding import Applicability, Finding
from autofix.report.titles import place_of, title_of

_MARKS = {Applicability.SAFE: " [*]", Applicability.UNSAFE: " [-]", Applicability.DISPLAY: ""}


def render(checked: Sequence[CheckedFile], failures: Sequence[AutofixError]) -> Iterator[str]:
    """Write findings as lines of text; ``[*]`` marks a safe fix, ``[-]`` an unsafe one.

    Args:
        checked: the files, in order.
        failures: what could not be read; left to standard error.

    Yields:
        Lines without their line end.
    """
    del failures
    for one in checked:
        for document in one.checked:
            for item in document.result.items:
                for finding in item.findings:
                    line, column = place_of(one, document, finding.path)
                    yield f"{one.file.source}:{line}:{column}: {_line(title_of(item), finding)}"


def _line(title: str, finding: Finding) -> str:
    reason = f" (not fixed: {finding.withheld})" if finding.withheld else ""
    named = f"{title}: " if title else ""
    return f"{finding.code}{_MARKS[finding.applicability]} {named}{finding.message}{reason}"
