"""Whether a fix holds: the model of Linkerd's injector is asked before and after it."""

from __future__ import annotations

from autofix.kubernetes.locations import Location
from autofix.linkerd.precedence import Annotations, InjectorAnswer, decisive
from autofix.rules.context import READ, Context, Maps, Place, Repair, injector_answers
from autofix.rules.finding import Fix, Promise
from autofix.rules.registry import GATES


def rehearsed(place: Place, home: Annotations, fix: Fix) -> Repair:
    """Try a fix, for gates and for the proof.

    Args:
        place: where it stands.
        home: the annotations that it changes.
        fix: the fix.
    """
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


def keeps_promise(repair: Repair) -> bool:
    """Tell whether Linkerd does after a fix what the fix promises."""
    fix, before, after = repair.fix, repair.before, repair.after
    # The first answers are the object's own; pods of a Namespace may have keys of their own.
    own = len(repair.place.release.eras)
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
            return _all_native(after[:own], fix.intent) or (own == 1 and _same_kind(before[:1], after[:1]))
        case Promise.PROXY:
            return all(not now.broken and now.native in (then.native, fix.intent) for then, now in pairs)
        case Promise.NONE:
            return True


def _all_native(answers: tuple[InjectorAnswer, ...], intent: bool | None) -> bool:
    return all(answer.native == intent for answer in answers)


def _same_kind(before: tuple[InjectorAnswer, ...], after: tuple[InjectorAnswer, ...]) -> bool:
    return [answer.native for answer in before] == [answer.native for answer in after]


def still_holds(place: Place, home: Annotations, fix: Fix) -> bool:
    """Tell whether a fix that was proven alone still holds after others have changed the annotations."""
    repair = rehearsed(place, home, fix)
    return keeps_promise(repair) and not any(rule.gate and rule.gate(repair) for rule in GATES)


def is_changed(location: Location, before: Maps, after: Maps, context: Context) -> bool:
    """Tell whether the injector answers otherwise than before for the pods that a location speaks of."""
    old, new = before[location.path], after[location.path]
    if location.role not in READ or old is new or old == new:
        return False
    then, now = (injector_answers(location.level, entries, context) for entries in (old, new))
    return list(map(_outcome, then)) != list(map(_outcome, now))


def _outcome(answer: InjectorAnswer) -> tuple[bool, bool, bool]:
    """Return what the injector does, and not why."""
    return answer.native, answer.denied, answer.broken
