"""The fix that most rules share: write the key that Linkerd reads, with the value that its author means."""

from __future__ import annotations

from collections.abc import Iterator

from autofix.kubernetes.pointer import Path
from autofix.linkerd.annotations import as_text, parse_bool, read_intent
from autofix.linkerd.keys import is_native_like
from autofix.linkerd.precedence import NativeKey, Standing, winner
from autofix.linkerd.release import key_to_write
from autofix.rules.context import Place, injector_answers
from autofix.rules.finding import Applicability, Edit, Finding, Fix, Promise, Severity

DISAGREE = "the native-sidecar keys here disagree; remove the wrong one"
UNREADABLE = 'its value does not say what is meant; write "true" or "false"'


def is_leftover(place: Place, native: NativeKey) -> bool:
    """Tell whether a key is dead beside a live one that it does not contradict: AFX105's case, no other's."""
    live = place.live
    if live is None or live.intent is None or native.intent not in (None, live.intent):
        return False
    if native.standing is Standing.SHADOWED and native.shadowed_by is not None:
        # Under a key that cannot be read it is not a leftover but overruled: AFX103's case.
        return live.parsed is not None and native.shadowed_by[1] == place.level
    return native.standing in (Standing.UNKNOWN_NAME, Standing.NOT_READ)


def rewrite(place: Place, native: NativeKey) -> Fix | str:
    """Plan to replace a key by the one that Linkerd prefers at this level.

    Args:
        place: where the key stands, or the pod that does not get its Namespace's key.
        native: the key.

    Returns:
        The fix, or the reason why there is none.
    """
    target = key_to_write(place.release, place.level)
    intent = place.intent
    if target is None:
        return f"Linkerd {place.release.text} has no native sidecars"
    if intent is None:
        return UNREADABLE if native.intent is None else DISAGREE
    path, entries = place.location.path, place.entries
    keys = (target, *_preferred_by_others(place, target, intent))
    for key in keys:
        if key in entries and read_intent(entries[key]) != intent:
            return f"{key} is already there, and {UNREADABLE}"
    written = [
        Edit(path, key, as_text(intent) if key in entries else readable(native.value, intent))
        for key in keys
        if parse_bool(entries.get(key)) != intent
    ]
    # Once what is there can be read, what this key says is a leftover (AFX105).
    if native is not place.inherited and not _stays(place, native) and not (target in entries and written):
        written.insert(0, Edit(path, native.key, None))
    if not written:
        return f"{target} says the same beside it"
    return Fix(tuple(written), Promise.INTENT, path, intent)


def _stays(place: Place, native: NativeKey) -> bool:
    """Tell whether a key stays beside the one that is written: somebody reads it, or writes it again."""
    is_real = native.standing is not Standing.UNKNOWN_NAME
    return native.standing is Standing.DEPENDS or (is_real and place.context.options.keeps_real_keys)


def _preferred_by_others(place: Place, target: str, intent: bool) -> Iterator[str]:
    """Yield the keys at which a release that may run looks beside a key, and finds something else."""
    if not place.context.options.any_default:
        return
    pod, namespace = {**place.home, target: as_text(intent)}, place.context.namespace
    preferred = dict.fromkeys(winner(pod, namespace, era) for era in place.release.eras)
    for key, level in filter(None, preferred):
        if parse_bool((pod if level == "pod" else namespace)[key]) != intent:
            yield key


def is_obeyed(place: Place) -> bool:
    """Tell whether each injector that may answer does what the keys of a place mean."""
    answers = injector_answers(place.level, place.home, place.context)
    return all(answer.native == place.intent for answer in answers)


def readable(value: object, intent: bool) -> str:
    """Write a value so that Linkerd reads an intent.

    Args:
        value: what its author wrote. It stays to the letter where Linkerd reads it so, and a number keeps its
            digits.
        intent: what is meant.
    """
    if isinstance(value, int | float) and not isinstance(value, bool) and value == intent:
        return str(int(value))
    return value if isinstance(value, str) and parse_bool(value) == intent else as_text(intent)


def rewriting(code: str, place: Place, native: NativeKey, problem: str) -> Finding:
    """Report a key that is not obeyed, with the fix that replaces it.

    Args:
        code: the rule's code.
        place: where it stands.
        native: the key.
        problem: what is wrong with it, as the start of the message.

    Returns:
        A finding with a safe fix, or a display-only one that says why it has none.
    """
    plan = rewrite(place, native)
    target = key_to_write(place.release, place.level)
    path = place.location.path if native is place.inherited else (*place.location.path, native.key)
    finding = planned(code, f"{problem}; use {target}", path, native.key, plan)
    return finding._replace(severity=severity_of(place))


def severity_of(place: Place) -> Severity:
    """Judge a key that Linkerd ignores: an error, but not where Linkerd surely does what is meant without it.

    Args:
        place: where the key stands.

    Returns:
        A warning only if Helm's value is known: the installed one need not be the chart's default.
    """
    # Pods of a Namespace may have keys of their own, which count for them.
    context = place.context._replace(dependents=())
    answers = injector_answers(place.level, place.home, context)
    is_done = all(answer.native == place.intent and not answer.denied for answer in answers)
    return Severity.WARNING if is_done and context.options.default is not None else Severity.ERROR


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
