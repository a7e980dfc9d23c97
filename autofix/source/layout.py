"""Where the keys and values of a YAML or JSON text stand, as a tree of spans.

Offsets count characters. The marks of PyYAML's C parser are exact but for three things: a byte order mark is
not counted, those of a node with an anchor or a tag begin at it, and a block scalar ends behind its last line
break.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import yaml
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)

from autofix.kubernetes.pointer import Path
from autofix.kubernetes.scalars import Scalar, key_text
from autofix.source.splice import NotEditableError
from autofix.source.yaml_reader import is_merge, scalar_of

_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PROPERTIES: Final = re.compile(r"(?:[&!]\S*\s+)*")
_JSON_SPACE: Final = re.compile(r"[ \t\r\n]*")
# What JSON allows in a string and YAML's parser does not: halves of pairs as escapes, and control characters.
_JSON_ONLY: Final = re.compile(
    r"\\u[dD][89a-fA-F][0-9a-fA-F]{2}|[\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]"
)


class Node:
    """A key or value in a text.

    Attributes:
        start, end: its span, without anchor and tag; of a block collection only the start is exact.
        outer: where it starts with its tag, when it has one; else the same as ``start``.
        anchor: the anchor that ``outer`` takes in, written out with a space behind it, else empty.
        style: a scalar's quotes (``'`` or ``"``), ``|`` or ``>``, or an empty text for a plain one;
            ``{`` or ``[`` for a flow collection; ``block`` for a block collection; ``*`` for an alias.
        key: what it is called when it is a key; None for ``<<``.
        entries: a mapping's keys and values in their order.
        items: a sequence's values.
        value: what Kubernetes reads in a scalar.
        target: what an alias stands for.
    """

    __slots__ = (
        "anchor",
        "end",
        "entries",
        "is_mapping",
        "items",
        "key",
        "outer",
        "start",
        "style",
        "target",
        "value",
    )

    def __init__(self, start: int, end: int, style: str, outer: int, target: Node | None = None) -> None:
        self.start = start
        self.end = end
        self.style = style
        self.outer = outer
        self.anchor = ""
        self.key: str | None = None
        self.is_mapping = False
        self.entries: list[tuple[Node, Node]] = []
        self.items: list[Node] = []
        self.value: Scalar = None
        self.target = target


class Entry(NamedTuple):
    """A key and its value, in the mapping of the text that holds them."""

    mapping: Node
    key: Node
    value: Node


def layout(text: str) -> list[Node]:
    """Find the documents of a text that the readers can read.

    Args:
        text: the whole file, with its byte order mark if it has one.

    Returns:
        The root of each document that is not empty, in the readers' order.

    Raises:
        NotEditableError: when YAML's parser does not understand what the readers did.
    """
    try:
        return _layout(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise NotEditableError(
            f"YAML's parser says: {getattr(error, 'problem', None) or error}", mark and _index(mark)
        ) from None


def _layout(text: str) -> list[Node]:
    skipped = len(text) - len(text.removeprefix("\ufeff"))
    body = text[skipped:]
    spans = _json_spans(body) if body.lstrip().startswith(("{", "[")) else None
    if spans is None:
        return list(_roots(body, skipped))
    body = _JSON_ONLY.sub(lambda found: "\\u0078" if len(found[0]) > 1 else "x", body)
    return [root for start, end in spans for root in _roots(body[start:end], skipped + start)]


def _json_spans(text: str) -> list[tuple[int, int]] | None:
    decoder, spans, position = json.JSONDecoder(), [], _space(text, 0)
    while position < len(text):
        try:
            value, end = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            return None
        if value is not None:
            spans.append((position, end))
        position = _space(text, end)
    return spans


def _space(text: str, position: int) -> int:
    match = _JSON_SPACE.match(text, position)
    return match.end() if match else position


def _roots(text: str, offset: int) -> Iterator[Node]:
    open_nodes: list[Node] = []
    keys: list[Node | None] = []
    anchors: dict[str, Node] = {}
    events: Iterator[Any] = iter(_LOADER(text).get_event, None)
    for event in events:
        if isinstance(event, CollectionEndEvent):
            node = open_nodes.pop()
            keys.pop()
            node.end = _index(event.end_mark) + offset
        elif isinstance(event, NodeEvent):
            node = _node(event, text, offset, anchors)
            if open_nodes:
                _attach(open_nodes[-1], keys, node, event)
            if isinstance(event, CollectionStartEvent):
                open_nodes.append(node)
                keys.append(None)
        else:
            if isinstance(event, DocumentStartEvent):
                anchors = {}
            continue
        if not open_nodes and not (isinstance(event, ScalarEvent) and node.value is None):
            yield node


def _node(event: Any, text: str, offset: int, anchors: dict[str, Node]) -> Node:
    start, end = event.start_mark.index, event.end_mark.index
    if isinstance(event, AliasEvent):
        target = anchors.get(str(event.anchor))
        return Node(start + offset, end + offset, "*", start + offset, target=target)
    outer = start
    tagged = event.tag is not None
    if tagged or event.anchor is not None:
        match = _PROPERTIES.match(text, start, end)
        start = match.end() if match else start
    node = Node(start + offset, end + offset, "", (outer if tagged else start) + offset)
    if isinstance(event, ScalarEvent):
        node.style, node.value = event.style or "", scalar_of(event)
    else:
        node.is_mapping = isinstance(event, MappingStartEvent)
        node.style = ("{" if node.is_mapping else "[") if event.flow_style else "block"
    if event.anchor is not None:
        node.anchor = f"&{event.anchor} " if tagged else ""
        anchors[event.anchor] = node
    return node


def _index(mark: Any) -> int:
    return int(mark.index)


def _attach(parent: Node, keys: list[Node | None], node: Node, event: Any) -> None:
    if not parent.is_mapping:
        parent.items.append(node)
        return
    key = keys[-1]
    if key is not None:
        parent.entries.append((key, node))
        keys[-1] = None
        return
    if isinstance(event, ScalarEvent):
        node.key = None if is_merge(event) else key_text(node.value)
    else:
        # An alias as a key; its text is not looked for, and nothing is edited by it.
        node.key = ""
    keys[-1] = node


def resolved(node: Node) -> Node:
    """Follow an alias to what it stands for."""
    while node.target is not None:
        node = node.target
    return node


def find_mapping(root: Node, path: Path) -> Node | None:
    """Find the mapping at a path; None when there is none in the text."""
    node: Node | None = resolved(root)
    for part in path:
        if node is None:
            return None
        if node.is_mapping:
            found = find_entry(node, str(part))
            node = resolved(found.value) if found else None
        else:
            index = int(part) if str(part).isdecimal() else len(node.items)
            node = resolved(node.items[index]) if index < len(node.items) else None
    return node if node is not None and node.is_mapping else None


def find_entry(mapping: Node, key: str) -> Entry | None:
    """Find the entry that gives a key its value: its own, or one of a mapping that is merged in.

    Source: go.yaml.in/yaml/v2 v2.4.2, decode.go: what stands below overwrites what stands above.
    """
    found: Entry | None = None
    for name, value in mapping.entries:
        if name.key == key:
            found = Entry(mapping, name, value)
        elif name.key is None:
            merged = resolved(value)
            for one in merged.items or [merged]:
                inner = find_entry(resolved(one), key)
                if inner is not None:
                    found = inner
                    break
    return found


def nearest(root: Node, path: Path) -> Node:
    """Find the key at a path, or the deepest one on the way to it that is in the text."""
    found = node = resolved(root)
    for part in path:
        if node.is_mapping:
            entry = find_entry(node, str(part))
            if entry is None:
                break
            found, node = entry.key, resolved(entry.value)
        elif str(part).isdecimal() and int(part) < len(node.items):
            found = node = resolved(node.items[int(part)])
        else:
            break
    return found
