"""Builds the setting of a key from the nodes where its key and its value stand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from autofix.kubernetes.scalars import Scalar
from autofix.linkerd.keys import is_linkerd_key
from autofix.readers.holes import has_holes
from autofix.readers.model import Delivery, Escapes, Fragment, Setting
from autofix.text.inner.decode import Decoded, decode
from autofix.text.yaml import Node

_QUOTES: Final = ('"', '"')
# YAML reads an expression of ytt as null and a comment.
_YTT: Final = re.compile(r"[ \t]{0,40}#@")
_QUOTED: Final = ("'", '"')
# A string that is written out stays a string.
_STRINGS: Final = (Delivery.WRITTEN, Delivery.TEXT)


def with_value(setting: Setting, node: Node | None, text: str) -> Setting:
    """Add the value that a node gives to a key.

    Args:
        setting: the setting without its value; its delivery is that of a value that is written out.
        node: the value; None if the text has none.
        text: the text that spans count in.

    Returns:
        The setting. Null removes a key, as in Helm's values and merge patches. What is no literal in its own
        place, such as an alias or a block scalar, is an expression without a value.
    """
    if node is None or node.style not in ("", *_QUOTED) or node.outer != node.start:
        return setting._replace(delivery=Delivery.EXPRESSION)
    quoted = node.style in _QUOTED
    span = node.start + quoted, node.end - quoted
    if node.value is None:
        if _YTT.match(text, node.end):
            return setting._replace(delivery=Delivery.EXPRESSION)
        return setting._replace(is_set=False)
    if isinstance(node.value, str):
        delivery = Delivery.EXPRESSION if has_holes(node.value) else setting.delivery
        # Without quotes another word in its place might be a boolean.
        quotes = None if quoted or delivery not in _STRINGS else _QUOTES
        return setting._replace(value=node.value, value_span=span, delivery=delivery, quotes=quotes)
    if setting.delivery is Delivery.WRITTEN:
        return setting._replace(value=node.value, value_span=span, quotes=_QUOTES)
    # A tool that reads YAML hands on what it has read; a string of it is written as JSON writes it.
    value = json_text(node.value, text[slice(*span)]) if setting.delivery is Delivery.TEXT else node.value
    return setting._replace(value=value, value_span=span)


def json_text(value: Scalar, written: str) -> str:
    """Write a boolean as tools do that have read it from YAML; a number as it is written."""
    return str(value).lower() if isinstance(value, bool) else written


def setting_of(key: Node, value: Node, text: str) -> Setting | None:
    """Read an entry of a mapping whose key is a string.

    Args:
        key, value: the entry; the value may be an alias.
        text: the text that spans count in.

    Returns:
        The setting; None if the text of the key cannot be found exactly.
    """
    decoded = decode(key, text)
    if not decoded.text or not decoded.is_exact:
        return None
    return with_value(Setting(decoded.text, decoded.span(0, len(decoded.text))), value, text)


def pair(word: Decoded, start: int, middle: int, end: int, delivery: Delivery) -> Setting:
    """Read a key and its value that stand in one string, with one character between them.

    Args:
        word: the string.
        start: where the key begins in it.
        middle: where the character between them stands.
        end: where the value ends.
        delivery: how the value is delivered if it is written out.
    """
    value = word.text[middle + 1 : end]
    setting = Setting(word.text[start:middle], word.span(start, middle), delivery=delivery)
    if not value:
        after = word.span(middle, middle + 1)[1]
        return setting._replace(value="", value_span=(after, after))
    if has_holes(value):
        delivery = Delivery.EXPRESSION
    return setting._replace(value=value, value_span=word.span(middle + 1, end), delivery=delivery)


def escapes_in(style: str, escapes: Escapes) -> Escapes:
    """Return escapes as a scalar writes them: in double quotes each backslash is doubled."""
    if style != '"':
        return escapes
    return tuple((character, written.replace("\\", "\\\\")) for character, written in escapes)


def of_linkerd(fragments: Iterable[Fragment]) -> Iterator[Fragment]:
    """Keep the fragments that name a key of Linkerd's."""
    return (
        fragment
        for fragment in fragments
        if any(is_linkerd_key(setting.key) for setting in fragment.settings)
    )


def string_of(node: Node | None) -> str:
    """Return the string of a scalar; empty for what is no string."""
    return node.value if node is not None and isinstance(node.value, str) else ""
