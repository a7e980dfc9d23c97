"""The result of a check of ``autofix doctor``."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """Whether a check found something wrong."""

    OK = "ok"
    WARN = "warn"
    """Works, or may work, and a person should look."""
    FAIL = "fail"
    """Native sidecars, or our webhook, do not work."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of one check.

    Attributes:
        name: the stable name of the check, which is also the anchor of its page.
        verdict: whether something is wrong.
        why: what the check found.
        todo: what to do; empty when there is nothing to do.
    """

    name: str
    verdict: Verdict
    why: str
    todo: str = ""


def ok(name: str, why: str) -> CheckResult:
    """Return the result of a check that found nothing wrong.

    Args:
        name: the check's.
        why: what the check found.
    """
    return CheckResult(name, Verdict.OK, why)


def warn(name: str, why: str, todo: str) -> CheckResult:
    """Return the result of a check that a person should look at.

    Args:
        name: the check's.
        why: what the check found.
        todo: what to do.
    """
    return CheckResult(name, Verdict.WARN, why, todo)


def fail(name: str, why: str, todo: str) -> CheckResult:
    """Return the result of a check that found something broken.

    Args:
        name: the check's.
        why: what the check found.
        todo: what to do.
    """
    return CheckResult(name, Verdict.FAIL, why, todo)
