"""Object in, findings and proven patch out: the one way in.

A document is repaired one fix at a time. Each fix is tried on a copy of the few mappings that it touches and
kept only when the model of Linkerd's injector answers on the result as the fix promises; then the rules look
again. What is left when no fix remains is the patched object, so patching twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from autofix.finding import Applicability, Finding, Fix, Promise, Severity
from autofix.kubernetes.anatomy import Role, Slot, entries_of, malformed_in, slots_of
from autofix.kubernetes.pointer import Path
from autofix.linkerd.decision import Outcome
from autofix.linkerd.survey import (
    NO_ANNOTATIONS,
    Annotations,
    NativeKey,
    Standing,
    intent_of,
    survey_namespace,
    survey_pod,
)
from autofix.rules import CHECKS, GATES, NOTES
from autofix.rules.afx001_malformed import report
from autofix.rules.place import Context, Place, Repair, outcomes

Maps = Mapping[Path, Annotations]
Accept = Callable[[Finding], bool]

# Every fix removes its finding and makes none of the same rank; real objects need one to four rounds.
_MOST_ROUNDS: Final = 1000


@dataclass(frozen=True, slots=True)
class Examined:
    """One object, looked at and repaired.

    Attributes:
        findings: what the rules say of the object as it came.
        remaining: what they say of it once repaired.
        before: its mappings of annotations and labels as they came, by path.
        after: the same once repaired; equal to ``before`` when there was nothing to do.
        changes_injection: whether the injector's answer for the object's pods differs after the repair.
    """

    findings: tuple[Finding, ...]
    remaining: tuple[Finding, ...]
    before: Maps
    after: Maps
    changes_injection: bool


def examine(obj: Mapping[str, object], context: Context, *, report_on: Accept, apply: Accept) -> Examined:
    """Look at one Kubernetes object (no List) and repair what may be repaired.

    Args:
        obj: the object; it is not changed.
        context: what is known around it.
        report_on: which findings the caller wants to hear of; only their fixes are considered.
        apply: which of those that have a fix are to be applied.

    Returns:
        The findings, and the object's mappings before and after.
    """
    slots = slots_of(obj)
    broken = tuple(finding for place in malformed_in(obj, slots) if report_on(finding := report(place)))
    before: Maps = {slot.path: _string_keys(entries_of(obj, slot.path)) for slot in slots}
    maps = before
    first: tuple[Finding, ...] | None = None
    for _ in range(_MOST_ROUNDS):
        found = tuple(finding for finding in _findings(slots, maps, context) if report_on(finding))
        first = found if first is None else first
        chosen = next((finding for finding in found if finding.fix and apply(finding)), None)
        if chosen is None or chosen.fix is None:
            break
        maps = _edited(maps, chosen.fix)
    else:  # pragma: no cover  # two rules undo each other: a defect of ours, and no reason to break an object
        maps, found = before, first or ()
    return Examined(
        broken + (first or ()),
        broken + found,
        before,
        maps,
        _answers(slots, before, context) != _answers(slots, maps, context),
    )


def _string_keys(entries: dict[str, object] | None) -> Annotations:
    """Leave out keys that are no strings: JSON has none, but YAML and Python do."""
    if entries is None:
        return NO_ANNOTATIONS
    if all(type(key) is str for key in entries):
        return entries
    return {key: value for key, value in entries.items() if type(key) is str}


def _findings(slots: Sequence[Slot], maps: Maps, context: Context) -> Iterator[Finding]:
    said: set[tuple[str, Path, str]] = set()
    for slot in slots:
        # Most mappings hold nothing of Linkerd's: look no further.
        if not _concerns_linkerd(maps[slot.path]) and not _may_inherit(slot, context):
            continue
        place = _place(slot, maps, context)
        for check in CHECKS:
            for finding in check(place):
                for one in _proven(place, maps, finding):
                    # A gate that blocks several keys of one object speaks once.
                    mark = (one.code, one.path, one.message)
                    if mark not in said:
                        said.add(mark)
                        yield one


def _concerns_linkerd(entries: Annotations) -> bool:
    return any("linkerd.io/" in key or "idecar" in key or "IDECAR" in key for key in entries)


def _may_inherit(slot: Slot, context: Context) -> bool:
    return slot.role is Role.POD and context.inherit and bool(context.namespace)


def _place(slot: Slot, maps: Maps, context: Context) -> Place:
    home = maps.get(slot.home, NO_ANNOTATIONS) if slot.home else NO_ANNOTATIONS
    release = context.release
    if slot.kind == "Namespace":
        native = survey_namespace(home, release)
    else:
        native = survey_pod(home, context.namespace, release)
    if native or not _may_inherit(slot, context):
        return Place(slot, maps[slot.path], home, context, native, None, intent_of(native))
    keys = survey_namespace(context.namespace, release)
    intent = intent_of(keys)
    inherited = _unreached(keys, intent, outcomes("pod", home, context))
    return Place(slot, maps[slot.path], home, context, (), inherited, intent if inherited else None)


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


def _proven(place: Place, maps: Maps, finding: Finding) -> Iterator[Finding]:
    """Hold a fix to its promise; what fails is reported without a fix, with the reason."""
    fix = finding.fix
    if fix is None or (fix.intent is None and fix.home is None):
        yield finding
        return
    repair = _rehearse(place, maps, fix)
    for rule in GATES:
        if rule.gate and (reason := rule.gate(repair)):
            yield _withheld(finding, f"{rule.code}: {reason}")
            # A gate that also checks places has said it already where it did.
            if not (rule.check and any(True for _ in rule.check(place))):
                yield _gated(rule.code, place, finding, reason)
            return
    if not _keeps_promise(repair):
        yield _withheld(finding, "Linkerd would not do what is meant even then; see `autofix explain`")
        return
    yield finding
    for note in NOTES:
        yield from note(repair)


def _rehearse(place: Place, maps: Maps, fix: Fix) -> Repair:
    if fix.home is None:
        return Repair(place, fix, (), ())
    after = _edited(maps, fix)
    return Repair(
        place,
        fix,
        outcomes(place.level, maps[fix.home], place.context),
        outcomes(place.level, after[fix.home], place.context),
    )


def _keeps_promise(repair: Repair) -> bool:
    intent, both = repair.fix.intent, zip(repair.before, repair.after, strict=True)
    eras = len(repair.place.context.release.eras)
    match repair.fix.promise:
        case Promise.INTENT:
            # The first answers are the object's own; pods of a Namespace may have keys of their own.
            return all(answer.native == intent for answer in repair.after[:eras])
        case Promise.SAME:
            return all(before.native == after.native for before, after in both)
        case Promise.READABLE:
            return all(after.native in (intent, before.native) for before, after in list(both)[:eras])
        case Promise.NONE:
            return True


def _withheld(finding: Finding, reason: str) -> Finding:
    return replace(finding, applicability=Applicability.DISPLAY, fix=None, withheld=reason)


def _gated(code: str, place: Place, finding: Finding, reason: str) -> Finding:
    return Finding(
        code,
        Severity.ERROR,
        f"the fix is withheld: {reason}",
        Applicability.DISPLAY,
        place.slot.path,
        native=finding.native,
    )


def _edited(maps: Maps, fix: Fix) -> dict[Path, Annotations]:
    edited = dict(maps)
    for edit in fix.edits:
        entries = dict(edited.get(edit.path, NO_ANNOTATIONS))
        if edit.value is None:
            entries.pop(edit.key, None)
        else:
            entries[edit.key] = edit.value
        edited[edit.path] = entries
    return edited


def _answers(slots: Sequence[Slot], maps: Maps, context: Context) -> list[tuple[bool, bool]]:
    return [
        (answer.native, answer.denied)
        for slot in slots
        if slot.role in (Role.POD, Role.NAMESPACE)
        for answer in outcomes(
            "namespace" if slot.role is Role.NAMESPACE else "pod", maps[slot.path], context
        )
    ]
