"""Where the keys and values of any YAML or JSON text stand, as YAML's parser sees it.

Offsets count characters. The marks of PyYAML's C parser are exact but for three things: they do not count a
byte order mark, those of a node with an anchor or a tag begin at it, and a block scalar ends behind its last
line break.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import partial
from typing import Any, Final

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

from autofix.kubernetes.scalars import key_text
from autofix.text.document import NotEditableError
from autofix.text.yaml.node import Node
from autofix.text.yaml.parsing import ParsableText, parsable, parse
from autofix.text.yaml.reader import DEEPEST, is_merge, scalar_of

_PROPERTIES: Final = re.compile(r"(?:[&!]\S*\s+)*")
_JSON_SPACE: Final = re.compile(r"[ \t\r\n]*")
# What JSON allows in a string and YAML's parser does not: halves of pairs as escapes, and control characters.
_JSON_ONLY: Final = re.compile(
    r"\\u[dD][89a-fA-F][0-9a-fA-F]{2}|[\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]"
)


def yaml_layout(text: str) -> list[Node]:
    """Find the documents of a text that the readers can read.

    Args:
        text: the whole file, with its byte order mark if it has one.

    Returns:
        The root of each document that is not empty, in the readers' order.

    Raises:
        NotEditableError: when YAML's parser does not understand a text that the readers have read.
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
        whole = parsable(text)
        return parse(whole.text, partial(_roots_in, whole, 0))
    body = _JSON_ONLY.sub(lambda match: "\\u0078" if len(match[0]) > 1 else "x", body)
    roots: list[Node] = []
    for start, end in spans:
        value, offset = ParsableText(body[start:end], end - start, ()), skipped + start
        roots += parse(value.text, partial(_roots_in, value, offset))
    return roots


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


def _roots_in(text: ParsableText, offset: int, events: Iterator[Any]) -> list[Node]:
    return list(_roots(text, offset, events))


def _roots(text: ParsableText, offset: int, events: Iterator[Any]) -> Iterator[Node]:
    open_nodes: list[Node] = []
    keys: list[Node | None] = []
    anchors: dict[str, Node] = {}
    for event in events:
        if isinstance(event, CollectionEndEvent):
            node = open_nodes.pop()
            keys.pop()
            node.end = text.origin(_index(event.end_mark)) + offset
        elif isinstance(event, NodeEvent):
            node = _node(event, text, offset, anchors)
            if open_nodes:
                _attach(open_nodes[-1], keys, node, event)
            if isinstance(event, CollectionStartEvent):
                # The time of YAML's parser grows with the square of the depth.
                if len(open_nodes) == DEEPEST:
                    raise NotEditableError(f"nested more than {DEEPEST} deep", node.start)
                open_nodes.append(node)
                keys.append(None)
        else:
            if isinstance(event, DocumentStartEvent):
                anchors = {}
            continue
        if not open_nodes and not (isinstance(event, ScalarEvent) and node.value is None):
            yield node


def _node(event: Any, text: ParsableText, offset: int, anchors: dict[str, Node]) -> Node:
    start, end = event.start_mark.index, event.end_mark.index
    outer = text.origin(start) + offset
    if isinstance(event, AliasEvent):
        alias = Node(outer, text.origin(end) + offset, "*", outer)
        alias.target = anchors.get(str(event.anchor))
        return alias
    tagged = event.tag is not None
    if tagged or event.anchor is not None:
        match = _PROPERTIES.match(text.text, start, end)
        start = match.end() if match else start
    first = text.origin(start) + offset
    node = Node(first, text.origin(end) + offset, "", outer if tagged else first)
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
        # An alias as a key: nobody looks for its text, and no edit goes by it.
        node.key = ""
    keys[-1] = node
