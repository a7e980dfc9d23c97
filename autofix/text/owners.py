"""Whose annotations the mappings of a YAML document are: a pod's, a Namespace's, or an inner object's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Literal, NamedTuple, TypeAlias

from autofix.kubernetes.custom_kinds import custom_kind, values_at
from autofix.kubernetes.locations import (
    Location,
    builtin_locations,
    entries_of,
    group_of,
    kind_of,
    locations_of,
)
from autofix.kubernetes.pointer import Path, get
from autofix.linkerd.keys import is_linkerd_key
from autofix.readers.names import is_labels, is_namespace, is_namespace_annotations, is_namespaces

# Under this key kustomize has the labels of an entry of its list of labels.
_PAIRS: Final = "pairs"
_OF_OBJECTS: Final = re.compile(r"(?<!match)(?<!match_)labels\Z", re.IGNORECASE)
# Labels of a service of Compose are no labels of pods.
_SERVICES: Final = "services"
# Below the usual depth autofix follows only so many parts of paths: they limit the work on documents with
# many mappings, all of them deep, which nobody writes but to slow a reader down.
_USUAL_DEPTH: Final = 64
_MOST_DEEP_PARTS: Final = 64_000

# The path to a value: the path to its parent, and the last part. Few of them become a whole path.
_Trail: TypeAlias = "tuple[()] | tuple[_Trail, str | int]"


class Manifest(NamedTuple):
    """A mapping with a kind: an object in a longer document, or a patch of one.

    Attributes:
        locations: the places of its annotations and labels.
    """

    locations: tuple[Location, ...]


# Whose keys a mapping has that is no part of a manifest; a workload's own annotations reach no pods.
OwnerLevel = Literal["pod", "namespace", "workload", "labels"]
Owner = Manifest | OwnerLevel

# Where a text for one object, such as a patch, has the object's own annotations.
_OWN: Final[frozenset[Path]] = frozenset({(), ("annotations",), ("metadata", "annotations")})


def owned_mappings(
    value: object, own: OwnerLevel = "pod"
) -> Iterator[tuple[Path, Mapping[str, object], Owner]]:
    """Find the mappings with a key of Linkerd's, without selectors.

    Args:
        value: a YAML document.
        own: whose keys stand at its top, or in its own metadata, as far as it is no manifest.

    Yields:
        Each with its path and its owner. The places in a manifest are not mentioned again.
    """
    covered: set[Path] = set()
    for trail, node in _mappings(value):
        is_own = any(map(is_linkerd_key, node))
        path = _path(trail)
        locations = tuple(location for location in _locations(node) if (*path, *location.path) not in covered)
        covered.update((*path, *location.path) for location in locations)
        if any(map(is_linkerd_key, _keys(node, locations))):
            yield path, node, Manifest(locations)
        if not is_own or path in covered:
            continue
        place = _patched_path(value, path)
        if place in _OWN and own != "pod":
            yield path, node, own
        elif not _are_labels(place):
            yield path, node, _level(place)
        elif _reach_objects(place):
            yield path, node, "labels"


def _mappings(value: object) -> Iterator[tuple[_Trail, dict[str, object]]]:
    """Walk over the mappings with a key of Linkerd's or a kind, the outer ones first."""
    stack: list[tuple[_Trail, int, object]] = [((), 0, value)]
    deep_parts = 0
    while stack:
        trail, depth, node = stack.pop()
        children: Iterable[tuple[str | int, object]]
        if isinstance(node, dict):
            if kind_of(node) or any(map(is_linkerd_key, node)):
                deep_parts += depth if depth > _USUAL_DEPTH else 0
                if deep_parts <= _MOST_DEEP_PARTS:
                    yield trail, node
            children = node.items()
        else:
            children = enumerate(node) if isinstance(node, list) else ()
        # Most values are strings and numbers, and they have no children.
        inner = [
            ((trail, part), depth + 1, child) for part, child in children if isinstance(child, dict | list)
        ]
        stack.extend(reversed(inner))


def _patched_path(value: object, path: Path) -> Path:
    """Return the path that a mapping gets in the object that an operation of a JSON patch changes (RFC 6902).

    Args:
        value: the document.
        path: the path of the mapping in the document; it stands for itself where it is in no operation.
    """
    operation = get(value, path[:-1]) if path[-1:] == ("value",) else None
    pointer = operation.get("path") if isinstance(operation, dict) and "op" in operation else None
    if not isinstance(pointer, str) or not pointer.startswith("/"):
        return path
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:])


def _path(trail: _Trail) -> Path:
    parts: list[str | int] = []
    while trail:
        trail, part = trail
        parts.append(part)
    return tuple(reversed(parts))


def _locations(node: Mapping[str, object]) -> tuple[Location, ...]:
    """List the places in a mapping with a kind that says where they are, without those in Helm values."""
    kind = kind_of(node)
    if not kind or not (isinstance(node.get("metadata"), dict) or isinstance(node.get("spec"), dict)):
        return ()
    group = group_of(node)
    row = custom_kind(group, kind)
    if group is None and row is None and builtin_locations(node) is None:
        return ()
    roots = [path for pattern in (row.values if row else ()) for path, _ in values_at(node, pattern)]
    return tuple(
        location
        for location in locations_of(node)
        if not any(location.path[: len(root)] == root for root in roots)
    )


def _keys(node: Mapping[str, object], locations: tuple[Location, ...]) -> Iterator[str]:
    for location in locations:
        yield from map(str, entries_of(node, location.path) or ())


def _level(path: Path) -> Literal["pod", "namespace"]:
    """Tell by the names around a mapping whether its annotations are a Namespace's."""
    if not path or is_namespace_annotations(str(path[-1])):
        return "namespace" if path else "pod"
    around = path[:-2] if path[-2:-1] == ("metadata",) else path[:-1]
    if path[-1] != "annotations" or not around:
        return "pod"
    if isinstance(around[-1], str) and is_namespace(around[-1]):
        return "namespace"
    # The last part is an index or the name of a Namespace.
    is_in_many = len(around) > 1 and is_namespaces(str(around[-2]))
    return "namespace" if is_in_many else "pod"


def _are_labels(path: Path) -> bool:
    """Tell whether a mapping holds labels: by its name, or by the name of the list that it is in."""
    names = (part for part in reversed(path) if isinstance(part, str) and part != _PAIRS)
    return is_labels(next(names, ""))


def _reach_objects(path: Path) -> bool:
    """Tell whether labels are those of an object, and neither a selector nor those of a container."""
    name = next((part for part in reversed(path) if isinstance(part, str) and part != _PAIRS), "")
    return _OF_OBJECTS.search(name) is not None and path[0] != _SERVICES
