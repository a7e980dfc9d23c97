"""The list of the rules, and what each says of itself; nothing else decides whether a rule is heard.

A rule is a module. It may have

- ``check(place)``, which looks at one mapping of annotations or labels, and ``ROLES``, the roles of the
  mappings that it looks at;
- ``malformed(place)``, which speaks of metadata that cannot be read;
- ``gate(repair)``, which returns the reason to withhold a fix, or ``note(repair)``, which says something
  beside it;
- ``DOORS``, where it is heard (``USUAL`` by default), and ``NATIVE_ONLY``, those of them at which only its
  findings about the native-sidecar annotation are heard;
- ``INTEREST``, the keys that it speaks of (Linkerd's by default);
- ``JUDGES_TYPES``, true for a rule about the type of a value;
- ``READS_EVERY_DOMAIN``, true for a rule that also speaks of values under keys that are of no interest, if
  they are no plain strings.

To add a rule, write its module and add its name to ``_NAMES``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from types import ModuleType
from typing import Final, NamedTuple

from autofix.errors import AutofixError
from autofix.kubernetes.locations import Malformed, Role
from autofix.rules.context import USUAL, Door, Place, Repair
from autofix.rules.finding import Finding
from autofix.rules.interest import INTERESTS, LINKERD, Interest, joined

PlaceCheck = Callable[[Place], Iterator[Finding]]


class Rule(NamedTuple):
    """One rule.

    Attributes:
        code: its stable code.
        title: its page's first line.
        page: its page, in Markdown.
        check: finds in one place, None for a rule that does not look at places.
        roles: roles of the places that it looks at.
        doors: where it is heard.
        native_only: those of the doors at which it is heard only about the native-sidecar annotation.
        interest: the keys that it speaks of.
        malformed: speaks of metadata that cannot be read; None for most rules.
        gate: returns why a fix is withheld, or None; None for most rules.
        note: says something beside a fix; None for most rules.
        judges_types: whether it speaks of the type of a value.
        reads_every_domain: whether it also speaks of values under keys that are of no interest, if they are
            no plain strings.
    """

    code: str
    title: str
    page: str
    check: PlaceCheck | None
    roles: tuple[Role, ...]
    doors: tuple[Door, ...]
    native_only: tuple[Door, ...]
    interest: Interest
    malformed: Callable[[Malformed], Finding] | None
    gate: Callable[[Repair], str | None] | None
    note: Callable[[Repair], Iterator[Finding]] | None
    judges_types: bool
    reads_every_domain: bool


# The only list of the rules, in the order in which they speak.
_NAMES: Final = (
    "afx001_malformed",
    "afx101_never_read",
    "afx102_not_read_here",
    "afx103_shadowed",
    "afx104_disagreement",
    "afx105_leftover",
    "afx106_deprecated",
    "afx107_near_miss",
    "afx201_not_a_string",
    "afx202_unreadable_boolean",
    "afx203_boolean_for_switch",
    "afx204_unclear_value",
    "afx205_foreign_value",
    "afx206_typed_value",
    "afx301_on_workload",
    "afx302_not_annotations",
    "afx303_wrong_kind",
    "afx304_helm_value",
    "afx401_no_native_sidecars",
    "afx402_would_be_denied",
    "afx403_old_kubernetes",
    "afx404_known_bug",
    "afx405_newer_release",
    "afx406_breaks_the_patch",
    "afx501_unknown_annotation",
    "afx601_held_by_proxy",
    "afx602_other_sidecar",
    "afx603_never_completes",
)


def _rule(module: ModuleType) -> Rule:
    page = module.__doc__ or ""
    interests: tuple[Interest, ...] = getattr(module, "INTEREST", (LINKERD,))
    if not set(interests) <= set(INTERESTS):
        raise ValueError(
            f"{module.CODE}: add its interest to INTERESTS in autofix/rules/interest.py; "
            "nobody searches files for its keys without it"
        )
    return Rule(
        code=module.CODE,
        title=page.partition("\n")[0],
        page=page,
        check=getattr(module, "check", None),
        roles=module.ROLES if hasattr(module, "check") else (),
        doors=getattr(module, "DOORS", USUAL),
        native_only=getattr(module, "NATIVE_ONLY", ()),
        interest=joined(interests),
        malformed=getattr(module, "malformed", None),
        gate=getattr(module, "gate", None),
        note=getattr(module, "note", None),
        judges_types=getattr(module, "JUDGES_TYPES", False),
        reads_every_domain=getattr(module, "READS_EVERY_DOMAIN", False),
    )


_MODULES: Final = tuple(import_module(f"autofix.rules.{name}") for name in _NAMES)
RULES: Final = {rule.code: rule for rule in map(_rule, _MODULES)}
CHECKS: Final = {role: tuple(rule for rule in RULES.values() if role in rule.roles) for role in Role}
GATES: Final = tuple(rule for rule in RULES.values() if rule.gate)
NOTES: Final = tuple(rule.note for rule in RULES.values() if rule.note)
# Codes of the rules about input that cannot be read, and of those about the type of a value.
UNREADABLE: Final = frozenset(rule.code for rule in RULES.values() if rule.malformed)
TYPES: Final = frozenset(rule.code for rule in RULES.values() if rule.judges_types)
# Codes of the rules that also need the values that are no plain strings, under keys of every domain.
EVERY_DOMAIN: Final = frozenset(rule.code for rule in RULES.values() if rule.reads_every_domain)

# Codes of the rules that are heard at each door, and of those heard there only about the native-sidecar key.
CODES_AT: Final = {
    door: frozenset(rule.code for rule in RULES.values() if door in rule.doors) for door in Door
}
NATIVE_CODES_AT: Final = {
    door: frozenset(rule.code for rule in RULES.values() if door in rule.native_only) for door in Door
}


def interest_at(*doors: Door) -> Interest:
    """Return the interest of all rules that are heard at one of some doors."""
    return joined(rule.interest for rule in RULES.values() if not set(doors).isdisjoint(rule.doors))


def codes(text: str) -> frozenset[str]:
    """Read a list of rule codes as users write it.

    Args:
        text: codes or beginnings of codes with commas between them, such as ``AFX101,AFX3``; ``ALL`` and
            ``*`` mean every rule. What follows a colon behind a code is a reason, and ignored.

    Returns:
        The codes that are meant.

    Raises:
        AutofixError: when something in the list is the beginning of no code.
    """
    selected: set[str] = set()
    for part in text.split(","):
        prefix = part.partition(":")[0].strip().upper()
        matching = (
            RULES.keys() if prefix in ("ALL", "*") else [code for code in RULES if code.startswith(prefix)]
        )
        if prefix and not matching:
            raise AutofixError(f"no rule has the code {prefix!r}; `autofix rules` lists them")
        selected.update(matching if prefix else ())
    return frozenset(selected)
