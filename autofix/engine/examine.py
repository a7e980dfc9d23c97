"""Object in, findings and proven changes out: the one way in.

An object is repaired in rounds. In each, the rules look at it, and every fix that they offer is tried on the
few keys it touches and kept only when the model of Linkerd's injector then answers as the fix promises. When
no fix remains the rest is the patched object, so patching twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Final, NamedTuple

from autofix.engine.select import Found, Maps, findings_in
from autofix.engine.verify import holds
from autofix.kubernetes.locations import (
    Location,
    Malformed,
    Role,
    builtin_locations,
    entries_of,
    locations_of,
    malformed_in,
    mappings_of,
    sound,
)
from autofix.kubernetes.pointer import Path
from autofix.kubernetes.version import KubernetesVersion
from autofix.linkerd.keys import concerning
from autofix.linkerd.precedence import (
    NO_ANNOTATIONS,
    Annotations,
)
from autofix.linkerd.release import Release
from autofix.rules import afx001_malformed
from autofix.rules.context import Context, outcomes
from autofix.rules.finding import Applicability, Finding

Suppressed = Mapping[Path, frozenset[str]]
_Entries = tuple[tuple[str, object], ...]
NOT_SUPPRESSED: Final[Suppressed] = MappingProxyType({})

# A rename, then its leftovers, then what only shows after them: no object is known to need more than four.
_MOST_ROUNDS: Final = 20
# Of what is remembered: with the number of answers, a bound on the memory that hostile objects can take.
_MOST_ENTRIES: Final = 16
_LONGEST_ENTRY: Final = 400


class Examined(NamedTuple):
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


# Of an object of which no rule has anything to say.
NOTHING: Final = Examined((), (), MappingProxyType({}), MappingProxyType({}), changes_injection=False)


class Reading(NamedTuple):
    """What of an object may concern Linkerd, read once for all that look at it.

    Attributes:
        locations: the places of its annotations and labels.
        maps: what concerns Linkerd in each of them.
        malformed: where it cannot be read.
        built_in: whether its kind says where the places are.
    """

    locations: tuple[Location, ...]
    maps: Maps
    malformed: tuple[Malformed, ...]
    built_in: bool


def read(obj: Mapping[str, object]) -> Reading:
    """Read what concerns Linkerd in a Kubernetes object (no List), and say where it cannot be read.

    Args:
        obj: the object; it is not changed.
    """
    locations = locations_of(obj)
    mappings: Sequence[Mapping[str, object]] | None = mappings_of(obj, locations)
    malformed: tuple[Malformed, ...] = ()
    if mappings is None:
        malformed = malformed_in(obj, locations)
        locations = sound(locations, malformed)
        mappings = [entries_of(obj, location.path) or NO_ANNOTATIONS for location in locations]
    maps = {location.path: concerning(entries) for location, entries in zip(locations, mappings, strict=True)}
    return Reading(locations, maps, malformed, locations is builtin_locations(obj))


def examine(
    reading: Reading,
    context: Context,
    *,
    wanted: frozenset[str],
    native_only: bool,
    unsafe: bool,
    suppressed: Suppressed = NOT_SUPPRESSED,
) -> Examined:
    """Look at one Kubernetes object and repair what may be repaired.

    Args:
        reading: what was read of the object.
        context: what is known around it.
        wanted: codes of the rules to run. Gates work whether they are wanted or not.
        native_only: whether to leave out findings that are not about the native-sidecar annotation.
        unsafe: whether findings with an unsafe fix are to be repaired, too.
        suppressed: codes that are not wanted at some keys, by the key's path.

    Returns:
        The findings, and the object's mappings before and after.
    """
    locations, before, malformed, built_in = reading
    # Of custom resources even the places may be long.
    usual = built_in and not (malformed or suppressed or context.dependents)
    if usual and all(map(_is_short, before.values())) and _is_short(context.namespace):
        entries = tuple([tuple(found.items()) for found in before.values()])
        release, kubernetes, default, wait, namespace, inherit, _ = context
        around = tuple(namespace.items())
        return _remembered(
            locations,
            entries,
            release,
            kubernetes,
            default,
            wait,
            around,
            inherit,
            wanted,
            native_only,
            unsafe,
        )
    seen = _settle(locations, before, context, wanted, native_only, unsafe, suppressed)
    if not malformed or afx001_malformed.CODE not in wanted:
        return seen
    broken = tuple(map(afx001_malformed.report, malformed))
    return seen._replace(findings=(*broken, *seen.findings), remaining=(*broken, *seen.remaining))


def _is_short(entries: Annotations) -> bool:
    """Tell whether entries may be remembered: few and short, and no numbers, for as a key 1 is True."""
    if len(entries) > _MOST_ENTRIES:
        return False
    for key, value in entries.items():
        if isinstance(value, str):
            if len(key) + len(value) > _LONGEST_ENTRY:
                return False
        elif len(key) > _LONGEST_ENTRY or not (value is None or value is True or value is False):
            return False
    return True


@lru_cache(maxsize=1024)
def _remembered(  # noqa: PLR0917  # all that an answer depends on; names would make it twice as slow
    locations: tuple[Location, ...],
    entries: tuple[_Entries, ...],
    release: Release,
    kubernetes: KubernetesVersion | None,
    default: bool | None,
    wait_before_exit: int,
    namespace: _Entries,
    inherit: bool,
    wanted: frozenset[str],
    native_only: bool,
    unsafe: bool,
) -> Examined:
    """Answer once for objects that are alike in what an answer depends on.

    Replicas and restarts send the same few annotations over and over, in objects that differ in all the rest.
    """
    before = {location.path: dict(found) for location, found in zip(locations, entries, strict=True)}
    context = Context(release, kubernetes, default, wait_before_exit, dict(namespace), inherit)
    return _settle(locations, before, context, wanted, native_only, unsafe, NOT_SUPPRESSED)


def _settle(  # noqa: PLR0917  # one caller has them all from memory, the other by hand
    locations: tuple[Location, ...],
    before: Maps,
    context: Context,
    wanted: frozenset[str],
    native_only: bool,
    unsafe: bool,
    suppressed: Suppressed,
) -> Examined:
    """Let the rules look and repair, in rounds, until nothing is left to repair."""
    ranks = (Applicability.SAFE, Applicability.UNSAFE) if unsafe else (Applicability.SAFE,)

    def is_wanted(finding: Finding) -> bool:
        return (finding.native or not native_only) and finding.code not in suppressed.get(finding.path, ())

    def look(maps: Maps) -> list[Found]:
        found = findings_in(locations, maps, context, wanted, is_wanted)
        return [one for one in found if one[0].code in wanted and is_wanted(one[0])]

    maps, found = before, look(before)
    first = found
    for _ in range(_MOST_ROUNDS):
        chosen = [one for one in found if one[0].fix and one[0].applicability in ranks]
        if not chosen:
            break
        maps = _repaired(maps, chosen)
        found = look(maps)
    return Examined(
        findings=tuple([finding for finding, _ in first]),
        remaining=tuple([finding for finding, _ in found]),
        before=before,
        after=maps,
        changes_injection=any(
            _is_treated_otherwise(location, before, maps, context) for location in locations
        ),
    )


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


def _is_treated_otherwise(location: Location, before: Maps, after: Maps, context: Context) -> bool:
    """Tell whether the injector answers otherwise than before for the pods that a place speaks of."""
    old, new = before[location.path], after[location.path]
    if location.role not in (Role.POD, Role.NAMESPACE) or old is new or old == new:
        return False
    then, now = (outcomes(location.level, entries, context) for entries in (old, new))
    return [answer[:2] for answer in then] != [answer[:2] for answer in now]
