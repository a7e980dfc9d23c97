"""Turns another key and another value of a setting into edits of its spans."""

from __future__ import annotations

from collections.abc import Iterator

from autofix.readers.model import Delivery, Setting, TextSpan
from autofix.text.edit.text_edit import TextEdit
from autofix.text.fragment_objects import as_string, name_in_text


class NotWritableError(Exception):
    """The text has no place for a change."""


def is_known(setting: Setting) -> bool:
    """Tell whether the text says the value of a setting.

    Args:
        setting: the setting.
    """
    return setting.value_span is not None and setting.delivery is not Delivery.EXPRESSION


def setting_edits(setting: Setting, new_key: str, before: object, after: object) -> Iterator[TextEdit]:
    """Write another key and another value in the place of a setting.

    Args:
        setting: the setting as the text has it.
        new_key: the key that it gets; perhaps its own.
        before: its value as the engine had it.
        after: the value that it gets.

    Yields:
        The edits, first of the key, then of the value.

    Raises:
        NotWritableError: when the text has no place for the change.
    """
    if new_key != setting.key:
        if (name := name_in_text(setting, new_key)) is None:
            raise NotWritableError
        yield TextEdit(*setting.key_span, name)
    span, is_same = setting.value_span, type(after) is type(before) and after == before
    if span is not None and is_known(setting) and not is_same:
        yield from _value_edits(setting, span, after)


def _value_edits(setting: Setting, span: TextSpan, after: object) -> Iterator[TextEdit]:
    if isinstance(after, bool):
        # One of Linkerd's Helm values: no string is right there.
        if setting.delivery is not Delivery.TYPED:
            raise NotWritableError
        yield TextEdit(*span, as_string(after))
        return
    text = str(after)
    if setting.delivery is Delivery.TYPED:
        yield from _typed_edits(setting, span, text)
    elif setting.quotes is not None:
        yield TextEdit(*span, text.join(setting.quotes))
    elif not isinstance(setting.value, str) and setting.delivery is not Delivery.TEXT:
        raise NotWritableError
    elif text != as_string(setting.value):
        yield TextEdit(*span, text)


def _typed_edits(setting: Setting, span: TextSpan, text: str) -> Iterator[TextEdit]:
    """Write a value to which a tool gives a type: in quotes, or so that the tool gives it none."""
    if setting.quotes is not None:
        yield TextEdit(*span, text.join(setting.quotes))
    elif setting.to_string is not None:
        place, word = setting.to_string
        yield TextEdit(*place, word)
        if text != as_string(setting.value):
            yield TextEdit(*span, text)
    elif text != as_string(setting.value):
        # The tool would make a boolean of the right word, and no string.
        raise NotWritableError
