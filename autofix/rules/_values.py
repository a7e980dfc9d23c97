"""How each annotation of Linkerd wants its value written."""

from __future__ import annotations

from enum import Enum
from functools import lru_cache

from autofix.linkerd.annotations import Annotation, known_annotations
from autofix.linkerd.boolean import parse_bool
from autofix.linkerd.keys import is_native_like


class ValueType(Enum):
    """The types of value that the rules tell apart."""

    BOOLEAN = "read by Go's ParseBool"
    SWITCH = "enabled or disabled"
    OTHER = "anything else"


@lru_cache(maxsize=4096)
def type_of(key: str) -> ValueType:
    """Return the type of value that a key wants; a native-sidecar-like key wants a boolean."""
    if is_native_like(key):
        return ValueType.BOOLEAN
    known = known_annotations().get(key)
    if known is None or known.written_by_linkerd:
        return ValueType.OTHER
    return {"boolean": ValueType.BOOLEAN, "switch": ValueType.SWITCH}.get(known.type, ValueType.OTHER)


def is_readable(key: str, value: str) -> bool:
    """Tell whether Linkerd can read a boolean's or a switch's value."""
    known: Annotation | None = known_annotations().get(key)
    if known is not None and known.type == "switch":
        return value in known.words
    return parse_bool(value.strip() if known is not None and known.trimmed else value) is not None
