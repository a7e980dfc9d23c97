"""How many findings each rule has, and how many of them can be fixed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from autofix.report import Report
from autofix.rules.finding import Applicability
from autofix.rules.registry import RULES

# As in the text format.
_MARKS: Final = {Applicability.SAFE: "[*]", Applicability.UNSAFE: "[-]"}


def render(report: Report) -> Iterator[str]:
    """Count the findings of each rule, the most frequent first, with those that have a fix.

    Args:
        report: what to show; its errors are left to standard error.

    Yields:
        Lines without their line end, one for each rule with findings. ``2 [*]`` counts those with a safe fix,
        ``1 [-]`` those with an unsafe one.
    """
    findings = [finding for file in report.files for finding in file.findings]
    counts = Counter(finding.code for finding in findings)
    fixes = Counter((finding.code, finding.applicability) for finding in findings)
    rows = [
        (
            number,
            code,
            ", ".join(f"{fixes[code, how]} {mark}" for how, mark in _MARKS.items() if fixes[code, how]),
        )
        for code, number in sorted(counts.items(), key=lambda row: (-row[1], row[0]))
    ]
    width = max((len(fixable) for _, _, fixable in rows), default=0)
    for number, code, fixable in rows:
        yield f"{number:>5}  {code}  {fixable:<{width}}  {RULES[code].title}"
