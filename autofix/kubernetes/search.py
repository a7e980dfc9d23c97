"""A search through a custom resource: pod templates, and what is called annotations or labels."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final, NamedTuple, TypeAlias

from autofix.kubernetes.pointer import Path

# As deep as files are read. Below the usual depth autofix follows only so many parts of paths: they limit the
# work on objects with many templates, all of them deep, which nobody writes but to slow a reader down.
_DEEPEST: Final = 1000
_USUAL_DEPTH: Final = 64
_MOST_DEEP_PARTS: Final = 64_000
_CONTAINERS: Final = (dict, list)
# How fields with annotations and with labels end: podAnnotations, pod_annotations.
_ANNOTATIONS: Final = ("annotations", "Annotations")
_LABELS: Final = ("labels", "Labels")

# The path to a value, as the path to its parent and the last part. Few of them become a whole path.
_Trail: TypeAlias = "tuple[()] | tuple[_Trail, str | int]"


class Hits(NamedTuple):
    """What a search has found, in the order of the object.

    Attributes:
        templates: paths of pod templates: mappings with ``metadata`` and a ``spec`` that has ``containers``.
        annotations: paths of other mappings that are called annotations.
        labels: paths of other mappings that are called labels, without selectors.
    """

    templates: tuple[Path, ...] = ()
    annotations: tuple[Path, ...] = ()
    labels: tuple[Path, ...] = ()


def search(obj: Mapping[str, object], left_out: Collection[int] = ()) -> Hits:
    """Search an object, without its own metadata and status.

    An explicit stack and not recursion, because objects come from anywhere and may be nested deeply.

    Args:
        obj: the object.
        left_out: ids of the values that are not searched.

    Returns:
        What is there. What is in a pod template, in annotations or in labels is not searched.
    """
    templates: list[Path] = []
    annotations: list[Path] = []
    labels: list[Path] = []
    stack: list[tuple[_Trail, int, object]] = [((), 0, obj)]
    deep_parts = 0
    while stack and deep_parts <= _MOST_DEEP_PARTS:
        trail, depth, node = stack.pop()
        children: Iterable[tuple[str | int, object]]
        if isinstance(node, dict):
            # An object with a kind of its own is no template, whatever its spec holds.
            if _is_template(node) and (trail or not _has_kind(node)):
                deep_parts += depth if depth > _USUAL_DEPTH else 0
                templates.append(_path(trail))
                continue
            name = trail[1] if trail else ""
            if isinstance(name, str) and name.endswith(_ANNOTATIONS):
                deep_parts += depth if depth > _USUAL_DEPTH else 0
                annotations.append(_path(trail))
                continue
            if isinstance(name, str) and name.endswith(_LABELS):
                if not _is_selector(trail):
                    deep_parts += depth if depth > _USUAL_DEPTH else 0
                    labels.append(_path(trail))
                continue
            children = (pair for pair in node.items() if trail or pair[0] not in ("metadata", "status"))
        else:
            children = enumerate(node) if isinstance(node, list) else ()
        if depth < _DEEPEST:
            # Most values in an object are strings and numbers, and they have no children.
            inner = [
                ((trail, key), depth + 1, child)
                for key, child in children
                if child and isinstance(child, _CONTAINERS) and id(child) not in left_out
            ]
            stack.extend(reversed(inner))
    return Hits(tuple(templates), tuple(annotations), tuple(labels))


def _path(trail: _Trail) -> Path:
    parts: list[str | int] = []
    while trail:
        trail, part = trail
        parts.append(part)
    return tuple(reversed(parts))


def _is_template(node: Mapping[str, object]) -> bool:
    spec = node.get("spec")
    return "metadata" in node and isinstance(spec, dict) and isinstance(spec.get("containers"), list)


def _has_kind(node: Mapping[str, object]) -> bool:
    kind = node.get("kind")
    return isinstance(kind, str) and bool(kind)


def _is_selector(trail: _Trail) -> bool:
    """Tell whether labels are those that something else has to have: matchLabels, podSelector.labels."""
    if not trail:
        return False
    parent, name = trail
    around = parent[1] if parent else ""
    return str(name).startswith("match") or "selector" in str(around).lower()
