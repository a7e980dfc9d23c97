"""Statements that set, remove or ask for a key: assignments, indexes, deletions and calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from autofix.readers.keys import matters
from autofix.readers.literals import StringLiteral, last_name, setting_of, unwrapped, value_of
from autofix.readers.model import NOT_SET, NOT_UNDERSTOOD, Setting
from autofix.readers.owners import CodePlace
from autofix.readers.syntax import NodeRole
from autofix.readers.walk import NAME_BYTES, Spot, Walk, children_of

if TYPE_CHECKING:
    from tree_sitter import Node

_REMOVERS: Final = frozenset(
    {"delete", "pop", "remove", "unset", "removeAnnotation", "remove_annotation", "remove_entry", "discard"}
)
_SETTERS: Final = frozenset(
    {"insert", "set", "setdefault", "put", "add", "append", "push", "config", "setIfAbsent"}
)
_READERS: Final = frozenset(
    {"get", "Get", "has", "contains_key", "contains", "HasAnnotation", "includes", "in"}
)
# Whoever names a function so sets an annotation or a label with it, if a key and a value follow.
_SET_WORDS: Final = ("set", "add", "with", "put", "insert")


def read_declared(walk: Walk, spot: Spot) -> list[Spot]:
    """Read a declaration or an assignment; of an index, it sets a key."""
    node = spot.node
    left = next(
        (side for field in ("left", "name", "pattern") if (side := node.child_by_field_name(field))), None
    )
    right = node.child_by_field_name("right") or node.child_by_field_name("value")
    if left is None or right is None:
        return children_of(walk, spot)
    left = unwrapped(walk.source, left, walk.strings)
    if walk.part(left) is NodeRole.SUBSCRIPT:
        return _set_index(walk, spot, left, right)
    variable = walk.source.text_of(left, NAME_BYTES)
    inner = spot.place.named(variable.rpartition(".")[2], variable)
    return [Spot(left, spot.place, node), Spot(right, inner, node)]


def _set_index(walk: Walk, spot: Spot, left: Node, right: Node) -> list[Spot]:
    key, variable, place = _index(walk, spot, left)
    if key is None or not matters(key.body):
        name = "" if key is None else key.body
        return [Spot(left, spot.place, spot.node), Spot(right, place.named(name), spot.node)]
    value = value_of(walk.source, right, walk.strings)
    walk.add((place.block, variable), place, setting_of(key, value))
    return [Spot(left.named_children[0], spot.place, spot.node)] + (
        [Spot(right, place, spot.node)] if value.span is None and not value.is_null else []
    )


def _index(walk: Walk, spot: Spot, node: Node) -> tuple[StringLiteral | None, str, CodePlace]:
    """Return the key of an index, the text of what it is an index of, and the place that this names."""
    named = [child for child in node.named_children if walk.part(child) is not NodeRole.COMMENT]
    variable = walk.source.text_of(named[0], NAME_BYTES)
    return walk.key(named[-1]), variable, spot.place.of_kind(variable)


def read_subscript(walk: Walk, spot: Spot) -> list[Spot]:
    """Read an index that sets nothing."""
    key, _, place = _index(walk, spot, spot.node)
    if key is None or not matters(key.body):
        return children_of(walk, spot)
    walk.add_alone(key, place, NOT_SET)
    return [Spot(spot.node.named_children[0], spot.place, spot.node)]


def read_deleted(walk: Walk, spot: Spot) -> list[Spot]:
    """Read a statement that may delete an index."""
    children = []
    for child in spot.node.named_children:
        is_index = walk.part(child) is NodeRole.SUBSCRIPT and spot.node.children[0].type in {"del", "delete"}
        key, variable, place = _index(walk, spot, child) if is_index else (None, "", spot.place)
        if key is not None and matters(key.body):
            walk.add((place.block, variable), place, Setting(key.body, key.span, is_set=False))
        else:
            children.append(Spot(child, spot.place, spot.node))
    return children


def read_call(walk: Walk, spot: Spot) -> list[Spot]:
    """Read a call: it may set, remove or ask for a key, or make an object of a kind."""
    node = spot.node
    function = next(
        (name for field in ("function", "constructor", "macro") if (name := node.child_by_field_name(field))),
        None,
    )
    if function is None:
        return children_of(walk, spot)
    text = walk.source.text_of(function, NAME_BYTES)
    place = spot.place.of_kind(text)
    arguments = node.child_by_field_name("arguments")
    if arguments is None:
        return [Spot(child, place, node) for child in node.named_children]
    named = [child for child in arguments.named_children if walk.part(child) is not NodeRole.COMMENT]
    rest = _arguments(walk, place, last_name(walk.source, function), text, named)
    return [Spot(function, spot.place, node), *(Spot(child, place, arguments) for child in rest)]


def _arguments(walk: Walk, place: CodePlace, name: str, function: str, named: list[Node]) -> list[Node]:
    """Read the arguments of a call; return those that are still to be read."""
    index = next((index for index, child in enumerate(named) if walk.linkerd_key(child)), None)
    key = None if index is None else walk.linkerd_key(named[index])
    if index is None or key is None:
        return named
    variable = function.rpartition(".")[0] or (walk.source.text_of(named[0], NAME_BYTES) if index else "")
    group = (place.block, variable)
    rest = [child for child in named if child is not named[index]]
    if name in _REMOVERS:
        walk.add(group, place, Setting(key.body, key.span, is_set=False))
    elif name in _READERS:
        walk.add_alone(key, place, NOT_SET)
    elif _is_setter(name) and index == len(named) - 2:
        return named[:index] + walk.add_pair(group, place, named[index], named[-1])
    else:
        walk.add_alone(key, place, NOT_UNDERSTOOD)
    return rest


def _is_setter(name: str) -> bool:
    lower = name.lower()
    of_metadata = "annotation" in lower or "label" in lower
    return name in _SETTERS or (of_metadata and any(word in lower for word in _SET_WORDS))
