"""Object in, findings and proven changes out: the one way in.

An object is repaired in rounds. In each, the rules look at it, and every fix that they offer is tried on the
few keys it touches and kept only when the model of Linkerd's injector then answers as the fix promises. When
no fix remains the rest is the patched object, so patching twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from autofix.finding import Finding
from autofix.kubernetes.anatomy import (
    Malformed,
    Role,
    Slot,
    builtin_slots,
    entries_of,
    malformed_in,
    mappings_of,
    slots_of,
    sound,
)
from autofix.kubernetes.pointer import Path
from autofix.linkerd.decision import Outcome
from autofix.linkerd.naming import concerning, is_native_like
from autofix.linkerd.survey import (
    NO_ANNOTATIONS,
    Annotations,
    NativeKey,
    Standing,
    intent_of,
    survey_namespace,
    survey_pod,
)
from autofix.proof import holds, proven
from autofix.rules import RULES, afx001_malformed
from autofix.rules.place import Context, Place, outcomes
from autofix.rules.settled import is_settled

Maps = Mapping[Path, Annotations]
Accept = Callable[[Finding], bool]
Found = tuple[Finding, Place]
Silenced = Mapping[Path, frozenset[str]]
NOT_SILENCED: Final[Silenced] = MappingProxyType({})

# A rename, then its leftovers, then what only shows after them: no object is known to need more than four.
_MOST_ROUNDS: Final = 20


@dataclass(frozen=True, slots=True)
class Examined:
    """One object, looked at and repaired.

    Attributes:
        findings: what the rules say of the object as it came.
        remaining: what they say of it once repaired.
        before: what concerns Linkerd in its mappings of annotations and labels as they came, by path.
        after: the same once repaired; equal to ``before`` when there was nothing to do.
        changes_injection: whether the injector's answer for the object's pods differs after the repair.
    """

    findings: tuple[Finding, ...]
    remaining: tuple[Finding, ...]
    before: Maps
    after: Maps
    changes_injection: bool


def examine(
    obj: Mapping[str, object],
    context: Context,
    *,
    wanted: frozenset[str],
    native_only: bool,
    apply: Accept,
    silenced: Silenced = NOT_SILENCED,
) -> Examined:
    """Look at one Kubernetes object (no List) and repair what may be repaired.

    Args:
        obj: the object; it is not changed.
        context: what is known around it.
        wanted: codes of the rules to run. Gates work whether they are wanted or not.
        native_only: whether to leave out findings that are not about the native-sidecar annotation.
        apply: which of the findings that have a fix are to be repaired.
        silenced: codes that are not wanted at some keys, by the key's path.

    Returns:
        The findings, and the object's mappings before and after.
    """
    slots, before, malformed = _read(obj)
    checks = _checks(wanted)

    def is_wanted(finding: Finding) -> bool:
        return (finding.native or not native_only) and finding.code not in silenced.get(finding.path, ())

    def look(maps: Maps) -> tuple[Found, ...]:
        return tuple(
            (finding, place)
            for finding, place in _findings(slots, maps, context, checks, is_wanted)
            if finding.code in wanted and is_wanted(finding)
        )

    broken = tuple(afx001_malformed.report(place) for place in malformed if afx001_malformed.CODE in wanted)
    maps, found = before, look(before)
    first = found
    for _ in range(_MOST_ROUNDS):
        chosen = [one for one in found if one[0].fix and apply(one[0])]
        if not chosen:
            break
        maps = _repaired(maps, chosen)
        found = look(maps)
    return Examined(
        findings=(*broken, *(finding for finding, _ in first)),
        remaining=(*broken, *(finding for finding, _ in found)),
        before=before,
        after=maps,
        changes_injection=maps is not before
        and _answers(slots, before, context) != _answers(slots, maps, context),
    )


def is_untouched(obj: Mapping[str, object], context: Context) -> bool:
    """Tell at a glance that ``examine`` would find nothing in an object; False where only that can tell.

    Args:
        obj: the object.
        context: what is known around it.
    """
    slots = builtin_slots(obj)
    mappings = mappings_of(obj, slots) if slots else None
    if slots is None or mappings is None:
        return False
    for slot, entries in zip(slots, mappings, strict=True):
        if entries and not is_settled(slot.role, concerning(entries), context):
            return False
    return not (context.inherit and any(map(is_native_like, context.namespace)))


@lru_cache(maxsize=64)
def _checks(wanted: frozenset[str]) -> tuple[Callable[[Place], Iterator[Finding]], ...]:
    return tuple(rule.check for rule in RULES.values() if rule.check and rule.code in wanted)


def _read(obj: Mapping[str, object]) -> tuple[tuple[Slot, ...], Maps, tuple[Malformed, ...]]:
    """Read what concerns Linkerd in an object, and say where it cannot be read."""
    slots = slots_of(obj)
    mappings: Sequence[Mapping[str, object]] | None = mappings_of(obj, slots)
    malformed: tuple[Malformed, ...] = ()
    if mappings is None:
        malformed = malformed_in(obj, slots)
        slots = sound(slots, malformed)
        mappings = [entries_of(obj, slot.path) or NO_ANNOTATIONS for slot in slots]
    found = {slot.path: concerning(entries) for slot, entries in zip(slots, mappings, strict=True)}
    return slots, found, malformed


def _repaired(maps: Maps, chosen: Sequence[Found]) -> Maps:
    """Make the fixes that touch none of the same keys, and still hold after those before them."""
    edited: dict[Path, dict[str, object]] = {path: dict(entries) for path, entries in maps.items()}
    touched: set[tuple[Path, str]] = set()
    for finding, place in chosen:
        fix = finding.fix
        if fix is None or any((edit.path, edit.key) in touched for edit in fix.edits):
            continue
        if touched and fix.home is not None and not holds(place, edited[fix.home], fix):
            continue
        for edit in fix.edits:
            touched.add((edit.path, edit.key))
            if edit.value is None:
                edited[edit.path].pop(edit.key, None)
            else:
                edited[edit.path][edit.key] = edit.value
    return edited


def _findings(
    slots: Sequence[Slot],
    maps: Maps,
    context: Context,
    checks: Sequence[Callable[[Place], Iterator[Finding]]],
    is_wanted: Accept,
) -> Iterator[Found]:
    said: set[tuple[str, Path, str]] = set()
    for slot in slots:
        # Most mappings hold nothing of Linkerd's, or only what is right: look no further.
        if is_settled(slot.role, maps[slot.path], context) and not _may_inherit(slot, context):
            continue
        place = _place(slot, maps, context)
        # What nobody wants to hear of has no gates and notes beside it, either.
        for finding in (one for check in checks for one in check(place) if is_wanted(one)):
            for one in proven(place, finding):
                # A gate or note about several keys of one object speaks once.
                mark = (one.code, one.path if one.code == finding.code else slot.path, one.message)
                if mark not in said:
                    said.add(mark)
                    yield one, place


def _may_inherit(slot: Slot, context: Context) -> bool:
    return slot.role is Role.POD and context.inherit and any(map(is_native_like, context.namespace))


def _place(slot: Slot, maps: Maps, context: Context) -> Place:
    home = maps.get(slot.home, NO_ANNOTATIONS) if slot.home else NO_ANNOTATIONS
    release = context.release
    if slot.level == "namespace":
        native = survey_namespace(home, release)
    else:
        native = survey_pod(home, context.namespace, release)
    if native or not _may_inherit(slot, context):
        live = next((found for found in native if found.standing is Standing.LIVE), None)
        return Place(slot, maps[slot.path], home, context, native, live, None, intent_of(native))
    keys = survey_namespace(context.namespace, release)
    intent = intent_of(keys)
    inherited = _unreached(keys, intent, outcomes("pod", home, context))
    return Place(slot, maps[slot.path], home, context, (), None, inherited, intent if inherited else None)


def _unreached(
    keys: tuple[NativeKey, ...], intent: bool | None, answers: tuple[Outcome, ...]
) -> NativeKey | None:
    """Return the Namespace's key whose intent the injector does not follow for a pod without keys."""
    if intent is None or all(answer.native == intent for answer in answers):
        return None
    for found in keys:
        unread = found.standing in (Standing.UNKNOWN_NAME, Standing.NOT_READ)
        unparsed = found.standing is Standing.LIVE and found.parsed is None
        if found.intent == intent and (unread or unparsed):
            return found
    return None


def _answers(slots: Sequence[Slot], maps: Maps, context: Context) -> list[tuple[bool, bool]]:
    return [
        (answer.native, answer.denied)
        for slot in slots
        if slot.role in (Role.POD, Role.NAMESPACE)
        for answer in outcomes(
            "namespace" if slot.role is Role.NAMESPACE else "pod", maps[slot.path], context
        )
    ]
