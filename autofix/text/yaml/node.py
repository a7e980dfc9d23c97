"""Keys and values of a text, and where they stand in it, as a tree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from autofix.kubernetes.pointer import Path
from autofix.kubernetes.scalars import Scalar

# The ``key`` of a node that is ``<<``.
_MERGE: Final = None


class Node:
    """A key or value in a text.

    Attributes:
        start, end: its span, without anchor and tag; of a block collection only the start is exact.
        outer: where it starts with its tag if it has a tag; else the same as ``start``.
        anchor: the anchor between ``outer`` and ``start``, written out with a space behind it, else empty.
        style: a scalar's quotes (``'`` or ``"``), ``|`` or ``>``, or an empty text for a plain one;
            ``{`` or ``[`` for a flow collection; ``block`` for a block collection; ``*`` for an alias.
        key: its text if it is a key; None for ``<<``.
        value: the value that Kubernetes reads in a scalar.
        target: the node that an alias stands for.
    """

    __slots__ = (
        "_by_key",
        "_entries",
        "_items",
        "_merged",
        "_overwritten",
        "anchor",
        "end",
        "is_mapping",
        "key",
        "outer",
        "start",
        "style",
        "target",
        "value",
    )

    def __init__(self, start: int, end: int, style: str, outer: int) -> None:
        self.start = start
        self.end = end
        self.style = style
        self.outer = outer
        self.anchor = ""
        self.key: str | None = None
        self.is_mapping = False
        self.value: Scalar = None
        self.target: Node | None = None
        self._entries: list[tuple[Node, Node]] = []
        self._items: list[Node] = []
        self._by_key: dict[str | None, tuple[Node, Node]] | None = None
        self._overwritten: dict[str | None, list[tuple[Node, Node]]] | None = None
        self._merged: dict[str | None, Entry] | None = None

    @property
    def entries(self) -> list[tuple[Node, Node]]:
        """A mapping's keys and values in their order."""
        return self._entries

    @property
    def items(self) -> list[Node]:
        """A list's values."""
        return self._items

    def entry(self, key: str | None) -> tuple[Node, Node] | None:
        """Find a mapping's own key and its value; of equal keys the last."""
        if self._by_key is None:
            self._by_key = {name.key: (name, value) for name, value in self._entries}
        return self._by_key.get(key)

    def overwritten(self, key: str | None) -> Sequence[tuple[Node, Node]]:
        """Find the entries of a mapping that the last of equal keys overwrites, in their order."""
        if self._overwritten is None:
            self._overwritten = {}
            last: dict[str | None, tuple[Node, Node]] = {}
            for entry in self.entries:
                name = entry[0].key
                if name in last:
                    self._overwritten.setdefault(name, []).append(last[name])
                last[name] = entry
        return self._overwritten.get(key, ())

    def merged(self) -> Mapping[str | None, Entry]:
        """Find all entries of a mapping, including those of mappings that are merged into it.

        Source: go.yaml.in/yaml/v2 v2.4.2, decode.go: later entries overwrite earlier ones.
        """
        if self._merged is None:
            self._merged = {}
            for name, value in self.entries:
                if name.key is not _MERGE:
                    self._merged[name.key] = Entry(self, name, value)
                    continue
                whole = resolved(value)
                # The first of several mappings wins.
                for mapping in reversed(whole.items or [whole]):
                    self._merged.update(resolved(mapping).merged())
        return self._merged


class Entry(NamedTuple):
    """A key and its value, in the mapping of the text that holds them."""

    mapping: Node
    key: Node
    value: Node


def resolved(node: Node) -> Node:
    """Follow an alias to the node that it stands for.

    Args:
        node: any node; the function returns any other node as it is.
    """
    while node.target is not None:
        node = node.target
    return node


def find_mapping(root: Node, path: Path) -> Node | None:
    """Find the mapping at a path.

    Args:
        root: the document.
        path: keys and indices.

    Returns:
        The mapping, behind any aliases; None if the text has no mapping there.
    """
    node: Node | None = resolved(root)
    for part in path:
        if node is None:
            return None
        if node.is_mapping:
            entry = find_entry(node, str(part))
            node = resolved(entry.value) if entry else None
        else:
            index = int(part) if str(part).isdecimal() else len(node.items)
            node = resolved(node.items[index]) if index < len(node.items) else None
    return node if node is not None and node.is_mapping else None


def find_entry(mapping: Node, key: str) -> Entry | None:
    """Find the entry that gives a key its value.

    Args:
        mapping: the mapping.
        key: the key.

    Returns:
        The mapping's own entry, or the entry of a mapping that is merged into it; None without such a key.
    """
    if mapping.entry(_MERGE) is not None:
        return mapping.merged().get(key)
    own = mapping.entry(key)
    return Entry(mapping, *own) if own else None


def nearest(root: Node, path: Path) -> Node:
    """Find the key at a path, or the deepest key on the way to it that is in the text.

    Args:
        root: the document.
        path: keys and indices.

    Returns:
        The key, or the item of a list; the root if the text has no part of the path.
    """
    deepest = node = resolved(root)
    for part in path:
        if node.is_mapping:
            entry = find_entry(node, str(part))
            if entry is None:
                break
            deepest, node = entry.key, resolved(entry.value)
        elif str(part).isdecimal() and int(part) < len(node.items):
            deepest = node = resolved(node.items[int(part)])
        else:
            break
    return deepest
