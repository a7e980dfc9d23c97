"""How objects and places are called in every report."""

from __future__ import annotations

from functools import lru_cache

from autofix.api import Item
from autofix.checking import Checked, CheckedFile
from autofix.kubernetes.pointer import Path
from autofix.source.layout import Node, layout, nearest

_CACHED_FILES = 8


def title(kind: str, namespace: str, name: str) -> str:
    """Name an object as ``Kind namespace/name``, as far as it has names."""
    where = "/".join(part for part in (namespace, name) if part)
    return " ".join(part for part in (kind, where) if part)


def title_of(item: Item) -> str:
    """Name an object that was checked; empty for what is no Kubernetes object."""
    return title(item.kind, item.namespace, item.name)


def place_of(one: CheckedFile, checked: Checked, path: Path) -> tuple[int, int]:
    """Find the line and the column, counted from 1, of what stands at a path, or of what would hold it."""
    text, start = one.file.text, checked.offset
    if start is None:
        start = nearest(_layout(text)[checked.document.index], path).start
    return text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)


@lru_cache(maxsize=_CACHED_FILES)
def _layout(text: str) -> list[Node]:
    return layout(text)
