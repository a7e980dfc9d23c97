"""Exit codes, the same for every command and output format (the contract of ``kubectl diff`` and ruff)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autofix.rules.finding import Finding

CLEAN = 0
"""Nothing to do, or all done."""
FINDINGS = 1
"""Findings are left, or a diff was shown."""
ABNORMAL = 2
"""Something could not be read or done, unreadable input included."""
INTERRUPTED = 130
"""Stopped by Ctrl-C (128 + SIGINT)."""


def exit_code(
    findings: Iterable[Finding], *, abnormal: bool, changed: bool = False, zero: bool = False
) -> int:
    """Choose the exit code of a command.

    Args:
        findings: the findings that are left.
        abnormal: whether anything could not be read or written.
        changed: whether a diff was shown, or something was fixed and the user asked to count that.
        zero: whether findings and changes do not count.

    Returns:
        One of the numbers above.
    """
    # Imported here: a run without a hit needs the numbers above, and no rules.
    from autofix.rules.finding import Severity
    from autofix.rules.registry import UNREADABLE

    findings = tuple(findings)
    # Metadata that cannot be read is unreadable input, however the run noticed it.
    if abnormal or any(finding.code in UNREADABLE for finding in findings):
        return ABNORMAL
    is_left = any(finding.severity is not Severity.INFO for finding in findings)
    return FINDINGS if (changed or is_left) and not zero else CLEAN
