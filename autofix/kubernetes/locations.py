"""Where annotations stand in a Kubernetes object, and which of them a pod will carry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from autofix.kubernetes.kinds import KINDS, REMOVED
from autofix.kubernetes.pointer import Path, get

# As deep as files are read. Below the usual depth autofix follows only so many parts of paths: they limit the
# work on objects with many templates, all of them deep, which nobody writes but to slow a reader down.
_DEEPEST_TEMPLATE: Final = 1000
_USUAL_DEPTH: Final = 64
_MOST_DEEP_PARTS: Final = 64_000
_CONTAINERS: Final = (dict, list)
# Metadata between an object and its pods; pods do not get it.
_BETWEEN: Final[Mapping[str, tuple[Path, ...]]] = {kind.kind: kind.between for kind in KINDS if kind.between}


# The path to a value, as the path to its parent and the last part. Few of them become a whole path.
_Trail: TypeAlias = "tuple[()] | tuple[_Trail, str | int]"


class Role(Enum):
    """What a mapping of annotations (or labels) is to a pod."""

    POD = "annotations that the pod will carry"
    NAMESPACE = "annotations of a Namespace"
    WORKLOAD = "annotations of an object that makes pods, not carried by them"
    LABELS = "labels"
    POD_SPEC = "annotations inside a pod spec, which no API server keeps"
    OTHER = "annotations of an object that makes no pods"
    OTHER_LABELS = "labels of an object that makes no pods"
    LINKERD_VALUES = "values of Linkerd's own Helm chart; each key is a path with dots"


class Location(NamedTuple):
    """A mapping in an object where annotation keys stand or may stand.

    Attributes:
        role: what it is.
        path: where it stands in the object.
        home: the path at which a pod or Namespace would carry its keys; None when there is none.
        kind: kind of the object.
        level: whether its keys are meant for a pod or for a Namespace.
    """

    role: Role
    path: Path
    home: Path | None
    kind: str
    level: Literal["pod", "namespace"] = "pod"

    def __hash__(self) -> int:
        # The path is nearly always different for two locations, and its hash is cheap.
        return hash(self.path)


class Malformed(NamedTuple):
    """A place in an object that Kubernetes could not read.

    Attributes:
        path: where it stands in the object.
        type_name: the type of what stands there.
    """

    path: Path
    type_name: str


def kind_of(obj: Mapping[str, object]) -> str:
    """Return an object's kind; empty when it has none."""
    kind = obj.get("kind")
    return kind if isinstance(kind, str) else ""


def name_of(obj: Mapping[str, object]) -> tuple[str, str]:
    """Return an object's namespace and name (or generateName); each is empty when it has none."""
    metadata = obj.get("metadata")
    if not isinstance(metadata, dict):
        return "", ""
    namespace = metadata.get("namespace")
    name = metadata.get("name") or metadata.get("generateName")
    return (namespace if isinstance(namespace, str) else ""), (name if isinstance(name, str) else "")


def group_of(obj: Mapping[str, object]) -> str | None:
    """Return an object's API group: empty for the core group, None without an apiVersion."""
    version = obj.get("apiVersion")
    return version.rpartition("/")[0] if isinstance(version, str) else None


def locations_of(obj: Mapping[str, object]) -> tuple[Location, ...]:
    """List the places of one object (no List) where annotation keys stand or may stand.

    Args:
        obj: a Kubernetes object; nothing in it needs to be well-formed.

    Returns:
        The places, the object's own first. A pod's own annotations are always listed, present or not.
    """
    locations = builtin_locations(obj)
    return _custom_locations(obj, kind_of(obj)) if locations is None else locations


def builtin_locations(obj: Mapping[str, object]) -> tuple[Location, ...] | None:
    """List the places of an object of a built-in kind. Its kind alone decides them.

    Args:
        obj: as for ``locations_of``.

    Returns:
        The places of a Namespace and of the built-in kinds that make pods; None for other kinds.
    """
    return _LOCATIONS.get((group_of(obj), kind_of(obj)))


def _pod_locations(template: Path, kind: str) -> Iterator[Location]:
    home = (*template, "metadata", "annotations")
    yield Location(Role.POD, home, home, kind)
    yield Location(Role.LABELS, (*template, "metadata", "labels"), home, kind)
    yield Location(Role.POD_SPEC, (*template, "spec", "annotations"), home, kind)


def _own_locations(kind: str, template: Path) -> Iterator[Location]:
    home = (*template, "metadata", "annotations")
    for metadata in (("metadata",), *_BETWEEN.get(kind, ())):
        yield Location(Role.WORKLOAD, (*metadata, "annotations"), home, kind)
        yield Location(Role.LABELS, (*metadata, "labels"), home, kind)


def _builtin_locations() -> Iterator[tuple[tuple[str | None, str], tuple[Location, ...]]]:
    """Yield the places of every built-in kind, by its group; None stands for an object without apiVersion."""
    own: Path = ("metadata", "annotations")
    namespace = (
        Location(Role.NAMESPACE, own, own, "Namespace", "namespace"),
        Location(Role.LABELS, ("metadata", "labels"), own, "Namespace", "namespace"),
    )
    yield from (((group, "Namespace"), namespace) for group in (None, ""))
    for kind in (*KINDS, *REMOVED):
        if (template := kind.template) is not None:
            outer = _own_locations(kind.kind, template) if template else ()
            locations = (*outer, *_pod_locations(template, kind.kind))
            yield (kind.group, kind.kind), locations
            yield (None, kind.kind), locations


_LOCATIONS: Final = dict(_builtin_locations())


def _custom_locations(obj: Mapping[str, object], kind: str) -> tuple[Location, ...]:
    templates = tuple(_embedded_templates(obj)) if _may_embed(obj) else ()
    if templates == ((),):
        return tuple(_pod_locations((), kind))
    inner = tuple(location for template in templates for location in _pod_locations(template, kind))
    if len(templates) == 1:
        return (*_own_locations(kind, templates[0]), *inner)
    # Several templates: nobody can say which of them a key on the object was meant for.
    own = Location(Role.OTHER, ("metadata", "annotations"), None, kind)
    return (own, Location(Role.OTHER_LABELS, ("metadata", "labels"), None, kind), *inner)


def is_custom(obj: Mapping[str, object]) -> bool:
    """Tell whether an object may be a custom resource, and not of a kind that Kubernetes itself defines.

    Args:
        obj: the object, no List.
    """
    return builtin_locations(obj) is None and _may_embed(obj)


def _may_embed(obj: Mapping[str, object]) -> bool:
    """Tell custom resources from the kinds that Kubernetes itself defines (CRDs, webhooks, ConfigMaps)."""
    group = group_of(obj)
    if group is None:
        return True
    return "." in group and (group.endswith(".x-k8s.io") or not group.endswith(".k8s.io"))


def _embedded_templates(obj: Mapping[str, object]) -> Iterator[Path]:
    """Find pod templates: mappings with ``metadata`` and a ``spec`` that has ``containers``.

    An explicit stack and not recursion, because objects come from anywhere and may be nested deeply.
    """
    stack: list[tuple[_Trail, int, object]] = [((), 0, obj)]
    deep_parts = 0
    while stack:
        trail, depth, node = stack.pop()
        children: Iterable[tuple[str | int, object]]
        if isinstance(node, dict):
            # An object with a kind of its own is no template, whatever its spec holds.
            if _is_template(node) and (trail or not kind_of(node)):
                deep_parts += depth if depth > _USUAL_DEPTH else 0
                if deep_parts <= _MOST_DEEP_PARTS:
                    yield _path(trail)
                continue
            children = (pair for pair in node.items() if trail or pair[0] not in ("metadata", "status"))
        else:
            children = enumerate(node) if isinstance(node, list) else ()
        if depth < _DEEPEST_TEMPLATE:
            # Most values in an object are strings and numbers, and they have no children.
            inner = [
                ((trail, key), depth + 1, child)
                for key, child in children
                if child and isinstance(child, _CONTAINERS)
            ]
            stack.extend(reversed(inner))


def _path(trail: _Trail) -> Path:
    parts: list[str | int] = []
    while trail:
        trail, part = trail
        parts.append(part)
    return tuple(reversed(parts))


def _is_template(node: Mapping[str, object]) -> bool:
    spec = node.get("spec")
    return "metadata" in node and isinstance(spec, dict) and isinstance(spec.get("containers"), list)


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


def entries_of(obj: Mapping[str, object], path: Path) -> dict[str, object] | None:
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
