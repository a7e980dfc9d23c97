"""The rules: one module each, whose docstring is its page for users.

A rule that looks at one place of an object has ``check(place)``, ``ROLES``, those of the places that it looks
at, and perhaps ``SUBJECT``, the keys that it speaks of. A rule that judges a fix about to be made
has ``gate(repair)``, which returns the reason to withhold it, or ``note(repair)``, which says something
beside it. To add a rule, write its module and add it to ``_MODULES``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Final, NamedTuple

from autofix.errors import AutofixError
from autofix.kubernetes.locations import Role
from autofix.rules import (
    afx001_malformed,
    afx101_never_read,
    afx102_not_read_here,
    afx103_shadowed,
    afx104_disagreement,
    afx105_leftover,
    afx106_deprecated,
    afx107_near_miss,
    afx201_not_a_string,
    afx202_unreadable_boolean,
    afx203_boolean_for_switch,
    afx204_unclear_value,
    afx301_on_workload,
    afx302_not_annotations,
    afx303_wrong_kind,
    afx401_no_native_sidecars,
    afx402_would_be_denied,
    afx403_old_kubernetes,
    afx404_known_bug,
    afx405_newer_release,
    afx501_unknown_annotation,
    afx601_held_by_proxy,
    afx602_other_sidecar,
)
from autofix.rules.context import Place, Repair, Subject
from autofix.rules.finding import Finding

Check = Callable[[Place], Iterator[Finding]]


class Rule(NamedTuple):
    """One rule.

    Attributes:
        code: its stable code.
        title: its page's first line.
        page: its page, in Markdown.
        check: finds in one place, None for a rule that only judges fixes.
        roles: roles of the places that it looks at.
        subject: the keys that it speaks of, None for all.
        gate: returns why a fix is withheld, or None; None for most rules.
        note: says something beside a fix; None for most rules.
    """

    code: str
    title: str
    page: str
    check: Check | None
    roles: tuple[Role, ...]
    subject: Subject | None
    gate: Callable[[Repair], str | None] | None
    note: Callable[[Repair], Iterator[Finding]] | None


_MODULES: Final[tuple[ModuleType, ...]] = (
    afx001_malformed,
    afx101_never_read,
    afx102_not_read_here,
    afx103_shadowed,
    afx104_disagreement,
    afx105_leftover,
    afx106_deprecated,
    afx107_near_miss,
    afx201_not_a_string,
    afx202_unreadable_boolean,
    afx203_boolean_for_switch,
    afx204_unclear_value,
    afx301_on_workload,
    afx302_not_annotations,
    afx303_wrong_kind,
    afx401_no_native_sidecars,
    afx402_would_be_denied,
    afx403_old_kubernetes,
    afx404_known_bug,
    afx405_newer_release,
    afx501_unknown_annotation,
    afx601_held_by_proxy,
    afx602_other_sidecar,
)


def _rule(module: ModuleType) -> Rule:
    page = module.__doc__ or ""
    return Rule(
        code=module.CODE,
        title=page.partition("\n")[0],
        page=page,
        check=getattr(module, "check", None),
        roles=module.ROLES if hasattr(module, "check") else (),
        subject=getattr(module, "SUBJECT", None),
        gate=getattr(module, "gate", None),
        note=getattr(module, "note", None),
    )


RULES: Final = {rule.code: rule for rule in map(_rule, _MODULES)}
GATES: Final = tuple(rule for rule in RULES.values() if rule.gate)
NOTES: Final = tuple(rule.note for rule in RULES.values() if rule.note)


def codes(wanted: str) -> frozenset[str]:
    """Read a list of rule codes as users write it.

    Args:
        wanted: codes or beginnings of codes with commas between them, such as ``AFX101,AFX3``; ``ALL`` and
            ``*`` mean every rule. What follows a colon behind a code is a reason, and ignored.

    Returns:
        The codes that are meant.

    Raises:
        AutofixError: when something in the list is the beginning of no code.
    """
    found: set[str] = set()
    for part in wanted.split(","):
        prefix = part.partition(":")[0].strip().upper()
        matching = (
            RULES.keys() if prefix in ("ALL", "*") else [code for code in RULES if code.startswith(prefix)]
        )
        if prefix and not matching:
            raise AutofixError(f"no rule has the code {prefix!r}; `autofix rules` lists them")
        found.update(matching if prefix else ())
    return frozenset(found)
