"""What every report calls an object."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autofix.engine.api import Item


def title(kind: str, namespace: str, name: str) -> str:
    """Name an object as ``Kind namespace/name``; leave out what is empty.

    Args:
        kind, namespace, name: the object's; each may be empty.
    """
    full_name = "/".join(part for part in (namespace, name) if part)
    return " ".join(part for part in (kind, full_name) if part)


def title_of(item: Item) -> str:
    """Name an object that was checked.

    Args:
        item: the object.

    Returns:
        Its title; empty if it is no Kubernetes object.
    """
    return title(item.kind, item.namespace, item.name)
