"""Objects that hold other objects: List, PodList and its like, the KRM ResourceList, and custom resources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from autofix.kubernetes.custom_kinds import custom_kind, values_at
from autofix.kubernetes.locations import group_of, kind_of
from autofix.kubernetes.pointer import Path

# The longest path of an item. No tool nests lists, and hostile input must not cost much.
_DEEPEST: Final = 64


def objects_in(obj: object) -> Iterator[tuple[Path, Mapping[str, object]]]:
    """Yield the Kubernetes objects in a JSON value, with their paths.

    Args:
        obj: an object, a list of objects such as ``kubectl get -o json`` prints, or anything else.

    Yields:
        The value itself if it is a mapping and no list, else the items; behind a custom resource such as a
        ManifestWork the objects in it. Values that are no mappings are left out, and so is what is in lists
        within more than 32 lists.
        The API server sends the items of a ``PodList`` without a kind; they get the kind of their list.
    """
    stack: list[tuple[Path, object]] = [((), obj)]
    while stack:
        path, node = stack.pop()
        if not isinstance(node, dict):
            continue
        items = node.get("items")
        kind = kind_of(node)
        if not kind.endswith("List") or not isinstance(items, list) or len(path) > _DEEPEST:
            yield path, node
            # No object of Kubernetes itself holds whole objects.
            if "." in str(node.get("apiVersion")) and len(path) <= _DEEPEST:
                stack.extend(_objects_within(path, node, kind))
            continue
        typed = _item_type(node, kind)
        stack.extend(
            ((*path, "items", index), {**typed, **item} if typed and isinstance(item, dict) else item)
            for index, item in reversed(list(enumerate(items)))
        )


def _objects_within(path: Path, node: Mapping[str, object], kind: str) -> list[tuple[Path, object]]:
    row = custom_kind(group_of(node), kind)
    if row is None or not row.objects:
        return []
    objects = [pair for pattern in row.objects for pair in values_at(node, pattern)]
    return [((*path, *inner), value) for inner, value in reversed(objects)]


def _item_type(node: Mapping[str, object], kind: str) -> Mapping[str, object]:
    kind = kind.removesuffix("List")
    return {"apiVersion": node.get("apiVersion"), "kind": kind} if kind not in ("", "Resource") else {}
