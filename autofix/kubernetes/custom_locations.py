"""Where annotations stand in custom resources: by the table of kinds, and by what stands in an object."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Literal

from autofix.kubernetes.custom_kinds import SHORT_GROUPS, CustomKind, custom_kind, values_at, written
from autofix.kubernetes.location import (
    Location,
    Role,
    group_of,
    kind_of,
    own_locations,
    pod_locations,
)
from autofix.kubernetes.pointer import Path
from autofix.kubernetes.search import Hits, search

_OWN: Final[Path] = ("metadata", "annotations")
_OWN_LABELS: Final[Path] = ("metadata", "labels")
# How many places a message names.
_MOST_PLACES: Final = 2


def custom_locations(obj: Mapping[str, object]) -> tuple[Location, ...]:
    """List the places of annotations and labels in an object of any kind that is not built in.

    Args:
        obj: a Kubernetes object; nothing in it needs to be well-formed.

    Returns:
        The places, the object's own first.
    """
    group, kind = group_of(obj), kind_of(obj)
    row = custom_kind(group, kind)
    searched = row is not None or is_custom_group(group)
    hits = search(obj, _whole_objects(obj, row)) if searched else Hits()
    if hits.templates == ((),):
        return tuple(pod_locations((), kind))
    places: dict[Path, Location] = {}
    for location in _in_table(obj, row, kind) if row else ():
        places.setdefault(location.path, location)
    for template in hits.templates:
        for location in pod_locations(template, kind):
            places.setdefault(location.path, location)
    own = () if _OWN in places else _own(places, kind, row, searched=searched)
    for path in hits.annotations:
        places.setdefault(path, Location(Role.UNKNOWN, path, None, kind))
    for path in hits.labels:
        places.setdefault(path, Location(Role.LABELS, path, None, kind))
    return (*own, *_with_shared(obj, row, places.values()))


def _with_shared(
    obj: Mapping[str, object], row: CustomKind | None, places: Iterable[Location]
) -> Iterator[Location]:
    """Say at each place of annotations of pods which others the same pods get, if the table says it."""
    if row is None or not row.shared:
        yield from places
        return
    listed = tuple(places)
    pods = tuple(place.path for place in listed if place.role is Role.POD)
    shared = tuple(path for pattern in row.shared for path, _ in values_at(obj, pattern) if path in pods)
    for place in listed:
        others = pods if place.path in shared else shared
        yield place._replace(beside=others) if place.role is Role.POD and len(pods) > 1 else place


def _own(
    places: Mapping[Path, Location], kind: str, row: CustomKind | None, *, searched: bool
) -> tuple[Location, ...]:
    """List the places of a custom resource's own metadata, of which the table does not speak."""
    homes = [place.path for place in places.values() if place.role is Role.POD]
    # With several homes nobody can say which of them a key on the object was meant for.
    if len(homes) == 1:
        return tuple(own_locations(kind, homes[0]))
    if row is None and searched:
        own = Location(Role.UNKNOWN, _OWN, None, kind)
        return (own, Location(Role.LABELS, _OWN_LABELS, None, kind))
    own = Location(Role.OTHER, _OWN, None, kind, elsewhere=_elsewhere(row))
    return (own, Location(Role.OTHER_LABELS, _OWN_LABELS, None, kind))


def _in_table(obj: Mapping[str, object], row: CustomKind, kind: str) -> Iterator[Location]:
    """List the places that the table names and that are there."""
    elsewhere = _elsewhere(row)
    for role, patterns in (
        (Role.POD, row.pods),
        (Role.NAMESPACE, row.namespaces),
        (Role.OTHER, row.nothing),
        (Role.UNKNOWN, row.unknown),
    ):
        for pattern in patterns:
            *parents, name = pattern
            completes = pattern in row.completes
            for path, node in values_at(obj, tuple(parents)):
                location = Location(role, (*path, name), None, kind, elsewhere=elsewhere, completes=completes)
                yield from _beside(node, location)


def _beside(node: object, location: Location) -> Iterator[Location]:
    """List annotations and the labels beside them."""
    if not isinstance(node, dict):
        return
    *parent, name = location.path
    label_name = str(name).replace("annotations", "labels").replace("Annotations", "Labels")
    annotations, labels = node.get(name), node.get(label_name)
    # Some operators also take a text; and what is not there is no place.
    if not isinstance(annotations, dict) and (annotations is not None or not isinstance(labels, dict)):
        return
    if location.role in (Role.POD, Role.NAMESPACE):
        level: Literal["pod", "namespace"] = "pod" if location.role is Role.POD else "namespace"
        location = location._replace(home=location.path, level=level)
    yield location
    if isinstance(labels, dict) and label_name != name:
        yield location._replace(role=Role.LABELS, path=(*parent, label_name))


def _elsewhere(row: CustomKind | None) -> str:
    # Of what has Helm values, the chart says where the annotations of pods stand.
    return "" if row is None or row.values else " or ".join(map(written, row.pods[:_MOST_PLACES]))


def _whole_objects(obj: Mapping[str, object], row: CustomKind | None) -> set[int]:
    """Return the ids of the whole objects in an object; they are looked at by themselves (``lists``)."""
    return {id(inner) for pattern in (row.objects if row else ()) for _, inner in values_at(obj, pattern)}


def is_custom_group(group: str | None) -> bool:
    """Tell custom resources from the kinds that Kubernetes itself defines (CRDs, webhooks, ConfigMaps).

    Args:
        group: the API group of an object; None without an apiVersion.
    """
    if group is None:
        return True
    if group in SHORT_GROUPS:
        return False
    return group.endswith(".x-k8s.io") or not group.endswith(".k8s.io")
