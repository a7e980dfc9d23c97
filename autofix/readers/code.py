"""Walks the syntax tree of a program and gathers the annotations in it.

The walk goes only into nodes that hold a word of interest, with a stack of its own, and hands down what the
names around each place say. So it visits each node once, however deep a program is nested.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from autofix.readers.keys import fragments_of, matters
from autofix.readers.literals import (
    Source,
    StringLiteral,
    inner_text,
    last_name,
    setting_of,
    string_literal,
    unwrapped,
    value_of,
)
from autofix.readers.model import (
    NOT_SET,
    NOT_UNDERSTOOD,
    Branch,
    Delivery,
    Fragment,
    InnerText,
    Setting,
    TextReading,
    TextSpan,
)
from autofix.readers.owners import Place
from autofix.readers.syntax import Grammar, Part

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
_OPERATORS: Final = frozenset({"&&", "||", "??", "and", "or"})
# How much of the text of a function, a type or a variable is looked at, in bytes.
_NAME_BYTES: Final = 200


class _Group(NamedTuple):
    """Settings that belong together: those of one literal, or of one variable in one block."""

    place: Place
    reason: str
    settings: list[Setting]


class _Spot(NamedTuple):
    """A node of the tree, what the names around it say, and the node that it is in."""

    node: Node
    place: Place
    parent: Node | None


class _Walk(NamedTuple):
    """What the walk knows, and what it has gathered."""

    source: Source
    parts: Mapping[str, Part]
    strings: frozenset[str]
    groups: dict[tuple[object, ...], _Group]
    texts: list[InnerText]
    unread: list[TextSpan]

    def part(self, node: Node) -> Part | None:
        return self.parts.get(node.type)

    def key(self, node: Node | None) -> StringLiteral | None:
        """Return the string that a key is, if it is known letter by letter."""
        if node is None:
            return None
        node = unwrapped(node, self.strings)
        literal = string_literal(self.source, node) if node.type in self.strings else None
        return literal if literal is not None and literal.is_exact else None

    def linkerd_key(self, node: Node | None) -> StringLiteral | None:
        """Return the string that a key of Linkerd's is."""
        if node is None or not self.source.has_hit(node):
            return None
        literal = self.key(node)
        return literal if literal is not None and matters(literal.body) else None

    def add(self, name: tuple[object, ...], place: Place, setting: Setting, reason: str = "") -> None:
        """Put a setting to the others of its group."""
        reason = reason or (NOT_SET if place.is_asked else "")
        full_name = (*name, place.side, place.annotations_target(), reason)
        self.groups.setdefault(full_name, _Group(place, reason, [])).settings.append(setting)

    def add_alone(self, key: StringLiteral, place: Place, reason: str) -> None:
        """Note a key whose value is not beside it."""
        setting = Setting(key.body, key.span, delivery=Delivery.EXPRESSION)
        self.add(("alone", key.span), place, setting, reason)

    def add_pair(self, name: tuple[object, ...], place: Place, key: Node, value: Node) -> list[Node]:
        """Put a pair to the others of its literal; return the nodes that are still to be read."""
        literal = self.key(key)
        if literal is None:
            return [key, value]
        found_value = value_of(self.source, value, self.strings)
        self.add(name, place, setting_of(literal, found_value))
        consumed = matters(literal.body) and (found_value.is_null or found_value.span is not None)
        return [] if consumed else [value]


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
    strings = frozenset(name for name, part in grammar.parts.items() if part is Part.STRING)
    walk = _Walk(source, grammar.parts, strings, {}, [], [])
    stack = [_Spot(tree.root_node, Place(), None)]
    while stack:
        spot = stack.pop()
        part = walk.part(spot.node)
        inner = _STEPS[part](walk, spot) if part in _STEPS else _children(walk, spot)
        stack.extend(
            child for child in inner if source.has_hit(child.node) or walk.part(child.node) is Part.PAIR
        )
    return TextReading(_fragments(walk), tuple(sorted(walk.texts, key=_begin)), tuple(sorted(walk.unread)))


def _begin(text: InnerText) -> int:
    return text.runs[0][1]


def _fragments(walk: _Walk) -> tuple[Fragment, ...]:
    fragments = [
        fragment
        for group in walk.groups.values()
        for fragment in fragments_of(
            sorted(group.settings, key=_key_start),
            group.place.annotations_target(),
            group.place.branch,
            group.reason,
            group.place.kind,
        )
    ]
    return tuple(sorted(fragments, key=lambda fragment: fragment.settings[0].key_span))


def _key_start(setting: Setting) -> int:
    return setting.key_span[0]


def _children(walk: _Walk, spot: _Spot) -> list[_Spot]:
    """Return what is in a node, with the branches that its cases are, and the kind that a literal names."""
    children = spot.node.named_children
    place = spot.place
    if any(walk.part(child) is Part.PAIR for child in children):
        place = _with_kind(walk, place, children)
    return _with_cases(walk, [_Spot(child, place, spot.node) for child in children])


def _with_kind(walk: _Walk, place: Place, children: Iterable[Node]) -> Place:
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


def _pair(walk: _Walk, spot: _Spot) -> list[_Spot]:
    named = [child for child in spot.node.named_children if walk.part(child) is not Part.COMMENT]
    if len(named) < 2:  # noqa: PLR2004 - a key and a value
        return [_Spot(child, spot.place, spot.node) for child in named]
    key, value = named[0], named[-1]
    group, place = _group(spot), spot.place
    if key.type == "dotted_key":
        prefix, key = key.named_children[0], key.named_children[-1]
        parent = walk.source.text_of(prefix, _NAME_BYTES)
        group, place = (*group, parent), place.named(parent.rpartition(".")[2])
    rest = walk.add_pair(group, place, key, value)
    inner = place.named(walk.source.text_of(key, _NAME_BYTES).strip("\"'`[]"))
    return [_Spot(child, inner, spot.node) for child in rest]


def _group(spot: _Spot) -> tuple[object, ...]:
    """Name the group of a pair: the variable that its literal is put into, else the literal."""
    if spot.place.variable:
        return spot.place.block, spot.place.variable
    return ("literal", None if spot.parent is None else spot.parent.id)


def _array(walk: _Walk, spot: _Spot) -> list[_Spot]:
    """Read a list, or a pair that is written as a list or tuple of two within a list."""
    in_list = spot.parent is not None and walk.part(spot.parent) in {Part.ARRAY, Part.TOKENS}
    named = [child for child in spot.node.named_children if walk.part(child) is not Part.COMMENT]
    if in_list and len(named) == 2 and walk.linkerd_key(named[0]) and not walk.linkerd_key(named[1]):  # noqa: PLR2004
        rest = walk.add_pair(_group(spot), spot.place, named[0], named[1])
        return [_Spot(child, spot.place, spot.node) for child in rest]
    return _children(walk, spot)


def _table(walk: _Walk, spot: _Spot) -> list[_Spot]:
    header = spot.node.named_children[0]
    name = walk.source.text_of(header, _NAME_BYTES).rpartition(".")[2].strip("\"' ")
    return _children(walk, spot._replace(place=spot.place.named(name)))


def _typed(walk: _Walk, spot: _Spot) -> list[_Spot]:
    name = spot.node.child_by_field_name("type") or spot.node.child_by_field_name("name")
    place = spot.place if name is None else spot.place.of_kind(walk.source.text_of(name, _NAME_BYTES))
    return _children(walk, spot._replace(place=place))


def _named(walk: _Walk, spot: _Spot) -> list[_Spot]:
    name = spot.node.child_by_field_name("name") or spot.node.child_by_field_name("field")
    text = "" if name is None else walk.source.text_of(name, _NAME_BYTES)
    return _children(walk, spot._replace(place=spot.place.named(text)))


def _declared(walk: _Walk, spot: _Spot) -> list[_Spot]:
    """Read a declaration or an assignment; of an index, it sets a key."""
    node = spot.node
    left = next(
        (side for field in ("left", "name", "pattern") if (side := node.child_by_field_name(field))), None
    )
    right = node.child_by_field_name("right") or node.child_by_field_name("value")
    if left is None or right is None:
        return _children(walk, spot)
    left = unwrapped(left, walk.strings)
    if walk.part(left) is Part.SUBSCRIPT:
        return _set_index(walk, spot, left, right)
    variable = walk.source.text_of(left, _NAME_BYTES)
    inner = spot.place.named(variable.rpartition(".")[2], variable)
    return [_Spot(left, spot.place, node), _Spot(right, inner, node)]


def _set_index(walk: _Walk, spot: _Spot, left: Node, right: Node) -> list[_Spot]:
    key, variable, place = _index(walk, spot, left)
    if key is None or not matters(key.body):
        name = "" if key is None else key.body
        return [_Spot(left, spot.place, spot.node), _Spot(right, place.named(name), spot.node)]
    value = value_of(walk.source, right, walk.strings)
    walk.add((place.block, variable), place, setting_of(key, value))
    return [_Spot(left.named_children[0], spot.place, spot.node)] + (
        [_Spot(right, place, spot.node)] if value.span is None and not value.is_null else []
    )


def _index(walk: _Walk, spot: _Spot, node: Node) -> tuple[StringLiteral | None, str, Place]:
    """Return the key of an index, the text of what it is an index of, and the place that this names."""
    named = [child for child in node.named_children if walk.part(child) is not Part.COMMENT]
    variable = walk.source.text_of(named[0], _NAME_BYTES)
    return walk.key(named[-1]), variable, spot.place.of_kind(variable)


def _subscript(walk: _Walk, spot: _Spot) -> list[_Spot]:
    key, _, place = _index(walk, spot, spot.node)
    if key is None or not matters(key.body):
        return _children(walk, spot)
    walk.add_alone(key, place, NOT_SET)
    return [_Spot(spot.node.named_children[0], spot.place, spot.node)]


def _deleted(walk: _Walk, spot: _Spot) -> list[_Spot]:
    children = []
    for child in spot.node.named_children:
        is_index = walk.part(child) is Part.SUBSCRIPT and spot.node.children[0].type in {"del", "delete"}
        key, variable, place = _index(walk, spot, child) if is_index else (None, "", spot.place)
        if key is not None and matters(key.body):
            walk.add((place.block, variable), place, Setting(key.body, key.span, is_set=False))
        else:
            children.append(_Spot(child, spot.place, spot.node))
    return children


def _call(walk: _Walk, spot: _Spot) -> list[_Spot]:
    """Read a call: it may set, remove or ask for a key, or make an object of a kind."""
    node = spot.node
    function = next(
        (name for field in ("function", "constructor", "macro") if (name := node.child_by_field_name(field))),
        None,
    )
    if function is None:
        return _children(walk, spot)
    text = walk.source.text_of(function, _NAME_BYTES)
    place = spot.place.of_kind(text)
    arguments = node.child_by_field_name("arguments")
    if arguments is None:
        return [_Spot(child, place, node) for child in node.named_children]
    named = [child for child in arguments.named_children if walk.part(child) is not Part.COMMENT]
    rest = _arguments(walk, place, last_name(function), text, named)
    return [_Spot(function, spot.place, node), *(_Spot(child, place, arguments) for child in rest)]


def _arguments(walk: _Walk, place: Place, name: str, function: str, named: list[Node]) -> list[Node]:
    """Read the arguments of a call; return those that are still to be read."""
    index = next((index for index, child in enumerate(named) if walk.linkerd_key(child)), None)
    key = None if index is None else walk.linkerd_key(named[index])
    if index is None or key is None:
        return named
    variable = function.rpartition(".")[0] or (walk.source.text_of(named[0], _NAME_BYTES) if index else "")
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


def _tokens(walk: _Walk, spot: _Spot) -> list[_Spot]:
    """Read the tokens of a macro, such as those of ``json!``: pairs with a colon or an arrow between."""
    children = spot.node.children
    is_pair = children[0].type == "(" and spot.parent is not None and walk.part(spot.parent) is Part.TOKENS
    rest: list[_Spot] = []
    name, index = "", 0
    while index < len(children):
        child = children[index]
        separator = _behind(children, index + 1)
        sign = children[separator].type if separator < len(children) else ""
        if child.type in walk.strings and (sign in {":", "=>"} or (sign == "," and is_pair and index == 1)):
            end = _behind(children, separator + 2)
            name = walk.source.text_of(child, _NAME_BYTES).strip('"')
            is_whole = end < len(children) and children[end].type in {",", "}", ")", "]"}
            if is_whole and children[separator + 1].type != "token_tree":
                nodes = walk.add_pair(_group(spot), spot.place, child, children[separator + 1])
                rest += [_Spot(node, spot.place.named(name), spot.node) for node in nodes]
                index = end
                continue
            literal = walk.linkerd_key(child)
            if literal is not None:
                setting = Setting(literal.body, literal.span, delivery=Delivery.EXPRESSION)
                walk.add(_group(spot), spot.place, setting)
            index = separator + 1
            continue
        rest.append(_Spot(child, spot.place.named(name) if name else spot.place, spot.node))
        if sign == ",":
            name = ""
        index += 1
    return rest


def _behind(children: list[Node], index: int) -> int:
    """Return the first token that is not part of a conversion such as ``.to_string()``."""
    while index + 2 < len(children) and children[index].type == ".":
        index += 3
    return index


def _block(walk: _Walk, spot: _Spot) -> list[_Spot]:
    """Read statements; what follows an ``if`` that returns is its alternative."""
    place = spot.place._replace(block=spot.node.id, variable="")
    spots = []
    for child in spot.node.named_children:
        if _returns(walk, child):
            place = place.on_branch(Branch.ALTERNATIVE, child.id)
        spots.append(_Spot(child, place, spot.node))
    return _with_cases(walk, spots)


def _with_cases(walk: _Walk, spots: list[_Spot]) -> list[_Spot]:
    cases = sum(walk.part(spot.node) is Part.CASE and walk.source.has_hit(spot.node) for spot in spots)
    if not cases:
        return spots
    branch = Branch.ALTERNATIVE if cases > 1 else Branch.CONDITIONAL
    return [
        spot._replace(place=spot.place.on_branch(branch, spot.node.id))
        if walk.part(spot.node) is Part.CASE
        else spot
        for spot in spots
    ]


def _returns(walk: _Walk, node: Node) -> bool:
    """Tell whether a statement is an ``if`` with a key in it, which ends with a return."""
    if walk.part(node) is None and node.type == "expression_statement" and node.named_child_count:
        node = node.named_children[0]
    body = node.child_by_field_name("consequence") if walk.part(node) is Part.IF else None
    if body is None or not walk.source.has_hit(body):
        return False
    while body.named_child_count and walk.part(body) is Part.BLOCK:
        body = body.named_children[-1]
    if body.type == "expression_statement" and body.named_child_count:
        body = body.named_children[0]
    return body.type.startswith("return")


def _if(walk: _Walk, spot: _Spot) -> list[_Spot]:
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
        _Spot(child, spot.place.on_branch(branch, child.id) if child.id in side_ids else spot.place, node)
        for child in named
    ]


def _logic(walk: _Walk, spot: _Spot) -> list[_Spot]:
    node = spot.node
    if any(child.type in _OPERATORS for child in node.children):
        first, *others = node.named_children
        conditional = spot.place.on_branch(Branch.CONDITIONAL, node.id)
        return [_Spot(first, spot.place, node), *(_Spot(child, conditional, node) for child in others)]
    return _children(walk, spot._replace(place=spot.place._replace(is_asked=True)))


def _string(walk: _Walk, spot: _Spot) -> list[_Spot]:
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


def _error(walk: _Walk, spot: _Spot) -> list[_Spot]:
    walk.unread.append(walk.source.span(spot.node))
    return []


def _nothing(_walk: _Walk, _spot: _Spot) -> list[_Spot]:
    return []


_STEPS: Final[Mapping[Part | None, Callable[[_Walk, _Spot], list[_Spot]]]] = MappingProxyType(
    {
        Part.STRING: _string,
        Part.COMMENT: _nothing,
        Part.PAIR: _pair,
        Part.TUPLE: _array,
        Part.ARRAY: _array,
        Part.TOKENS: _tokens,
        Part.TABLE: _table,
        Part.NAMED: _named,
        Part.DECLARED: _declared,
        Part.SUBSCRIPT: _subscript,
        Part.DELETED: _deleted,
        Part.CALL: _call,
        Part.TYPED: _typed,
        Part.BLOCK: _block,
        Part.IF: _if,
        Part.LOGIC: _logic,
        Part.ERROR: _error,
    }
)
