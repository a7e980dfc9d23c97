"""``file:line:column: CODE [*] Kind namespace/name: message``, and the line of the file below it."""

from __future__ import annotations

from collections.abc import Iterator

from autofix.report import Report
from autofix.report.positions import by_position
from autofix.report.titles import title_of
from autofix.rules.finding import Applicability, Finding
from autofix.text.lines import lines_of

# The longest excerpt of a line, in characters; JSON on one line can be megabytes.
_LONGEST = 160
# A longer line is not copied for each finding in it.
_COPIED = 16 * _LONGEST
_MARKS = {Applicability.SAFE: " [*]", Applicability.UNSAFE: " [-]", Applicability.DISPLAY: ""}


def render(report: Report) -> Iterator[str]:
    """Write two lines for each finding; ``[*]`` marks a safe fix, ``[-]`` an unsafe one.

    Args:
        report: what to show; its errors are left to standard error.

    Yields:
        Lines without their line end.
    """
    for file in report.files:
        text = file.file.text
        lines = lines_of(text)
        for finding in by_position(file):
            position = f"{file.file.source}:{finding.line}:{finding.column}"
            yield f"{position}: {_line(title_of(finding.item), finding.finding)}"
            start, end = lines.span(finding.line - file.file.above)
            yield f"    {_excerpt(text, start, end, finding.column)}".replace("\t", " ")


def _excerpt(text: str, start: int, end: int, column: int) -> str:
    """Show the line from ``start`` to ``end``; of a long line show the part around a column."""
    if end - start <= _COPIED and len(line := text[start:end].strip()) <= _LONGEST:
        return line
    first = start + max(0, column - 1 - _LONGEST // 4)
    last = min(first + _LONGEST, end)
    return ("…" if first > start else "") + text[first:last].strip() + ("…" if last < end else "")


def _line(title: str, finding: Finding) -> str:
    reason = f" (not fixed: {finding.withheld})" if finding.withheld else ""
    prefix = f"{title}: " if title else ""
    return f"{finding.code}{_MARKS[finding.applicability]} {prefix}{finding.message}{reason}"
