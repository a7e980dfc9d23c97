"""Turns the keys in a plain text into fragments, each with what the text around it seems to say."""

from __future__ import annotations

import re
from itertools import chain

from autofix.readers.model import (
    HELM_PATH,
    JSON_POINTER,
    NOT_SET,
    Delivery,
    Escapes,
    Fragment,
    Setting,
    Target,
    TextReading,
)
from autofix.readers.plain.key_search import TextKey, find_keys
from autofix.readers.plain.manual_reasons import LABEL, ManualReason, manual_reasons

_TWICE_ESCAPED: Escapes = ((".", "\\\\."),)
_MENTIONED = "the text names the key and gives it no value; change it by hand if it means the right key"
# What stands between a key and its value; a bar in the tables of Markdown.
_PAIR = re.compile(r"""["'`\])]{0,4}[ \t]{0,20}[:=|]""")
_COMPARED = re.compile(r"""["'`\])]{0,4}[ \t]{0,20}(?:[=!]=|=~)""")
_NO_REASON = ManualReason("")


def read_plain(text: str) -> TextReading:
    """Find the native-sidecar keys in a text.

    Args:
        text: any text.

    Returns:
        A fragment for each key, in order; a key that is removed is removed in its fragment.
    """
    keys = list(find_keys(text))
    reasons = manual_reasons(text, keys)
    return TextReading(tuple(_fragment(text, key, reasons.get(key.start, _NO_REASON)) for key in keys))


def _fragment(text: str, key: TextKey, reason: ManualReason) -> Fragment:
    target = Target.LABELS if reason.text == LABEL else Target.UNKNOWN
    if not reason.text and _COMPARED.match(text, key.end):
        reason = ManualReason(NOT_SET)
    elif not reason.text and key.value_start is None and _PAIR.match(text, key.end) is None:
        reason = ManualReason(_MENTIONED)
    setting = _setting(text, key)
    if reason.is_of_release:
        return Fragment(target, (setting,), release_reason=reason.text, is_comment=key.is_comment)
    return Fragment(target, (setting,), reason=reason.text, is_comment=key.is_comment)


def _setting(text: str, key: TextKey) -> Setting:
    span = (key.start, key.end)
    is_set, escapes = key.is_set is not False, _escapes(text[key.start : key.end])
    if key.value_start is None or key.value_end is None:
        return Setting(key.key, span, delivery=Delivery.EXPRESSION, is_set=is_set, escapes=escapes)
    quotes = ('"', '"') if key.is_yaml and not key.quoted else None
    delivery = Delivery.WRITTEN if key.is_yaml else Delivery.TEXT
    value_span = (key.value_start, key.value_end)
    return Setting(key.key, span, key.value, value_span, delivery, is_set, escapes, quotes)


def _escapes(own: str) -> Escapes:
    """Return the escapes with which a key is written, for another key in its place."""
    dots = _TWICE_ESCAPED if "\\\\." in own else HELM_PATH if "\\." in own else ()
    return tuple(chain(dots, JSON_POINTER if "~1" in own else ()))
