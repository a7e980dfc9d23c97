"""How a value is written in HCL, and how it will reach the object."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from tree_sitter import Node

from autofix.kubernetes.scalars import Scalar, as_written, resolve
from autofix.readers.hcl.places import HclUse
from autofix.readers.hcl.syntax import HclText, string_literal
from autofix.readers.model import Delivery, Setting, TextSpan

_QUOTES: Final = ('"', '"')
_NUMBER: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_TO_STRING: Final = re.compile(r'tostring\(\s*("(?:[^"\\$%\n]|[$%](?!\{))*"|true|false)\s*\)')
_WITH_QUOTES: Final = 'write the value in quotes: "true"'


class HclValue(NamedTuple):
    """A value; the fields are those of ``Setting``."""

    value: Scalar
    value_span: TextSpan
    delivery: Delivery
    is_set: bool = True
    quotes: tuple[str, str] | None = None
    way_out: str = ""


def value_of(syntax: HclText, node: Node, use: HclUse) -> HclValue:
    """Read a value.

    Args:
        syntax: the text.
        node: the expression of the value.
        use: what becomes of a boolean there.

    Returns:
        The value. Null means that the key is absent.

    Source: "Type Conversion" in Terraform's documentation: an argument of the type map(string) makes strings
    of booleans and numbers. "yamlencode" there: it keeps their types. "null": an argument that is null is
    absent.
    """
    span = (node.start_byte, node.end_byte)
    raw = syntax.text[span[0] : span[1]]
    literal = string_literal(syntax, node)
    if literal is not None:
        is_string_anyway = use in {HclUse.TERRAFORM, HclUse.UNKNOWN}
        delivery = Delivery.TEXT if is_string_anyway else Delivery.WRITTEN
        return HclValue(literal.value, literal.span, delivery)
    if raw == "null":
        return HclValue(None, span, Delivery.WRITTEN, is_set=False)
    if raw in {"true", "false"} or _NUMBER.fullmatch(raw):
        return _bare(raw, span, use)
    converted = _TO_STRING.fullmatch(raw)
    if converted:
        text = converted[1].strip('"')
        start = span[0] + converted.start(1) + (converted[1][0] == '"')
        return HclValue(text, (start, start + len(text)), Delivery.TEXT)
    return HclValue(raw, span, Delivery.EXPRESSION)


def _bare(raw: str, span: TextSpan, use: HclUse) -> HclValue:
    """Read a boolean or a number."""
    value = as_written(resolve(raw), raw)
    if use is HclUse.OBJECT:
        return HclValue(value, span, Delivery.WRITTEN, quotes=_QUOTES)
    if use is HclUse.VALUES:
        return HclValue(value, span, Delivery.TYPED, quotes=_QUOTES, way_out=_WITH_QUOTES)
    return HclValue(raw, span, Delivery.TEXT)


def setting_of(key: str, key_span: TextSpan, value: HclValue) -> Setting:
    """Return the setting of a key in quotes, or of an identifier.

    Args:
        key: the key.
        key_span: where it stands.
        value: its value.
    """
    return Setting(
        key,
        key_span,
        value.value,
        value.value_span,
        value.delivery,
        value.is_set,
        quotes=value.quotes,
        way_out=value.way_out,
    )
