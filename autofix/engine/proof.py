"""The proof of a fix: its edits are tried on the few keys that count, and the injector's model is asked."""

from __future__ import annotations

from autofix.linkerd.precedence import Annotations, InjectorAnswer, decisive
from autofix.rules.context import Place, Repair, answers_for_one_pod, injector_answers
from autofix.rules.finding import Applicability, Finding, Fix, Promise, Severity, withhold
from autofix.rules.registry import GATES, NOTES


def proven(place: Place, finding: Finding) -> list[Finding]:
    """Return a finding with its fix if the fix holds, else without it and with the reason.

    Args:
        place: where it stands.
        finding: the finding.

    Returns:
        The finding, and behind it what gates and notes have to say of the fix.
    """
    fix = finding.fix
    if fix is not None and _loses_content(place, fix):
        reason = "the value that would be removed is a list or mapping; remove it by hand"
        return [withhold(finding, reason)]
    if fix is None or fix.home is None:
        return [finding]
    repair = _rehearsed(place, place.home, fix)
    for rule in GATES:
        if rule.gate and (why := rule.gate(repair)):
            withheld = withhold(finding, f"{rule.code}: {why}")
            # A gate that also checks places has spoken there already.
            if rule.check and place.location.role in rule.roles and any(True for _ in rule.check(place)):
                return [withheld]
            return [withheld, _gated(rule.code, place, finding, why)]
    if not _keeps_promise(repair):
        return [withhold(finding, "Linkerd would not do what is meant even then; see `autofix explain`")]
    return [finding, *(noted for note in NOTES for noted in note(repair))]


def still_holds(place: Place, home: Annotations, fix: Fix) -> bool:
    """Tell whether a fix that was proven alone still holds after others have changed the annotations.

    Args:
        place: where it was proven.
        home: the annotations as they are now.
        fix: the fix.
    """
    repair = _rehearsed(place, home, fix)
    return _keeps_promise(repair) and not any(rule.gate and rule.gate(repair) for rule in GATES)


def _loses_content(place: Place, fix: Fix) -> bool:
    """Tell whether a fix removes more than one word: what somebody indented too far, perhaps."""
    for path, key, value in fix.edits:
        if value is None and path == place.location.path and isinstance(place.entries[key], dict | list):
            return True
    return False


def _rehearsed(place: Place, home: Annotations, fix: Fix) -> Repair:
    # A fix is tried on the few keys that count, and not on a copy of the rest.
    after = decisive(home)
    for edit in fix.edits:
        if edit.path == fix.home:
            after.pop(edit.key, None)
            if edit.value is not None:
                after[edit.key] = edit.value
    level, context = place.level, place.context
    answers = injector_answers(level, home, context), injector_answers(level, after, context)
    return Repair(place, fix, *answers)


def _keeps_promise(repair: Repair) -> bool:
    fix, before, after = repair.fix, repair.before, repair.after
    # The first answers are the object's own; pods of a Namespace may have keys of their own.
    own = answers_for_one_pod(repair.place.context.options)
    pairs = list(zip(before, after, strict=True))
    if any(now.broken and not then.broken for then, now in pairs):
        # A pod does not inherit a value that breaks the patch while it has the key itself.
        return False
    match fix.promise:
        case Promise.INTENT:
            return _all_native(after[:own], fix.intent)
        case Promise.SAME:
            return _same_kind(before, after)
        case Promise.READABLE:
            # Without a release nobody knows who reads the key, and it is left alone.
            return _all_native(after[:own], fix.intent) or (
                repair.place.release.known and _same_kind(before[:own], after[:own])
            )
        case Promise.PATCH:
            return all(not now.broken and now.native in (then.native, fix.intent) for then, now in pairs)
        case Promise.NONE:
            return True


def _all_native(answers: tuple[InjectorAnswer, ...], intent: bool | None) -> bool:
    return all(answer.native == intent for answer in answers)


def _same_kind(before: tuple[InjectorAnswer, ...], after: tuple[InjectorAnswer, ...]) -> bool:
    return [answer.native for answer in before] == [answer.native for answer in after]


def _gated(code: str, place: Place, finding: Finding, reason: str) -> Finding:
    message = f"the fix is withheld: {reason}"
    path = place.location.path
    return Finding(code, Severity.ERROR, message, Applicability.DISPLAY, path, native=finding.native)
