"""Pairs among the tokens of a macro."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autofix.readers.model import Delivery, Setting
from autofix.readers.syntax import NodeRole
from autofix.readers.walk import NAME_BYTES, Spot, Walk, group_of

if TYPE_CHECKING:
    from tree_sitter import Node


def read_tokens(walk: Walk, spot: Spot) -> list[Spot]:
    """Read the tokens of a macro, such as those of ``json!``: pairs with a colon or an arrow between."""
    children = spot.node.children
    is_pair = (
        children[0].type == "(" and spot.parent is not None and walk.part(spot.parent) is NodeRole.TOKENS
    )
    rest: list[Spot] = []
    name, index = "", 0
    while index < len(children):
        child = children[index]
        separator = _behind(children, index + 1)
        sign = children[separator].type if separator < len(children) else ""
        if child.type in walk.strings and (sign in {":", "=>"} or (sign == "," and is_pair and index == 1)):
            end = _behind(children, separator + 2)
            name = walk.source.text_of(child, NAME_BYTES).strip('"')
            is_whole = end < len(children) and children[end].type in {",", "}", ")", "]"}
            if is_whole and children[separator + 1].type != "token_tree":
                nodes = walk.add_pair(group_of(spot), spot.place, child, children[separator + 1])
                rest += [Spot(node, spot.place.named(name), spot.node) for node in nodes]
                index = end
                continue
            literal = walk.linkerd_key(child)
            if literal is not None:
                setting = Setting(literal.body, literal.span, delivery=Delivery.EXPRESSION)
                walk.add(group_of(spot), spot.place, setting)
            index = separator + 1
            continue
        rest.append(Spot(child, spot.place.named(name) if name else spot.place, spot.node))
        if sign == ",":
            name = ""
        index += 1
    return rest


def _behind(children: list[Node], index: int) -> int:
    """Return the first token that is not part of a conversion such as ``.to_string()``."""
    while index + 2 < len(children) and children[index].type == ".":
        index += 3
    return index
