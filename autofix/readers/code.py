"""Walks the syntax tree of a program and gathers the annotations in it.

The walk goes only into nodes that hold a word of interest, with a stack of its own, and hands down what the
names around each place say. So it visits each node once, however deep a program is nested.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from autofix.readers.changes import read_call, read_declared, read_deleted, read_subscript
from autofix.readers.keys import fragments_of, matters
from autofix.readers.literals import Source, string_literal
from autofix.readers.model import (
    BRANCH,
    NOT_SET,
    NOT_UNDERSTOOD,
    Branch,
    Fragment,
    InnerText,
    Setting,
    TextReading,
)
from autofix.readers.owners import CodePlace
from autofix.readers.string_texts import inner_text
from autofix.readers.syntax import Grammar, NodeRole
from autofix.readers.tokens import read_tokens
from autofix.readers.walk import NAME_BYTES, Spot, Walk, children_of, group_of, with_cases

if TYPE_CHECKING:
    from tree_sitter import Node

_OPERATORS: Final = frozenset({"&&", "||", "??", "and", "or"})


def read_code(text: str, grammar: Grammar) -> TextReading:
    """Read a program.

    Args:
        text: the text.
        grammar: the grammar of its language.

    Returns:
        The annotations in its literals, and the texts in its strings. Comments are not read.
    """
    source = Source(text)
    if not source.hits:
        return TextReading()
    tree = grammar.parse(source.data)
    if tree is None:
        return TextReading(unread=((0, len(text)),))
    strings = frozenset(name for name, part in grammar.parts.items() if part is NodeRole.STRING)
    walk = Walk(source, grammar.parts, strings, {}, [], [])
    stack = [Spot(tree.root_node, CodePlace(), None)]
    while stack:
        spot = stack.pop()
        part = walk.part(spot.node)
        inner = _STEPS[part](walk, spot) if part in _STEPS else children_of(walk, spot)
        stack.extend(
            child for child in inner if source.has_hit(child.node) or walk.part(child.node) is NodeRole.PAIR
        )
    return TextReading(_fragments(walk), tuple(sorted(walk.texts, key=_begin)), tuple(sorted(walk.unread)))


def _begin(text: InnerText) -> int:
    return text.runs[0][1]


def _fragments(walk: Walk) -> tuple[Fragment, ...]:
    merged = _merged_names(walk)
    fragments = [
        fragment
        for group in walk.groups.values()
        for fragment in fragments_of(
            sorted(group.settings, key=_key_start),
            group.place.annotations_target(),
            group.place.branch,
            group.reason or (BRANCH if group.name in merged else ""),
            group.place.kind,
        )
    ]
    return tuple(sorted(fragments, key=lambda fragment: fragment.settings[0].key_span))


def _merged_names(walk: Walk) -> set[tuple[object, ...]]:
    """Return the names of groups of which one is merged into the other, perhaps under a condition.

    Neither says alone what the object will have.
    """
    groups = [
        group for group in walk.groups.values() if any(matters(setting.key) for setting in group.settings)
    ]
    names = {group.name for group in groups}
    merged: set[tuple[object, ...]] = set()
    for group in groups:
        outer = names.intersection(group.outer) - {group.name}
        merged |= outer | ({group.name} if outer else set())
    return merged


def _key_start(setting: Setting) -> int:
    return setting.key_span[0]


def _pair(walk: Walk, spot: Spot) -> list[Spot]:
    named = [child for child in spot.node.named_children if walk.part(child) is not NodeRole.COMMENT]
    if len(named) < 2:  # noqa: PLR2004 - a key and a value
        return [Spot(child, spot.place, spot.node) for child in named]
    key, value = named[0], named[-1]
    group, place = group_of(spot), spot.place
    if key.type == "dotted_key":
        prefix, key = key.named_children[0], key.named_children[-1]
        parent = walk.source.text_of(prefix, NAME_BYTES)
        group, place = (*group, parent), place.named(parent.rpartition(".")[2])
    rest = walk.add_pair(group, place, key, value)
    inner = place._replace(around=None).named(walk.source.text_of(key, NAME_BYTES).strip("\"'`[]"))
    return [Spot(child, inner, spot.node) for child in rest]


def _array(walk: Walk, spot: Spot) -> list[Spot]:
    """Read a list, or a pair that is written as a list or tuple of two within a list."""
    in_list = spot.parent is not None and walk.part(spot.parent) in {NodeRole.ARRAY, NodeRole.TOKENS}
    named = [child for child in spot.node.named_children if walk.part(child) is not NodeRole.COMMENT]
    if in_list and len(named) == 2 and walk.linkerd_key(named[0]) and not walk.linkerd_key(named[1]):  # noqa: PLR2004
        rest = walk.add_pair(group_of(spot), spot.place, named[0], named[1])
        return [Spot(child, spot.place, spot.node) for child in rest]
    return children_of(walk, spot)


def _table(walk: Walk, spot: Spot) -> list[Spot]:
    header = spot.node.named_children[0]
    name = walk.source.text_of(header, NAME_BYTES).rpartition(".")[2].strip("\"' ")
    return children_of(walk, spot._replace(place=spot.place.named(name)))


def _typed(walk: Walk, spot: Spot) -> list[Spot]:
    name = spot.node.child_by_field_name("type") or spot.node.child_by_field_name("name")
    place = spot.place if name is None else spot.place.of_kind(walk.source.text_of(name, NAME_BYTES))
    return children_of(walk, spot._replace(place=place))


def _named(walk: Walk, spot: Spot) -> list[Spot]:
    name = spot.node.child_by_field_name("name") or spot.node.child_by_field_name("field")
    text = "" if name is None else walk.source.text_of(name, NAME_BYTES)
    return children_of(walk, spot._replace(place=spot.place.named(text)))


def _block(walk: Walk, spot: Spot) -> list[Spot]:
    """Read statements; what follows an ``if`` that returns is its alternative."""
    place = spot.place.in_block(spot.node.id)
    spots = []
    for child in spot.node.named_children:
        if _returns(walk, child):
            place = place.on_branch(Branch.ALTERNATIVE, child.id)
        spots.append(Spot(child, place, spot.node))
    return with_cases(walk, spots)


def _returns(walk: Walk, node: Node) -> bool:
    """Tell whether a statement is an ``if`` with a key in it, which ends with a return."""
    if walk.part(node) is None and node.type == "expression_statement" and node.named_child_count:
        node = node.named_children[0]
    body = node.child_by_field_name("consequence") if walk.part(node) is NodeRole.IF else None
    if body is None or not walk.source.has_hit(body):
        return False
    while body.named_child_count and walk.part(body) is NodeRole.BLOCK:
        body = body.named_children[-1]
    if body.type == "expression_statement" and body.named_child_count:
        body = body.named_children[0]
    return body.type.startswith("return")


def _if(walk: Walk, spot: Spot) -> list[Spot]:
    node = spot.node
    sides = [*node.children_by_field_name("consequence"), *node.children_by_field_name("alternative")]
    named = node.named_children
    if not sides:
        # Python's conditional expression has no fields.
        sides = [named[0], named[-1]]
    full = sum(walk.source.has_hit(side) for side in sides)
    branch = Branch.ALTERNATIVE if full > 1 else Branch.CONDITIONAL
    side_ids = {side.id for side in sides}
    return [
        Spot(child, spot.place.on_branch(branch, child.id) if child.id in side_ids else spot.place, node)
        for child in named
    ]


def _logic(walk: Walk, spot: Spot) -> list[Spot]:
    node = spot.node
    if any(child.type in _OPERATORS for child in node.children):
        first, *others = node.named_children
        conditional = spot.place.on_branch(Branch.CONDITIONAL, node.id)
        return [Spot(first, spot.place, node), *(Spot(child, conditional, node) for child in others)]
    return children_of(walk, spot._replace(place=spot.place._replace(is_asked=True)))


def _string(walk: Walk, spot: Spot) -> list[Spot]:
    """Read a string that is no key of a pair: a key elsewhere, a text of another language, or neither."""
    literal = string_literal(walk.source, spot.node)
    if literal is not None and literal.is_exact and matters(literal.body):
        walk.add_alone(literal, spot.place, NOT_SET if spot.place.is_asked else NOT_UNDERSTOOD)
        return []
    text = None if literal is None else inner_text(literal, spot.place.text_target())
    if text is None:
        walk.unread.append(walk.source.span(spot.node))
    else:
        walk.texts.append(text)
    return []


def _error(walk: Walk, spot: Spot) -> list[Spot]:
    walk.unread.append(walk.source.span(spot.node))
    return []


def _nothing(_walk: Walk, _spot: Spot) -> list[Spot]:
    return []


_STEPS: Final[Mapping[NodeRole | None, Callable[[Walk, Spot], list[Spot]]]] = MappingProxyType(
    {
        NodeRole.STRING: _string,
        NodeRole.COMMENT: _nothing,
        NodeRole.PAIR: _pair,
        NodeRole.TUPLE: _array,
        NodeRole.ARRAY: _array,
        NodeRole.TOKENS: read_tokens,
        NodeRole.TABLE: _table,
        NodeRole.NAMED: _named,
        NodeRole.DECLARED: read_declared,
        NodeRole.SUBSCRIPT: read_subscript,
        NodeRole.DELETED: read_deleted,
        NodeRole.CALL: read_call,
        NodeRole.TYPED: _typed,
        NodeRole.BLOCK: _block,
        NodeRole.IF: _if,
        NodeRole.LOGIC: _logic,
        NodeRole.ERROR: _error,
    }
)
