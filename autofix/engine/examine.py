"""One object in, findings and proven changes out: a pure function of what was read of it and its context.

An object is repaired in rounds. In each round the rules look at it. Every fix that they offer is tried on the
few keys it touches, and kept only if the model of Linkerd's injector then answers as the fix promises. When
no fix remains, the rest is the patched object, so patching twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from autofix.engine.pod_traits import traits_that_complete
from autofix.engine.proof import proven, still_holds
from autofix.kubernetes.locations import (
    Location,
    Malformed,
    builtin_locations,
    entries_of,
    is_custom,
    locations_of,
    malformed_in,
    mappings_of,
    sound,
)
from autofix.kubernetes.pointer import Path
from autofix.linkerd.precedence import NO_ANNOTATIONS, Annotations, InjectorAnswer
from autofix.rules.context import (
    NO_PODS,
    READ,
    Context,
    Maps,
    Place,
    Traits,
    injector_answers,
    places_in,
)
from autofix.rules.finding import Applicability, Finding
from autofix.rules.interest import ANY
from autofix.rules.options import Options
from autofix.rules.registry import CHECKS, EVERY_DOMAIN, RULES

Suppressed = Mapping[Path, frozenset[str]]
NOT_SUPPRESSED: Final[Suppressed] = MappingProxyType({})

# A rename, then its leftovers, then what only shows after them: no object is known to need more than four.
_MOST_ROUNDS: Final = 20


class Reading(NamedTuple):
    """What of an object some rule is interested in, read once for all that look at it.

    Attributes:
        locations: the places of its annotations and labels.
        maps: what is of interest in each of them.
        malformed: where it cannot be read.
        built_in: whether its kind says where the places are.
        is_own_kind: whether it is of a kind that Kubernetes itself defines.
        traits: what counts in the spec of its pods, where they run to completion.
    """

    locations: tuple[Location, ...]
    maps: Maps
    malformed: tuple[Malformed, ...]
    built_in: bool
    is_own_kind: bool = True
    traits: Traits = NO_PODS


class Examined(NamedTuple):
    """One object, looked at and repaired.

    Attributes:
        findings: what the rules say of the object as it came.
        remaining: what they say of it once repaired.
        before: what is of interest in its mappings of annotations and labels as they came, by path.
        after: the same once repaired; equal to ``before`` when there was nothing to do.
        changes_injection: whether the injector's answer for the object's pods differs after the repair.
    """

    findings: tuple[Finding, ...]
    remaining: tuple[Finding, ...]
    before: Maps
    after: Maps
    changes_injection: bool


class PlacedFinding(NamedTuple):
    """A finding, and the place for which its fix was proven."""

    finding: Finding
    place: Place


def read(obj: Mapping[str, object], options: Options | None = None) -> Reading:
    """Read what some rule is interested in of a Kubernetes object (no List), and where it cannot be read.

    Args:
        obj: the object; it is not changed.
        options: the options; None to read only what is under a key of interest.
    """
    locations = locations_of(obj)
    mappings: Sequence[Mapping[str, object]] | None = mappings_of(obj, locations)
    malformed: tuple[Malformed, ...] = ()
    if mappings is None:
        malformed = malformed_in(obj, locations)
        locations = sound(locations, malformed)
        mappings = [entries_of(obj, location.path) or NO_ANNOTATIONS for location in locations]
    pairs = zip(locations, mappings, strict=True)
    maps = {location.path: ANY.concerning(entries) if entries else entries for location, entries in pairs}
    if (
        options
        and (options.reads_every_object or any(maps.values()))
        and not options.codes.isdisjoint(EVERY_DOMAIN)
    ):
        pairs = zip(locations, mappings, strict=True)
        maps = {location.path: _with_values(entries, maps[location.path]) for location, entries in pairs}
    built_in = locations is builtin_locations(obj)
    traits = traits_that_complete(obj, locations)
    return Reading(locations, maps, malformed, built_in, built_in or not is_custom(obj), traits)


def _with_values(entries: Mapping[str, object], kept: Annotations) -> Annotations:
    """Add the values that are no plain strings, under keys of every domain; keep the order."""
    # Nearly always all are strings, and this takes no time.
    if {str}.issuperset(map(type, entries.values())):
        return kept
    return {
        key: value
        for key, value in entries.items()
        if key in kept or (type(key) is str and type(value) is not str and value is not None)
    }


def examine(reading: Reading, context: Context, suppressed: Suppressed = NOT_SUPPRESSED) -> Examined:
    """Look at one Kubernetes object and repair what may be repaired.

    Args:
        reading: what was read of the object.
        context: what is known around it. Gates work whether the caller asks for their codes or not.
        suppressed: codes that are suppressed at some keys, by the key's path.

    Returns:
        The findings, and the object's mappings before and after.
    """
    locations, before, malformed, _, is_own_kind, traits = reading
    if not is_own_kind:
        context = context._replace(is_own_kind=False)
    options = context.options
    applied = (Applicability.SAFE, Applicability.UNSAFE) if options.unsafe else (Applicability.SAFE,)

    def is_heard(finding: Finding) -> bool:
        return (
            finding.code in options.codes
            and (finding.native or finding.code not in options.native_codes)
            and finding.code not in suppressed.get(finding.path, ())
        )

    maps, placed = before, _findings_in(places_in(locations, before, context, traits), is_heard)
    first = placed
    for _ in range(_MOST_ROUNDS):
        fixable = [each for each in placed if each.finding.fix and each.finding.applicability in applied]
        if not fixable:
            break
        maps = _repaired(maps, fixable)
        placed = _findings_in(places_in(locations, maps, context, traits), is_heard)
    broken = [
        rule.malformed(place)
        for rule in RULES.values()
        if rule.malformed and rule.code in options.codes
        for place in malformed
    ]
    return Examined(
        findings=(*broken, *(finding for finding, _ in first)),
        remaining=(*broken, *(finding for finding, _ in placed)),
        before=before,
        after=maps,
        changes_injection=any(_is_changed(location, before, maps, context) for location in locations),
    )


def _findings_in(places: Sequence[Place], is_heard: Callable[[Finding], bool]) -> list[PlacedFinding]:
    """Ask every rule that looks at such places, and add what gates and notes have to say."""
    placed: list[PlacedFinding] = []
    marks: set[tuple[str, Path, str]] = set()
    for place in places:
        path, codes = place.location.path, place.context.options.codes
        for rule in CHECKS[place.location.role]:
            if rule.check is None or rule.code not in codes:
                continue
            # What nobody asks for has no gates and notes beside it, either.
            for finding in filter(is_heard, list(rule.check(place))):
                for each in proven(place, finding):
                    # A gate or note about several keys of one object speaks once.
                    mark = (each.code, each.path if each.code == finding.code else path, each.message)
                    if mark not in marks:
                        marks.add(mark)
                        placed += [PlacedFinding(each, place)] if is_heard(each) else []
    return placed


def _repaired(maps: Maps, placed: Sequence[PlacedFinding]) -> Maps:
    """Make the fixes that touch none of the same keys, and still hold after those before them."""
    edited: dict[Path, dict[str, object]] = {path: dict(entries) for path, entries in maps.items()}
    touched: set[tuple[Path, str]] = set()
    for finding, place in placed:
        fix = finding.fix
        if fix is None or any((edit.path, edit.key) in touched for edit in fix.edits):
            continue
        if touched and fix.home is not None and not still_holds(place, edited[fix.home], fix):
            continue
        for edit in fix.edits:
            touched.add((edit.path, edit.key))
            if edit.value is None:
                edited[edit.path].pop(edit.key, None)
            else:
                edited[edit.path][edit.key] = edit.value
    return edited


def _is_changed(location: Location, before: Maps, after: Maps, context: Context) -> bool:
    """Tell whether the injector answers otherwise than before for the pods that a location speaks of."""
    old, new = before[location.path], after[location.path]
    if location.role not in READ or old is new or old == new:
        return False
    then, now = (injector_answers(location.level, entries, context) for entries in (old, new))
    return list(map(_outcome, then)) != list(map(_outcome, now))


def _outcome(answer: InjectorAnswer) -> tuple[bool, bool, bool]:
    """Return what the injector does, and not why."""
    return answer.native, answer.denied, answer.broken
