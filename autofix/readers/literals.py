"""Literals in the syntax tree of a programming language: their text, their value, and where they stand."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from autofix.kubernetes.scalars import Scalar, resolve
from autofix.readers.keys import KEY_WORDS
from autofix.readers.model import Delivery, Setting, TextSpan

if TYPE_CHECKING:
    from tree_sitter import Node

_BLOCK: Final = 1024
_CONTINUATION: Final = bytes(range(0x80, 0xC0))
_QUOTE: Final = re.compile(r"""([A-Za-z]{0,3})(#*)(\"{3}|'{3}|["'`])""")
_NUMBER: Final = re.compile(r"-?\d{1,20}(?:\.\d{1,20})?\Z")
_WORDS: Final[Mapping[str, Scalar]] = MappingProxyType(
    {"true": True, "True": True, "false": False, "False": False}
    | dict.fromkeys(("None", "nil", "null", "undefined"))
)
_LONGEST_WORD: Final = 24
# Functions and methods that give a string the type that an API asks for, and leave its characters alone.
_CONVERSIONS: Final = frozenset(
    {"to_string", "to_owned", "into", "from", "String", "string", "str", "Some", "Into", "ToString"}
)
# Deeper than anybody wraps a literal.
_DEEPEST: Final = 6


class Source:
    """A text, its bytes as tree-sitter counts them, and where words of interest stand in it."""

    def __init__(self, text: str) -> None:
        """Convert the text.

        Args:
            text: the text.
        """
        self.text = text
        # Lone surrogates stand for bytes that are no UTF-8.
        self.data = text.encode("utf-8", "surrogatepass")
        self.hits = [match.start() for match in KEY_WORDS.finditer(self.data)]
        self._starts = [0]
        if len(self.data) != len(text):
            for start in range(0, len(self.data), _BLOCK):
                block = self.data[start : start + _BLOCK]
                self._starts.append(self._starts[-1] + len(block.translate(None, _CONTINUATION)))

    def position(self, byte: int) -> int:
        """Return the position of a character.

        Args:
            byte: the position of its first byte.
        """
        if len(self.data) == len(self.text):
            return byte
        block, rest = divmod(byte, _BLOCK)
        begin = block * _BLOCK
        return self._starts[block] + len(self.data[begin : begin + rest].translate(None, _CONTINUATION))

    def span(self, node: Node) -> TextSpan:
        """Return the span of a node, in characters."""
        return self.position(node.start_byte), self.position(node.end_byte)

    def text_of(self, node: Node, limit: int | None = None) -> str:
        """Return the text of a node.

        Args:
            node: the node.
            limit: only so many bytes at its end; None for all.
        """
        start = node.start_byte if limit is None else max(node.start_byte, node.end_byte - limit)
        return self.data[start : node.end_byte].decode("utf-8", "replace" if limit else "surrogatepass")

    def has_hit(self, node: Node) -> bool:
        """Tell whether a word of interest stands in a node."""
        index = bisect_left(self.hits, node.start_byte)
        return index < len(self.hits) and self.hits[index] < node.end_byte


class StringLiteral(NamedTuple):
    """A string in quotes.

    Attributes:
        body: what stands between the quotes, as it is written.
        span: where the body stands.
        quote: the quotes before it, without letters of a prefix.
        is_raw: whether a backslash is a backslash.
        holes: parts that the program fills in, as spans of the text.
    """

    body: str
    span: TextSpan
    quote: str
    is_raw: bool
    holes: tuple[TextSpan, ...]

    @property
    def is_exact(self) -> bool:
        """Whether the body is the string, letter by letter."""
        return not self.holes and "\n" not in self.body and (self.is_raw or "\\" not in self.body)


def string_literal(source: Source, node: Node) -> StringLiteral | None:
    """Read a string.

    Args:
        source: the text.
        node: a node of a string's type.

    Returns:
        The string; None if its quotes are of no known form.
    """
    written = source.text_of(node)
    match = _QUOTE.match(written)
    if match is None:
        return None
    prefix, hashes, quote = match.groups()
    end = len(written) - len(quote) - len(hashes)
    if end < match.end() or not written.endswith(quote + hashes):
        return None
    start = source.position(node.start_byte)
    holes = tuple(
        source.span(child)
        for child in node.named_children
        if child.type in {"interpolation", "template_substitution"}
    )
    # A backquote is Go's raw string, and TypeScript's template with escapes.
    is_raw = "r" in prefix.lower() or node.type == "raw_string_literal"
    body = written[match.end() : end]
    return StringLiteral(body, (start + match.end(), start + end), quote, is_raw, holes)


def unwrapped(source: Source, node: Node, strings: frozenset[str]) -> Node:
    """Return the literal within parentheses, conversions, and lists of one.

    Args:
        source: the text.
        node: an expression.
        strings: the types of strings.
    """
    for _ in range(_DEEPEST):
        if node.type in strings:
            break
        inner = _wrapped(source, node)
        if inner is None:
            break
        node = inner
    return node


def _wrapped(source: Source, node: Node) -> Node | None:
    function = node.child_by_field_name("function")
    if function is None:
        named = node.named_children if node.named_child_count == 1 else []
        is_wrapper = node.type in {
            *("literal_element", "expression_list", "parenthesized_expression", "computed_property_name"),
            "reference_expression",
        }
        return named[0] if named and is_wrapper else None
    arguments = node.child_by_field_name("arguments")
    name = last_name(source, function)
    if arguments is None or name not in _CONVERSIONS:
        return None
    if arguments.named_child_count == 1:
        return arguments.named_children[0]
    return function.child_by_field_name("value") if not arguments.named_child_count else None


def last_name(source: Source, node: Node) -> str:
    """Return the last part of a name with dots, such as the method of a call."""
    for field in ("field", "property", "attribute", "name"):
        inner = node.child_by_field_name(field)
        if inner is not None:
            node = inner
            break
    # A node's own ``text`` would ask the parser's input again.
    return "" if node.child_count else source.text_of(node)


class Value(NamedTuple):
    """A value in the text.

    Attributes:
        scalar: the value.
        span: where it stands, without its quotes; None if it is no literal.
        is_string: whether it is a string in quotes.
        is_null: whether it is the language's word for nothing.
    """

    scalar: Scalar = None
    span: TextSpan | None = None
    is_string: bool = False
    is_null: bool = False


def value_of(source: Source, node: Node, strings: frozenset[str]) -> Value:
    """Read a value.

    Args:
        source: the text.
        node: the expression.
        strings: the types of strings.

    Returns:
        The value; without a span if only the program knows it.
    """
    node = unwrapped(source, node, strings)
    if node.type in strings:
        literal = string_literal(source, node)
        if literal is None or not literal.is_exact:
            return Value()
        return Value(literal.body, literal.span, is_string=True)
    if node.end_byte - node.start_byte > _LONGEST_WORD:
        return Value()
    text = source.text_of(node)
    if text in _WORDS:
        scalar = _WORDS[text]
        return Value(scalar, None if scalar is None else source.span(node), is_null=scalar is None)
    return Value(resolve(text), source.span(node)) if _NUMBER.match(text) else Value()


def setting_of(key: StringLiteral, value: Value, *, is_set: bool = True) -> Setting:
    """Make the setting of a key and its value.

    Args:
        key: the key.
        value: its value.
        is_set: whether the text sets the key.
    """
    if value.is_null or not is_set:
        return Setting(key.body, key.span, is_set=False)
    if value.span is None:
        return Setting(key.body, key.span, delivery=Delivery.EXPRESSION)
    quote = key.quote if key.quote in {'"', "'"} else '"'
    quotes = None if value.is_string else (quote, quote)
    return Setting(key.body, key.span, value.scalar, value.span, quotes=quotes)
