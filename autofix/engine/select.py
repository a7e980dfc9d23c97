"""Shows the rules the places of an object, and holds what they offer to its promise."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from autofix.engine.verify import proven
from autofix.kubernetes.locations import Location, Role
from autofix.kubernetes.pointer import Path
from autofix.linkerd.decision import Outcome
from autofix.linkerd.keys import is_native_like
from autofix.linkerd.precedence import (
    NO_ANNOTATIONS,
    Annotations,
    NativeKey,
    Standing,
    intent_of,
    survey_namespace,
    survey_pod,
)
from autofix.rules.context import Context, Place, Subject, outcomes
from autofix.rules.finding import Finding
from autofix.rules.registry import RULES, Check
from autofix.rules.settled import unsettled

Maps = Mapping[Path, Annotations]
Accept = Callable[[Finding], bool]
Found = tuple[Finding, Place]


def findings_in(
    locations: Sequence[Location],
    maps: Maps,
    context: Context,
    wanted: frozenset[str],
    is_wanted: Accept,
) -> list[Found]:
    """List what the rules say of an object, each finding with the place for which its fix was proven.

    Args:
        locations: the places.
        maps: what concerns Linkerd in each of them.
        context: what is known around the object.
        wanted: codes of the rules that are wanted.
        is_wanted: which of their findings are wanted.
    """
    found: list[Found] = []
    said: set[tuple[str, Path, str]] = set()
    for location in locations:
        # Most mappings hold nothing of Linkerd's, or only what is right: look no further.
        entries = maps[location.path]
        if entries:
            entries = unsettled(location.role, entries, context)
        if not entries and not _may_inherit(location, context):
            continue
        place = _place(location, entries, maps, context)
        has_native = bool(place.native or place.inherited)
        has_others = not all(map(is_native_like, entries))
        checks = _checks(wanted, location.role, has_native=has_native, has_others=has_others)
        # What nobody wants to hear of has no gates and notes beside it, either.
        for finding in [one for check in checks for one in check(place) if is_wanted(one)]:
            for one in proven(place, finding):
                # A gate or note about several keys of one object speaks once.
                mark = (one.code, one.path if one.code == finding.code else location.path, one.message)
                if mark not in said:
                    said.add(mark)
                    found.append((one, place))
    return found


@lru_cache(maxsize=1024)
def _checks(wanted: frozenset[str], role: Role, *, has_native: bool, has_others: bool) -> tuple[Check, ...]:
    """Choose the rules that can have anything to say: most have nothing to do with most places."""
    silent = {None if has_native else Subject.NATIVE, None if has_others else Subject.OTHER} - {None}
    return tuple(
        rule.check
        for rule in RULES.values()
        if rule.check and rule.code in wanted and role in rule.roles and rule.subject not in silent
    )


def _may_inherit(location: Location, context: Context) -> bool:
    return context.inherit and location.role is Role.POD and any(map(is_native_like, context.namespace))


def _place(location: Location, entries: Annotations, maps: Maps, context: Context) -> Place:
    home = maps.get(location.home, NO_ANNOTATIONS) if location.home else NO_ANNOTATIONS
    release = context.release
    if location.level == "namespace":
        native = survey_namespace(home, release)
    else:
        native = survey_pod(home, context.namespace, release)
    if native or not _may_inherit(location, context):
        live = next((found for found in native if found.standing is Standing.LIVE), None)
        return Place(location, entries, home, context, native, live, None, intent_of(native))
    keys = survey_namespace(context.namespace, release)
    intent = intent_of(keys)
    inherited = _unreached(keys, intent, outcomes("pod", home, context))
    return Place(location, entries, home, context, (), None, inherited, intent if inherited else None)


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
