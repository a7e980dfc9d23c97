"""``file:line:column: CODE [*] Kind namespace/name: message``, and the line of the file below it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autofix.errors import AutofixError
from autofix.report.places import by_line, title_of
from autofix.rules.finding import Applicability, Finding
from autofix.text.check import CheckedFile
from autofix.text.lines import lines_of

# Of a line; JSON on one line can be megabytes.
_LONGEST = 160
# A line that is longer is not copied for each finding in it.
_COPIED = 16 * _LONGEST
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
        lines = lines_of(one.file.text)
        for place in by_line(one):
            where = f"{one.file.source}:{place.line}:{place.column}"
            yield f"{where}: {_line(title_of(place.item), place.finding)}"
            start, end = lines.span(place.line - one.file.above)
            yield f"    {_excerpt(one.file.text, start, end, place.column)}".replace("\t", " ")


def _excerpt(text: str, start: int, end: int, column: int) -> str:
    """Show the line from ``start`` to ``end``, or of a long one what stands around a column."""
    if end - start <= _COPIED and len(line := text[start:end].strip()) <= _LONGEST:
        return line
    first = start + max(0, column - 1 - _LONGEST // 4)
    last = min(first + _LONGEST, end)
    return ("…" if first > start else "") + text[first:last].strip() + ("…" if last < end else "")


def _line(title: str, finding: Finding) -> str:
    reason = f" (not fixed: {finding.withheld})" if finding.withheld else ""
    named = f"{title}: " if title else ""
    return f"{finding.code}{_MARKS[finding.applicability]} {named}{finding.message}{reason}"
