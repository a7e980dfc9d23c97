"""A finding about one key, with a plan to repair it or the reason why there is none."""

from __future__ import annotations

from autofix.kubernetes.pointer import Path
from autofix.linkerd.keys import is_native_like
from autofix.rules.finding import Applicability, Finding, Fix, Severity


def planned(
    code: str,
    message: str,
    path: Path,
    key: str,
    plan: Fix | str,
    *,
    applicability: Applicability = Applicability.SAFE,
) -> Finding:
    """Report an error about one annotation key.

    Args:
        code: the rule's code.
        message: what is wrong and what to do.
        path: where it stands.
        key: the key.
        plan: the fix, or the reason why there is none.
        applicability: how far the fix may be trusted.

    Returns:
        The finding; display-only when there is no fix.
    """
    native = is_native_like(key)
    if isinstance(plan, Fix):
        return Finding(code, Severity.ERROR, message, applicability, path, key, native=native, fix=plan)
    return Finding(
        code, Severity.ERROR, message, Applicability.DISPLAY, path, key, native=native, withheld=plan
    )
