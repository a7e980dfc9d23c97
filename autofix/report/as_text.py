"""``file:line:column: CODE [*] Kind namespace/name: message``, and the line of the file below it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autofix.checking import CheckedFile
from autofix.errors import AutofixError
from autofix.finding import Applicability, Finding
from autofix.report.places import by_line, title_of

# Of a line; JSON on one line can be megabytes.
_LONGEST = 160
_MARKS = {Applicability.SAFE: " [*]", Applicability.UNSAFE: " [-]", Applicability.DISPLAY: ""}


def render(checked: Sequence[CheckedFile], failures: Sequence[AutofixError]) -> Iterator[str]:
    """Write two lines a finding; ``[*]`` marks a safe fix, ``[-]`` an unsafe one.

    Args:
        checked: the files, in order.
        failures: what could not be read; left to standard error.

    Yields:
        Lines without their line end.
    """
    del failures
    for one in checked:
        lines = one.file.text.split("\n")
        for place in by_line(one):
            where = f"{one.file.source}:{place.line}:{place.column}"
            yield f"{where}: {_line(title_of(place.item), place.finding)}"
            yield f"    {_excerpt(lines[place.line - one.file.above - 1], place.column)}".replace("\t", " ")


def _excerpt(line: str, column: int) -> str:
    """Show a line, or of a long one what stands around a column."""
    if len(line.strip()) <= _LONGEST:
        return line.strip()
    start = max(0, column - 1 - _LONGEST // 4)
    end = start + _LONGEST
    return ("…" if start else "") + line[start:end].strip() + ("…" if end < len(line) else "")


def _line(title: str, finding: Finding) -> str:
    reason = f" (not fixed: {finding.withheld})" if finding.withheld else ""
    named = f"{title}: " if title else ""
    return f"{finding.code}{_MARKS[finding.applicability]} {named}{finding.message}{reason}"
