"""Where annotations stand in a Kubernetes object, and which of them a pod will carry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from autofix.kubernetes.kinds import KINDS, REMOVED
from autofix.kubernetes.location import (
    Location,
    Role,
    group_of,
    kind_of,
    name_of,
    own_locations,
    pod_locations,
)
from autofix.kubernetes.pointer import Path, get
from autofix.kubernetes.strays import stray_paths

__all__ = [
    "Location",
    "Malformed",
    "Role",
    "builtin_locations",
    "entries_of",
    "group_of",
    "is_custom",
    "kind_of",
    "locations_of",
    "malformed_in",
    "mappings_of",
    "name_of",
    "sound",
]

_OWN: Final[Path] = ("metadata", "annotations")


class Malformed(NamedTuple):
    """A place in an object that Kubernetes could not read.

    Attributes:
        path: where it stands in the object.
        type_name: the type of what stands there.
    """

    path: Path
    type_name: str


def locations_of(obj: Mapping[str, object]) -> tuple[Location, ...]:
    """List the places of one object (no List) where annotation keys stand or may stand.

    Args:
        obj: a Kubernetes object; nothing in it needs to be well-formed.

    Returns:
        The places, the object's own first. A pod's own annotations are always listed, present or not.
    """
    locations = builtin_locations(obj)
    if locations is None:
        # Imported here: most runs meet built-in kinds only.
        from autofix.kubernetes.custom_locations import custom_locations

        return custom_locations(obj)
    own = locations[0]
    if own.role is not Role.WORKLOAD and "annotations" not in obj:
        # Pods are the most, and this is the only place beside their metadata.
        return locations
    strays = stray_paths(obj, own.kind)
    if not strays:
        return locations
    home = next(location for location in locations if location.path == location.home)
    return (*locations, *(home._replace(role=Role.STRAY, path=path) for path in strays))


def builtin_locations(obj: Mapping[str, object]) -> tuple[Location, ...] | None:
    """List the places of an object of a built-in kind. Its kind alone decides them.

    Args:
        obj: as for ``locations_of``.

    Returns:
        The places of a Namespace and of the built-in kinds that make pods; None for other kinds.
    """
    return _LOCATIONS.get((group_of(obj), kind_of(obj)))


def _builtin_locations() -> Iterator[tuple[tuple[str | None, str], tuple[Location, ...]]]:
    """Yield the places of every built-in kind, by its group; None stands for an object without apiVersion."""
    namespace = (
        Location(Role.NAMESPACE, _OWN, _OWN, "Namespace", "namespace"),
        Location(Role.LABELS, ("metadata", "labels"), _OWN, "Namespace", "namespace"),
    )
    yield from (((group, "Namespace"), namespace) for group in (None, ""))
    for kind in (*KINDS, *REMOVED):
        if (template := kind.template) is not None:
            home = (*template, "metadata", "annotations")
            outer = own_locations(kind.kind, home, kind.between) if template else ()
            locations = (*outer, *pod_locations(template, kind.kind, completes=kind.completes))
            yield (kind.group, kind.kind), locations
            yield (None, kind.kind), locations


_LOCATIONS: Final = dict(_builtin_locations())


def is_custom(obj: Mapping[str, object]) -> bool:
    """Tell whether an object may be a custom resource, and not of a kind that Kubernetes itself defines.

    Args:
        obj: the object, no List.
    """
    if builtin_locations(obj) is not None:
        return False
    from autofix.kubernetes.custom_locations import is_custom_group

    return is_custom_group(group_of(obj))


def sound(locations: tuple[Location, ...], broken: tuple[Malformed, ...]) -> tuple[Location, ...]:
    """Leave out the locations that cannot be read, and the homes that cannot be written to.

    Args:
        locations: the locations of an object.
        broken: the places on the way to them that cannot be read.

    Returns:
        The locations that can be read; a home that cannot be written to is None.
    """
    places = {place.path for place in broken}

    def lost(path: Path | None) -> bool:
        return path is not None and any(path[:depth] in places for depth in range(len(path) + 1))

    kept = (location for location in locations if not lost(location.path))
    return (
        tuple(location._replace(home=None) if lost(location.home) else location for location in kept)
        if places
        else locations
    )


def entries_of(obj: object, path: Path) -> dict[str, object] | None:
    """Return the mapping at a location's path; None when there is nothing, or no mapping."""
    entries = get(obj, path)
    return entries if isinstance(entries, dict) else None


def mappings_of(obj: Mapping[str, object], locations: tuple[Location, ...]) -> list[dict[str, object]] | None:
    """Return the mapping at each location.

    Args:
        obj: the object.
        locations: its locations.

    Returns:
        The mapping of each location, an empty mapping where there is none. None when another value than a
        mapping is on the way to a location: then ``malformed_in`` and ``sound`` say what can be read.
    """
    mappings: list[dict[str, object]] = []
    for location in locations:
        node: Any = obj
        for part in location.path:
            node = node.get(part)
            if node is None:
                mappings.append({})
                break
            if not isinstance(node, dict):
                return None
        else:
            mappings.append(node)
    return mappings


def malformed_in(obj: Mapping[str, object], locations: tuple[Location, ...]) -> tuple[Malformed, ...]:
    """List the places on the way to the annotations at which a value is no mapping.

    Args:
        obj: the object.
        locations: its locations.

    Returns:
        The first such place on the way to each location, without repetition.
    """
    places: dict[Path, Malformed] = {}
    for location in locations:
        node: object = obj
        for depth, part in enumerate(location.path, start=1):
            node = get(node, (part,))
            if node is None:
                break
            on_the_way = (
                depth < len(location.path)
                and isinstance(node, list)
                and isinstance(location.path[depth], int)
            )
            if not isinstance(node, dict) and not on_the_way:
                path = location.path[:depth]
                places.setdefault(path, Malformed(path, type(node).__name__))
                break
    return tuple(places.values())
