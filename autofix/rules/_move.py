"""The fix of the rules about misplaced annotations: move the key to where Linkerd reads it."""

from __future__ import annotations

from collections.abc import Iterator

from autofix.linkerd.annotations import known_annotations, read_intent
from autofix.linkerd.keys import is_linkerd_key, is_native_like
from autofix.linkerd.release import key_to_write
from autofix.rules._native import DISAGREE, UNREADABLE, planned, readable
from autofix.rules.context import Place
from autofix.rules.finding import Applicability, Edit, Finding, Fix, Promise


def misplaced(place: Place) -> Iterator[tuple[str, Fix | str]]:
    """Yield the keys of a place that Linkerd would read on a pod or Namespace, and not here.

    Yields:
        Each with the plan to move it home, or the reason why there is none.
    """
    native = [key for key in place.entries if is_native_like(key)]
    intents = {read_intent(place.entries[key]) for key in native} - {None}
    for key in place.entries:
        if is_linkerd_key(key) and (is_native_like(key) or _is_read_at(place.level, key)):
            yield key, _plan(place, key, agreed=len(intents) <= 1)


def _is_read_at(level: str, key: str) -> bool:
    known = known_annotations().get(key)
    return known is not None and level in known.levels and not known.written_by_linkerd


def moving(code: str, place: Place, key: str, message: str, plan: Fix | str) -> Finding:
    """Report a misplaced key, with the unsafe fix that moves it home.

    Args:
        code: the rule's code.
        place: where it stands.
        key: the key.
        message: what is wrong and what to do.
        plan: what ``misplaced`` yields with the key.
    """
    path = (*place.location.path, key)
    return planned(code, message, path, key, plan, applicability=Applicability.UNSAFE)


def _plan(place: Place, key: str, *, agreed: bool) -> Fix | str:
    home = place.location.home
    if home is None:
        return "autofix knows no place in this object where Linkerd would read it"
    removal = Edit(place.location.path, key, None)
    value = place.entries[key]
    if is_native_like(key):
        return _native_plan(place, removal, value, agreed=agreed)
    if key in place.home:
        same = place.home[key] == value
        return Fix((removal,), Promise.NONE, home) if same else "it is there with another value"
    if not isinstance(value, str):
        return "its value is not a string (AFX201)"
    return Fix((removal, Edit(home, key, value)), Promise.NONE, home)


def _native_plan(place: Place, removal: Edit, value: object, *, agreed: bool) -> Fix | str:
    intent, target = read_intent(value), key_to_write(place.release, place.level)
    if target is None:
        return f"Linkerd {place.release.text} has no native sidecars"
    if intent is None:
        return UNREADABLE
    home = place.location.home
    if not agreed:
        return DISAGREE
    if place.native:
        return DISAGREE if place.intent != intent else Fix((removal,), Promise.SAME, home, intent)
    return Fix((removal, Edit(home or (), target, readable(value, intent))), Promise.INTENT, home, intent)
