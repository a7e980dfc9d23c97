"""What a walk through the syntax tree of a program knows and gathers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from autofix.readers.keys import matters
from autofix.readers.literals import Source, StringLiteral, setting_of, string_literal, unwrapped, value_of
from autofix.readers.model import NOT_SET, Branch, Delivery, InnerText, Setting, TextSpan
from autofix.readers.owners import CodePlace
from autofix.readers.syntax import NodeRole

if TYPE_CHECKING:
    from tree_sitter import Node

# How much of the text of a function, a type or a variable is looked at, in bytes.
NAME_BYTES: Final = 200


class Group(NamedTuple):
    """Settings that belong together: those of one literal, or of one variable in one block.

    ``name`` is that of the literal or variable, ``outer`` has the names of groups that it may be merged with.
    """

    name: tuple[object, ...]
    outer: tuple[tuple[object, ...], ...]
    place: CodePlace
    reason: str
    settings: list[Setting]


class Spot(NamedTuple):
    """A node of the tree, what the names around it say, and the node that it is in."""

    node: Node
    place: CodePlace
    parent: Node | None


class Walk(NamedTuple):
    """What the walk knows, and what it has gathered."""

    source: Source
    parts: Mapping[str, NodeRole]
    strings: frozenset[str]
    groups: dict[tuple[object, ...], Group]
    texts: list[InnerText]
    unread: list[TextSpan]

    def part(self, node: Node) -> NodeRole | None:
        """Return the part that a node plays."""
        return self.parts.get(node.type)

    def key(self, node: Node | None) -> StringLiteral | None:
        """Return the string that a key is, if it is known letter by letter."""
        if node is None:
            return None
        node = unwrapped(self.source, node, self.strings)
        literal = string_literal(self.source, node) if node.type in self.strings else None
        return literal if literal is not None and literal.is_exact else None

    def linkerd_key(self, node: Node | None) -> StringLiteral | None:
        """Return the string that a key of Linkerd's is."""
        if node is None or not self.source.has_hit(node):
            return None
        literal = self.key(node)
        return literal if literal is not None and matters(literal.body) else None

    def add(self, name: tuple[object, ...], place: CodePlace, setting: Setting, reason: str = "") -> None:
        """Put a setting to the others of its group."""
        reason = reason or (NOT_SET if place.is_asked else "")
        full_name = (*name, place.side, place.annotations_target(), reason)
        outer = tuple((block, *name[1:]) for block in place.outer) if name[:1] == (place.block,) else ()
        outer = (*outer, place.around) if place.around else outer
        self.groups.setdefault(full_name, Group(name, outer, place, reason, [])).settings.append(setting)

    def add_alone(self, key: StringLiteral, place: CodePlace, reason: str) -> None:
        """Note a key whose value is not beside it."""
        setting = Setting(key.body, key.span, delivery=Delivery.EXPRESSION)
        self.add(("alone", key.span), place, setting, reason)

    def add_pair(self, name: tuple[object, ...], place: CodePlace, key: Node, value: Node) -> list[Node]:
        """Put a pair to the others of its literal; return the nodes that are still to be read."""
        literal = self.key(key)
        if literal is None:
            return [key, value]
        found_value = value_of(self.source, value, self.strings)
        self.add(name, place, setting_of(literal, found_value))
        consumed = matters(literal.body) and (found_value.is_null or found_value.span is not None)
        return [] if consumed else [value]


def group_of(spot: Spot) -> tuple[object, ...]:
    """Name the group of a pair: the variable that its literal is put into, else the literal."""
    if spot.place.variable:
        return spot.place.block, spot.place.variable
    return ("literal", None if spot.parent is None else spot.parent.id)


def children_of(walk: Walk, spot: Spot) -> list[Spot]:
    """Return what is in a node, with the branches that its cases are, and the kind that a literal names."""
    children = spot.node.named_children
    place = spot.place
    spread = place
    if any(walk.part(child) is NodeRole.PAIR for child in children):
        place = _with_kind(walk, place, children)
        own = group_of(Spot(spot.node, place, spot.node))
        spread = place._replace(around=own, variable="")
    return with_cases(
        walk,
        [
            Spot(child, place if walk.part(child) is NodeRole.PAIR else spread, spot.node)
            for child in children
        ],
    )


def with_cases(walk: Walk, spots: list[Spot]) -> list[Spot]:
    """Put the cases among nodes on branches."""
    cases = sum(walk.part(spot.node) is NodeRole.CASE and walk.source.has_hit(spot.node) for spot in spots)
    if not cases:
        return spots
    branch = Branch.ALTERNATIVE if cases > 1 else Branch.CONDITIONAL
    return [
        spot._replace(place=spot.place.on_branch(branch, spot.node.id))
        if walk.part(spot.node) is NodeRole.CASE
        else spot
        for spot in spots
    ]


def _with_kind(walk: Walk, place: CodePlace, children: Iterable[Node]) -> CodePlace:
    """Look for ``kind: Namespace`` among the pairs of a literal."""
    for child in children:
        key = child.child_by_field_name("key")
        if key is None or key.end_byte - key.start_byte > len("'kind'"):
            continue
        if walk.source.text_of(key).strip("\"'`").lower() != "kind":
            continue
        value = child.child_by_field_name("value")
        literal = walk.key(value)
        if literal is not None:
            return place.of_kind(literal.body)._replace(variable="")
    return place
