"""The kinds of other projects that autofix knows: where their objects hold annotations, and who gets those.

The table is ``custom_kinds.json``; each row has its source there. A path is written with dots; ``[]`` stands
for each item of a list, and ``*`` for each value of a mapping.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final, NamedTuple

from autofix.kubernetes.pointer import Path

# A path with ``[]`` and ``*`` for its variable parts.
Pattern = tuple[str, ...]

_EACH_ITEM: Final = "[]"
_EACH_VALUE: Final = "*"
# Without an apiVersion these are more often kinds of Kubernetes itself, or of projects that are not in the
# table.
_AMBIGUOUS: Final = frozenset({"Cluster", "Config", "Kustomization", "Service"})
# Kubernetes' own groups without a dot (kubernetes.io, API reference). Tools have such groups, too: skaffold.
SHORT_GROUPS: Final = frozenset({"", "apps", "autoscaling", "batch", "extensions", "policy"})


class CustomKind(NamedTuple):
    """Where objects of a kind hold annotations; each field has the paths of the mappings.

    Attributes:
        pods: annotations that the pods get.
        namespaces: annotations that a Namespace gets.
        nothing: annotations that neither pods nor Namespaces get.
        unknown: annotations that pods may get, or get only in part.
        objects: whole Kubernetes objects.
        values: Helm values.
        shared: those of ``pods`` that every pod of the object gets, beside its own.
        completes: those of ``pods`` whose pods always run to completion.
    """

    pods: tuple[Pattern, ...] = ()
    namespaces: tuple[Pattern, ...] = ()
    nothing: tuple[Pattern, ...] = ()
    unknown: tuple[Pattern, ...] = ()
    objects: tuple[Pattern, ...] = ()
    values: tuple[Pattern, ...] = ()
    shared: tuple[Pattern, ...] = ()
    completes: tuple[Pattern, ...] = ()


def custom_kind(group: str | None, kind: str) -> CustomKind | None:
    """Return what is known of a kind.

    Args:
        group: its API group; None for a patch without an apiVersion, where the name of the kind has to do.
        kind: the object's ``kind``.

    Returns:
        Its row; None for every kind that is not in the table.
    """
    # Kubernetes' own groups are not in the table: most objects need not load it.
    return None if group in SHORT_GROUPS else table().get((group, kind))


@cache
def table() -> Mapping[tuple[str | None, str], CustomKind]:
    """Return all rows by group and kind; kinds with a name of their own stand there without group, too."""
    # Neither importlib.resources nor pathlib, whose imports cost more than the rest of this package.
    with open(os.path.join(os.path.dirname(__file__), "custom_kinds.json"), "rb") as file:
        rows: list[dict[str, Any]] = json.loads(file.read())["kinds"]
    by_kind: dict[tuple[str | None, str], CustomKind] = {
        (group, kind): CustomKind(*(_patterns(row.get(name, ())) for name in CustomKind._fields))
        for row in rows
        for group in row["groups"]
        for kind in row["kinds"]
    }
    names = Counter(kind for _, kind in by_kind)
    alone: dict[tuple[str | None, str], CustomKind] = {
        (None, kind): row for (_, kind), row in by_kind.items() if names[kind] == 1 and kind not in _AMBIGUOUS
    }
    return {**by_kind, **alone}


def _patterns(written: list[str]) -> tuple[Pattern, ...]:
    return tuple(tuple(path.replace(_EACH_ITEM, f".{_EACH_ITEM}").split(".")) for path in written)


def written(pattern: Pattern) -> str:
    """Write a pattern as it stands in the table.

    Args:
        pattern: the pattern.
    """
    return ".".join(pattern).replace(f".{_EACH_ITEM}", _EACH_ITEM)


def values_at(obj: object, pattern: Pattern) -> Iterator[tuple[Path, object]]:
    """Yield the values in an object whose paths a pattern describes, with their paths.

    Args:
        obj: a JSON value.
        pattern: the pattern.
    """
    level: list[tuple[Path, object]] = [((), obj)]
    for part in pattern:
        level = [
            ((*path, name), child)
            for path, node in level
            for name, child in _children(node, part)
            if child is not None
        ]
    yield from level


def _children(node: object, part: str) -> Iterator[tuple[str | int, object]]:
    if part == _EACH_ITEM:
        yield from enumerate(node) if isinstance(node, list) else ()
    elif isinstance(node, dict):
        if part == _EACH_VALUE:
            yield from node.items()
        elif part in node:
            yield part, node[part]
