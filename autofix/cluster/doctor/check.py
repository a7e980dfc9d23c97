"""What a check of ``autofix doctor`` says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How it looks."""

    OK = "ok"
    WARN = "warn"
    """Works, or may work, and a person should look."""
    FAIL = "fail"
    """Native sidecars, or our webhook, do not work like this."""


@dataclass(frozen=True, slots=True)
class Check:
    """The result of one check.

    Attributes:
        name: the check's stable name, and its anchor in docs/doctor.md.
        verdict: how it looks.
        why: what was found.
        todo: what to do; empty when there is nothing to do.
    """

    name: str
    verdict: Verdict
    why: str
    todo: str = ""


def ok(name: str, why: str) -> Check:
    """Return the result of a check that found nothing wrong."""
    return Check(name, Verdict.OK, why)


def warn(name: str, why: str, todo: str) -> Check:
    """Return the result of a check that a person should look at."""
    return Check(name, Verdict.WARN, why, todo)


def fail(name: str, why: str, todo: str) -> Check:
    """Return the result of a check that found something broken."""
    return Check(name, Verdict.FAIL, why, todo)
