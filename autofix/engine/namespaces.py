"""Objects that belong together: Namespaces, and the pods that live in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Final

from autofix.engine.examine import NOT_SUPPRESSED, NOTHING, Examined, Reading, Suppressed, examine, read
from autofix.engine.jsonpatch import operations
from autofix.engine.options import Options
from autofix.errors import AutofixError
from autofix.kubernetes.locations import (
    Location,
    Role,
    builtin_locations,
    entries_of,
    kind_of,
    locations_of,
    mappings_of,
    name_of,
)
from autofix.kubernetes.pointer import Path, get
from autofix.linkerd.keys import any_concerns, concerning, is_native_like
from autofix.linkerd.precedence import NO_ANNOTATIONS, Annotations, decisive
from autofix.rules.context import Context
from autofix.rules.registry import codes
from autofix.rules.settled import unsettled

IGNORE_ANNOTATION: Final = "linkerd-autofix.io/ignore"
_OWN: Final[Path] = ("metadata", "annotations")
# A Namespace waits for its pods, and they for it, once or twice; without a bound a defect would hang.
_MOST_ROUNDS: Final = 10
# Of the text of that annotation; what all rules are called takes a fifth of it.
_LONGEST_OPT_OUT: Final = 1024


def examine_all(
    items: Sequence[Mapping[str, object]],
    chosen: Options,
    namespace: Mapping[str, object] | None,
    suppressed: Sequence[Suppressed] = (),
) -> list[Examined]:
    """Examine objects, the Namespaces among them as context for the rest, until nothing changes any more.

    Args:
        items: the objects, no Lists.
        chosen: the options.
        namespace: the Namespace, or its annotations, of objects whose own is not among the items.
        suppressed: for each object the codes that are not wanted at some of its keys; empty for none at all.

    Returns:
        One answer an object, in the same order.

    Raises:
        AutofixError: when ``namespace`` is neither.
    """
    silent = suppressed or (NOT_SUPPRESSED,) * len(items)
    if not any(map(is_namespace, items)):
        outside = _context(chosen, _annotations(namespace), inherit=namespace is not None)
        return [_examine(read(item), outside, chosen, some) for item, some in zip(items, silent, strict=True)]
    settled = _together(items, chosen, namespace, silent)
    for _ in range(_MOST_ROUNDS):
        # A repaired pod may free the fix of its Namespace.
        if all(seen.after is seen.before for seen in settled):
            break
        again = _together(list(map(_patched, items, settled)), chosen, namespace, silent)
        settled = list(map(_joined, settled, again))
        if all(seen.after is seen.before for seen in again):
            break
    return settled


def examine_alone(
    obj: Mapping[str, object],
    chosen: Options,
    namespace: Mapping[str, object] | None,
    suppressed: Suppressed = NOT_SUPPRESSED,
) -> Examined | None:
    """Examine an object that stands alone, and tell at a glance where there is nothing to find.

    Args:
        obj: the object.
        chosen: the options.
        namespace: the Namespace it lives in, or its annotations.
        suppressed: the codes that are not wanted at some of its keys.

    Returns:
        What ``examine_all`` would say; None for what only that can tell.

    Raises:
        AutofixError: when ``namespace`` is neither.
    """
    around = NO_ANNOTATIONS if namespace is None else _annotations(namespace)
    locations = builtin_locations(obj)
    mappings = mappings_of(obj, locations) if locations else None
    if locations is None or mappings is None:
        return None
    inherits = around and any(map(is_native_like, around))
    if not inherits and not any_concerns(*mappings):
        return NOTHING
    context = _context(chosen, around, inherit=namespace is not None)
    if not inherits and not _any_unsettled(locations, mappings, context):
        return NOTHING
    if locations[0].role is Role.NAMESPACE:
        return None
    maps = {location.path: concerning(entries) for location, entries in zip(locations, mappings, strict=True)}
    return _examine(Reading(locations, maps, (), built_in=True), context, chosen, suppressed)


def _any_unsettled(locations: Iterable[Location], mappings: Iterable[Annotations], context: Context) -> bool:
    for location, entries in zip(locations, mappings, strict=True):
        if entries and unsettled(location.role, entries, context):
            return True
    return False


def _context(chosen: Options, around: Annotations, *, inherit: bool) -> Context:
    return Context(
        chosen.release, chosen.kubernetes, chosen.default, chosen.wait_before_exit, around, inherit
    )


def _patched(item: Mapping[str, object], examined: Examined) -> Mapping[str, object]:
    _, patched = operations(item, (), examined.before, examined.after)
    return patched if isinstance(patched, dict) else item


def _joined(first: Examined, last: Examined) -> Examined:
    return first._replace(
        remaining=last.remaining,
        after=last.after,
        changes_injection=first.changes_injection or last.changes_injection,
    )


def _together(
    items: Sequence[Mapping[str, object]],
    chosen: Options,
    namespace: Mapping[str, object] | None,
    suppressed: Sequence[Suppressed],
) -> list[Examined]:
    """Examine Namespaces in view of their pods, then the rest under the repaired Namespaces."""
    outside = _context(chosen, _annotations(namespace), inherit=namespace is not None)
    context = outside._replace(namespace=NO_ANNOTATIONS, inherit=False)
    inside: dict[str, Annotations] = {}
    seen: dict[int, Examined] = {}
    pods = _pods_by_namespace(items)
    for index, item in enumerate(items):
        if is_namespace(item):
            _, name = name_of(item)
            around = context._replace(dependents=tuple(pods.get(name, ())))
            seen[index] = examined = _examine(read(item), around, chosen, suppressed[index])
            if name:
                inside[name] = examined.after.get(_OWN, NO_ANNOTATIONS)
    for index, item in enumerate(items):
        if index not in seen:
            own = inside.get(name_of(item)[0])
            around = outside if own is None else context._replace(namespace=own)
            seen[index] = _examine(read(item), around, chosen, suppressed[index])
    return [seen[index] for index in range(len(items))]


def is_namespace(item: Mapping[str, object]) -> bool:
    """Tell whether an object is a Namespace of Kubernetes' own, and not a custom resource of that name."""
    return kind_of(item) == "Namespace" and any(
        location.role is Role.NAMESPACE for location in locations_of(item)
    )


def _pods_by_namespace(items: Iterable[Mapping[str, object]]) -> dict[str, list[Annotations]]:
    """Collect what counts of the pods in each Namespace; pods that are alike to the injector count once."""
    pods: dict[str, dict[str, Annotations]] = {}
    for item in items:
        namespace, _ = name_of(item)
        if not namespace:
            continue
        for location in locations_of(item):
            if location.role is Role.POD:
                found = decisive(entries_of(item, location.path) or NO_ANNOTATIONS)
                pods.setdefault(namespace, {}).setdefault(repr(found), found)
    return {namespace: list(found.values()) for namespace, found in pods.items()}


def _annotations(namespace: Mapping[str, object] | None) -> Annotations:
    """Take what concerns Linkerd from a Namespace object or its annotations."""
    if namespace is None:
        return NO_ANNOTATIONS
    if not isinstance(namespace, Mapping):
        raise AutofixError(
            f"namespace must be a Namespace object or its annotations, not {type(namespace).__name__}"
        )
    # Annotation values are strings, so "kind" and "metadata" may be annotations too.
    is_object = isinstance(namespace.get("metadata"), Mapping) or (
        kind_of(namespace) == "Namespace" and namespace.get("metadata") is None
    )
    found = get(namespace, _OWN) if is_object else namespace
    return concerning(found) if isinstance(found, Mapping) else NO_ANNOTATIONS


def _examine(reading: Reading, context: Context, chosen: Options, suppressed: Suppressed) -> Examined:
    unwanted = _opted_out(reading, context.namespace)
    return examine(
        reading,
        context,
        wanted=chosen.wanted - unwanted if unwanted else chosen.wanted,
        native_only=chosen.native_only,
        unsafe=chosen.unsafe,
        suppressed=suppressed,
    )


def opted_out(item: Mapping[str, object], namespace: Annotations) -> frozenset[str]:
    """Collect the codes that an object, its pod template or its Namespace opts out of.

    Args:
        item: the object.
        namespace: annotations of its Namespace.
    """
    return _opted_out(read(item), namespace)


def _opted_out(reading: Reading, namespace: Annotations) -> frozenset[str]:
    found: frozenset[str] = frozenset()
    if not any(IGNORE_ANNOTATION in entries for entries in (namespace, *reading.maps.values())):
        return found
    own = [
        reading.maps[location.path]
        for location in reading.locations
        if location.role is Role.POD or location.path == _OWN
    ]
    for entries in (namespace, *own):
        text = entries.get(IGNORE_ANNOTATION)
        if isinstance(text, str):
            found |= _codes_in(text[:_LONGEST_OPT_OUT])
    return found


# All objects of a Namespace have the same one.
@lru_cache(maxsize=16)
def _codes_in(text: str) -> frozenset[str]:
    """Read a list of codes; a misspelt one must neither hide the others nor make an object unreadable."""
    found: frozenset[str] = frozenset()
    for part in text.split(","):
        with suppress(AutofixError):
            found |= codes(part)
    return found
