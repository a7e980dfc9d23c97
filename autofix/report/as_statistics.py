"""How many findings each rule has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from autofix.report import Report
from autofix.rules.registry import RULES


def render(report: Report) -> Iterator[str]:
    """Count the findings of each rule, the most frequent first; ``[*]`` marks rules with a fix for them.

    Args:
        report: what to show; its errors are left to standard error.

    Yields:
        Lines without their line end, one for each rule with findings.
    """
    findings = [finding for file in report.files for finding in file.findings]
    counts = Counter(finding.code for finding in findings)
    fixable = {finding.code for finding in findings if finding.fix}
    for code, number in sorted(counts.items(), key=lambda row: (-row[1], row[0])):
        yield f"{number:>5}  {code}  {'[*]' if code in fixable else '[ ]'}  {RULES[code].title}"
