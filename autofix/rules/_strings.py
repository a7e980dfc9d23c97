"""What the rules about the type of a value share: names of types, and the string in place of a value."""

from __future__ import annotations

import math
from typing import Final

from autofix.kubernetes.scalars import WrittenFloat, WrittenInt
from autofix.linkerd.annotations import ValueType, read_intent, string_for, type_of

_EXACT_FLOAT: Final = 2**53


def type_name(value: object) -> str:
    """Name the type of a JSON value, with its article."""
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case list() | tuple():
            return "a list"
        case _:
            return "a mapping"


def text_of(value: object) -> str | None:
    """Write a boolean or a number as a string; a number keeps its digits.

    Args:
        value: any JSON value.

    Returns:
        The string; None for null, a list, a mapping, and a number that JSON does not have.
    """
    match value:
        case bool():
            return "true" if value else "false"
        case WrittenInt() | WrittenFloat():
            return value.text
        case int() | float():
            return _digits(value)
        case _:
            return None


def text_for(key: str, value: object) -> str | None:
    """Write a value as the string that an annotation of Linkerd's wants.

    Args:
        key: the annotation.
        value: any JSON value.

    Returns:
        The string; None when it cannot be known.
    """
    if isinstance(value, bool):
        return string_for(key, value)
    if type_of(key) is not ValueType.BOOLEAN:
        return text_of(value)
    return None if read_intent(value) is None or not isinstance(value, int | float) else _digits(value)


def _digits(number: float) -> str | None:
    if isinstance(number, float):
        if not math.isfinite(number):
            return None
        if number.is_integer() and abs(number) < _EXACT_FLOAT:
            number = int(number)
    try:
        return str(number)
    except ValueError:  # Python refuses to write integers of more than 4,300 digits.
        return None
