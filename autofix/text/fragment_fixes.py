"""Fixes that are only reported, or unsafe, because a tool makes something of the text first."""

from __future__ import annotations

from autofix.engine.examine import Examined
from autofix.engine.options import Options
from autofix.kubernetes.pointer import Path
from autofix.rules.finding import Applicability, Finding, withhold


def without_quotes_by_request(examined: Examined, path: Path, options: Options) -> Examined:
    """Make fixes unsafe that take away quotes inside a value.

    A chart may print the value as it is, and then only these quotes make it a string.

    Args:
        examined: the answer.
        path: where the annotations stand in it.
        options: the options.
    """
    before, after = examined.before[path], examined.after[path]
    changed = (key for key in before if key not in after or after[key] != before[key])
    return _made_unsafe(examined, options) if any(_is_quoted(before[key]) for key in changed) else examined


def only_reported(examined: Examined, reason: str) -> Examined:
    """Take all fixes out of an answer.

    Args:
        examined: the answer.
        reason: why nothing may be fixed.
    """
    return _unchanged(examined, tuple(withhold(finding, reason) for finding in examined.findings))


def _made_unsafe(examined: Examined, options: Options) -> Examined:
    """Make safe fixes unsafe.

    A chart may print a value as it is, and then only the quotes in it make it a string.
    """
    findings, remaining = (
        tuple(
            finding._replace(applicability=Applicability.UNSAFE) if finding.fix else finding
            for finding in findings
        )
        for findings in (examined.findings, examined.remaining)
    )
    if options.unsafe:
        return examined._replace(findings=findings, remaining=remaining)
    return _unchanged(examined, findings)


def _unchanged(examined: Examined, findings: tuple[Finding, ...]) -> Examined:
    return examined._replace(
        findings=findings, remaining=findings, after=examined.before, changes_injection=False
    )


def _is_quoted(value: object) -> bool:
    """Tell whether a value has quotes of its own."""
    text = value.strip() if isinstance(value, str) else ""
    return len(text) > 1 and text[0] == text[-1] and text[0] in "'\""
