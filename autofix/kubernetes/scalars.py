"""How Kubernetes reads YAML scalars that carry no quotes and no tag.

kubectl, Helm and client-go read YAML through sigs.k8s.io/yaml, whose parser is go.yaml.in/yaml/v2: neither
YAML 1.1 nor YAML 1.2, but a mixture. Unquoted ``y`` and ``on`` are booleans there, ``012`` is ten, ``08`` is
a float, and a date or ``12:30`` is a string. Numbers follow Go's strconv.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, TypeGuard

Scalar = bool | int | float | str | None

_WORDS: Final[Mapping[str, Scalar]] = MappingProxyType(
    dict.fromkeys(("", "~", "null", "Null", "NULL"), None)
    | dict.fromkeys(["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"], True)
    | dict.fromkeys(["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"], False)
    | dict.fromkeys([".nan", ".NaN", ".NAN"], math.nan)
    | dict.fromkeys([".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"], math.inf)
    | dict.fromkeys(["-.inf", "-.Inf", "-.INF"], -math.inf)
)
_HELM_WORDS: Final[Mapping[str, Scalar]] = MappingProxyType(
    {"true": True, "false": False, "null": None, "0": 0}
)
_HELM_INTEGER: Final = r"(?!0)[-+]?[0-9]+"
_NUMBER_STARTS: Final = frozenset("+-.0123456789")
# Compiled where they are first used: most numbers are read without them, and compiling takes a while.
_INTEGER: Final = (
    r"(?P<sign>[-+]?)(?:0[xX](?P<hex>[0-9a-fA-F]+)|0[bB](?P<bin>[01]+)|0[oO](?P<oct>[0-7]+)"
    r"|0(?P<old>[0-7]*)|(?P<dec>[1-9][0-9]*))"
)
_BASES: Final = MappingProxyType({"hex": 16, "bin": 2, "oct": 8, "old": 8, "dec": 10})
_SIGN_AFTER_PREFIX: Final = r"0b([-+])(?=[01])"
_LARGEST: Final = MappingProxyType({"": 2**64 - 1, "+": 2**63 - 1, "-": 2**63})
_LONGEST: Final = 64
# Decimal digits of which every number has 64 bits at most.
_SURELY_FIT: Final = 18
_FLOAT: Final = r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"
_POINT_FIRST: Final = r"\.[0-9]+(_[0-9]+)*([eE][-+]?[0-9]+(_[0-9]+)*)?"
_FLOAT32_DIGITS: Final = 9
_FIXED_EXPONENTS: Final = range(-4, 6)


def resolve(text: str) -> Scalar:
    """Read a plain scalar as Kubernetes does.

    Args:
        text: the scalar's text; without quotes, tag and surrounding space.

    Returns:
        The boolean, number or null that Kubernetes sees, else ``text`` itself. Numbers too large for a
        64-bit integer are floats, those too large for a float are strings.

    Source: go.yaml.in/yaml/v2 v2.4.2, resolve.go.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBER_STARTS:
        return text
    if text[0] == ".":
        number = _float(text.replace("_", "")) if re.fullmatch(_POINT_FIRST, text) else None
        return text if number is None else number
    digits = text.replace("_", "")
    integer = _integer(digits)
    if integer is not None:
        return integer
    number = _float(digits) if re.fullmatch(_FLOAT, digits) else None
    return text if number is None else number


class WrittenInt(int):
    """An integer that remembers its text, such as ``0443``."""

    text: str


class WrittenFloat(float):
    """A float that remembers its text, such as ``2.10``."""

    text: str


class TypedText(str):
    """A string to which a tool gives a type on its way, so that the API server may get a boolean or a number.

    ``helm --set a=true`` is such a string. If the tool makes another type of it, it is equal to no plain
    string: whoever looks up what a word means finds nothing, as the API server does.
    """

    __slots__ = ()

    @property
    def typed(self) -> Scalar:
        """What the tool makes of the text: a boolean, an integer or null, else the text as a plain string."""
        return type_by_helm(str(self))

    def __eq__(self, other: object) -> bool:
        if str.__eq__(self, other) is not True:
            return False
        return isinstance(other, TypedText) or isinstance(self.typed, str)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__


class Expression(str):
    """A string that stands for what a program puts in its place, such as a template's action.

    Its text is what the model of the injector is asked with, and not what the file says.
    """

    __slots__ = ()


class PrintedExpression(Expression):
    """An expression that a template prints without quotes, so that YAML gives what it prints a type."""

    __slots__ = ()


def type_by_helm(text: str) -> Scalar:
    """Read a value of ``helm --set`` as Helm does.

    Args:
        text: the text behind the equals sign.

    Returns:
        The boolean, integer or null that Helm makes of it, else ``text`` itself. Floats stay strings.

    Source: helm.sh/helm/v3 pkg/strvals/parser.go, typedVal.
    """
    # Only ASCII letters: Go's EqualFold knows no other letters that are equal to these.
    lower = text.lower()
    if lower in _HELM_WORDS and text.isascii():
        return _HELM_WORDS[lower]
    if re.fullmatch(_HELM_INTEGER, text, re.ASCII) and len(text) <= _LONGEST:
        number = int(text)
        if -(2**63) <= number < 2**63:
            return number
    return text


def is_string(value: object) -> TypeGuard[str]:
    """Tell whether a value is known, and reaches the API server as the string that it is.

    Args:
        value: a JSON value, a ``TypedText`` or an ``Expression``.
    """
    if type(value) is str:
        return True
    if isinstance(value, TypedText):
        return isinstance(value.typed, str)
    return isinstance(value, str) and not isinstance(value, Expression)


def as_written(value: Scalar, text: str) -> Scalar:
    """Let a number remember the text it was read from, where Python would write another.

    Args:
        value: the value of the scalar.
        text: the text of the scalar in the file.

    Returns:
        The value; a number that Python would write in another way has its text.
    """
    written: WrittenInt | WrittenFloat
    if type(value) is float:
        written = WrittenFloat(value)
    elif type(value) is int and str(value) != text:
        written = WrittenInt(value)
    else:
        return value
    written.text = text
    return written


def needs_quotes(text: str) -> bool:
    """Tell whether a string must be quoted so that Kubernetes reads back that very string.

    Only the meaning counts; the dumper knows the characters of YAML's syntax (``: ``, a leading ``-``).
    ``<<`` is a plain string as a value but merges as a key, so it is always quoted.

    Args:
        text: the string.

    Returns:
        Whether it must be quoted.
    """
    return text == "<<" or not isinstance(resolve(text), str)


def key_text(key: Scalar) -> str:
    """Write the key of a mapping as the string that Kubernetes makes of it.

    Booleans are ``true`` and ``false``, floats take Go's shortest 32-bit form. Kubernetes refuses null and
    integers of 2**63 and more; here they get their obvious text, because an odd key should not hide a file.

    Args:
        key: the key as it was read.

    Returns:
        The string.

    Source: sigs.k8s.io/yaml v1.6.0, convertToJSONableObject.
    """
    if isinstance(key, str):
        return key
    if isinstance(key, bool):
        return "true" if key else "false"
    if key is None:
        return "null"
    return str(key) if isinstance(key, int) else _float32_text(key)


def _integer(digits: str) -> int | None:
    """Read what strconv.ParseInt and then ParseUint read with base 0, or None.

    yaml.v2 also takes ``0b-101``, a sign between the prefix and the digits.
    """
    if digits.isdecimal() and digits.isascii() and digits[0] != "0" and len(digits) <= _SURELY_FIT:
        return int(digits)
    match = re.fullmatch(_INTEGER, re.sub(_SIGN_AFTER_PREFIX, r"\g<1>0b", digits, count=1))
    if match is None or match.lastgroup is None:
        return None
    significant = match[match.lastgroup].lstrip("0") or "0"
    # No 64-bit number has more digits in any base, and Python refuses to convert thousands of them.
    if len(significant) > _LONGEST:
        return None
    size = int(significant, _BASES[match.lastgroup])
    if size > _LARGEST[match["sign"]]:
        return None
    return -size if match["sign"] == "-" else size


def _float(digits: str) -> float | None:
    """Read a float, or None when it overflows: strconv.ParseFloat calls that an error."""
    number = float(digits)
    return None if math.isinf(number) else number


def _float32_text(number: float) -> str:
    """Write a float as strconv.FormatFloat(number, 'g', -1, 32), with YAML's names for the infinite ones."""
    single = _float32(number)
    if math.isnan(single):
        return ".nan"
    if math.isinf(single):
        return ".inf" if single > 0 else "-.inf"
    for places in range(_FLOAT32_DIGITS):
        text = f"{single:.{places}e}"
        if _float32(float(text)) == single:
            break
    exponent = int(text.partition("e")[2])
    return f"{single:.{max(places - exponent, 0)}f}" if exponent in _FIXED_EXPONENTS else text


def _float32(number: float) -> float:
    try:
        single: float = struct.unpack("f", struct.pack("f", number))[0]
    except OverflowError:
        return math.copysign(math.inf, number)
    return single
