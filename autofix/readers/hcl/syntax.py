"""The tree of a text, and the questions to it that need no knowledge of any provider."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final, NamedTuple

import tree_sitter_hcl
from tree_sitter import Language, Node, Parser

from autofix.readers.model import TextSpan

# Every key that autofix may speak of holds one of these; so do the settings of Linkerd's own chart.
_WORDS: Final = re.compile("linkerd|idecar|IDECAR")
_OTHER_CHARACTER: Final = re.compile(r"[^\x01-\x7f]")
_PLAIN_STRING: Final = re.compile(r'"(?:[^"\\$%\n]|\\.|[$%](?!\{))*"')
_ESCAPE: Final = re.compile(r"\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8}|\\.|\$\$(?=\{)|%%(?=\{)", re.DOTALL)
_ESCAPED: Final = {"\\n": "\n", "\\r": "\r", "\\t": "\t", "$$": "$", "%%": "%"}
_IDENTIFIER: Final = re.compile(r"[^\W\d][\w-]*")
_WRAPPERS: Final = frozenset(
    {"expression", "collection_value", "literal_value", "template_expr", "operation"}
)
_LARGEST_CHARACTER: Final = 0x10FFFF


class HclText(NamedTuple):
    """A text and where its words of interest stand.

    Attributes:
        text: the text.
        words: positions of the words, in order.
        namespaces: names of Namespaces, by the label of the resource that makes them.
    """

    text: str
    words: tuple[int, ...]
    namespaces: Mapping[str, str]

    def of(self, node: Node) -> str:
        """Return the text of a node."""
        return self.text[node.start_byte : node.end_byte]

    def concerns(self, node: Node) -> bool:
        """Tell whether a node holds a word of interest."""
        return self.within(node.start_byte, node.end_byte)

    def words_within(self, start: int, end: int) -> tuple[int, ...]:
        """Return the positions of the words of interest between two positions."""
        return self.words[bisect_left(self.words, start) : bisect_left(self.words, end)]

    def within(self, start: int, end: int) -> bool:
        """Tell whether a word of interest stands between two positions."""
        index = bisect_left(self.words, start)
        return index < len(self.words) and self.words[index] < end


class HclString(NamedTuple):
    """A string without a program in it.

    Attributes:
        value: the string.
        positions: where each of its characters stands in the text, and where the string ends.
    """

    value: str
    positions: tuple[int, ...]

    @property
    def span(self) -> TextSpan:
        """Where it stands, without quotes."""
        return self.positions[0], self.positions[-1]


class HclItem(NamedTuple):
    """An argument of a block, or an element of an object.

    Attributes:
        key: the expression or identifier of its name.
        name: its name; None if only a program knows it.
        value: the expression of its value.
        node: the whole item.
    """

    key: Node
    name: HclString | None
    value: Node
    node: Node


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_hcl.language()))


def parse(text: str) -> Node:
    """Parse a text.

    The grammar gets one ASCII character for each character of the text, so that positions in bytes are
    positions in characters. Outside of strings and comments a letter stays a letter, and every other
    character becomes one that HCL does not have.

    Args:
        text: the text.

    Returns:
        The root of the tree.
    """
    if not text.isascii() or "\0" in text:
        start = " " if text.startswith("\ufeff") else text[:1]
        text = _OTHER_CHARACTER.sub(lambda match: "x" if match[0].isalnum() else "`", start + text[1:])
    return _parser().parse(text.encode("ascii")).root_node


def words_of(text: str) -> tuple[int, ...]:
    """Return the positions of the words of interest."""
    return tuple(match.start() for match in _WORDS.finditer(text))


def inner(node: Node) -> Node:
    """Return what an expression is, without the nodes and parentheses around it."""
    while node.type in _WRAPPERS:
        children = node.named_children
        if len(children) != 1:
            children = [child for child in children if child.type != "comment"]
        if len(children) != 1:
            break
        node = children[0]
    return node


def string_literal(syntax: HclText, node: Node) -> HclString | None:
    """Read a string in quotes, also one in parentheses.

    Args:
        syntax: the text.
        node: an expression.

    Returns:
        The string; None if the expression is no string, or a program makes a part of it.
    """
    raw = syntax.of(node)
    start = node.start_byte
    if raw.startswith("("):
        node = inner(node)
        raw, start = syntax.of(node), node.start_byte
    if not raw.startswith('"') or not (_PLAIN_STRING.fullmatch(raw) or node_is_literal(node)):
        return None
    return decode(raw[1:-1], start + 1)


def node_is_literal(node: Node) -> bool:
    """Tell whether a node is a string without a program in it, by the grammar."""
    return inner(node).type == "string_lit"


def decode(raw: str, start: int) -> HclString:
    """Read the escapes of a string in quotes.

    Args:
        raw: what stands between the quotes.
        start: where that begins in the text.

    Returns:
        The string. ``$${`` and ``%%{`` are ``${`` and ``%{`` in it.

    Source: "Quoted Templates" in HCL's specification.
    """
    if "\\" not in raw and "$${" not in raw and "%%{" not in raw:
        return HclString(raw, tuple(range(start, start + len(raw) + 1)))
    value: list[str] = []
    positions: list[int] = []
    for part, begin, end in unescaped(raw):
        value.append(part)
        if len(part) == end - begin:
            positions.extend(range(start + begin, start + end))
        else:
            positions.append(start + begin)
    return HclString("".join(value), (*positions, start + len(raw)))


def unescaped(raw: str) -> Iterator[tuple[str, int, int]]:
    """Split what stands between quotes into parts without escapes, and escapes.

    Args:
        raw: what stands between the quotes.

    Yields:
        The text of a part, and where it begins and ends in ``raw``.
    """
    position = 0
    for match in _ESCAPE.finditer(raw):
        if match.start() > position:
            yield raw[position : match.start()], position, match.start()
        yield _unescape(match[0]), *match.span()
        position = match.end()
    if position < len(raw):
        yield raw[position:], position, len(raw)


def _unescape(escape: str) -> str:
    if escape[1] in "uU" and len(escape) > 2:  # noqa: PLR2004  # longer than a backslash and one character
        code = int(escape[2:], base=16)  # noqa: FURB166  # no other base is meant
        return chr(code) if code <= _LARGEST_CHARACTER else "\ufffd"
    return _ESCAPED.get(escape, escape[1])


def name_of(syntax: HclText, key: Node) -> HclString | None:
    """Read the name of an argument, a block or an element of an object.

    Args:
        syntax: the text.
        key: an identifier, or the expression of a key.

    Returns:
        The name; None if only a program knows it.

    Source: "Collection Values" in HCL's specification: an identifier is the name itself, an expression in
    parentheses is computed.
    """
    raw = syntax.of(key)
    if _IDENTIFIER.fullmatch(raw):
        return HclString(raw, tuple(range(key.start_byte, key.end_byte + 1)))
    return string_literal(syntax, key)


def items_of(syntax: HclText, node: Node) -> list[HclItem]:
    """Return the arguments of a body, or the elements of an object.

    Args:
        syntax: the text.
        node: a body or an object.
    """
    items: list[HclItem] = []
    for child in node.named_children:
        if child.type in {"attribute", "object_elem"}:
            parts = [part for part in child.named_children if part.type != "comment"]
            if len(parts) == 2:  # noqa: PLR2004  # the key and the value
                items.append(HclItem(parts[0], name_of(syntax, parts[0]), parts[1], child))
    return items


def by_name(items: list[HclItem]) -> dict[str, HclItem]:
    """Index items by their names; the last of several counts, as in HCL's objects."""
    return {item.name.value: item for item in items if item.name is not None}


def literal_of(syntax: HclText, items: Mapping[str, HclItem], name: str) -> str:
    """Return the string that an item has, or an empty one."""
    item = items.get(name)
    literal = None if item is None else string_literal(syntax, item.value)
    return "" if literal is None else literal.value


def body_of(block: Node) -> Node | None:
    """Return the body of a block; None if it is empty."""
    return next((child for child in block.named_children if child.type == "body"), None)


def header_of(syntax: HclText, block: Node) -> tuple[str, ...]:
    """Return the type of a block and its labels."""
    names: list[str] = []
    for child in block.named_children:
        if child.type == "block_start":
            break
        if child.type != "comment":
            names.append(syntax.of(child).strip('"'))
    return tuple(names)


def unread_spans(root: Node) -> tuple[TextSpan, ...]:
    """Return what the grammar could not read, in the order of the text."""
    spans: list[TextSpan] = []
    stack = [root] if root.has_error else []
    while stack:
        node = stack.pop()
        if node.is_error:
            spans.append((node.start_byte, node.end_byte))
        else:
            stack.extend(child for child in reversed(node.children) if child.has_error)
    return tuple(spans)
