"""The annotations that some release of Linkerd reads or writes, and how their values are read."""

from __future__ import annotations

import json
import re
from enum import Enum
from functools import cache, lru_cache
from typing import Final, NamedTuple

from autofix.linkerd.data import load
from autofix.linkerd.keys import is_native_like
from autofix.linkerd.release import Edge, Release, parse_edge

# Go, strconv.ParseBool (src/strconv/atob.go): these twelve spellings and nothing else.
GO_BOOLEANS: Final = {
    **dict.fromkeys(("1", "t", "T", "true", "TRUE", "True"), True),
    **dict.fromkeys(("0", "f", "F", "false", "FALSE", "False"), False),
}

# What authors of manifests write for a boolean; compared in lower case, without quotes and blanks around it.
_PERSONS_BOOLEANS: Final = {
    **dict.fromkeys(("true", "t", "1", "yes", "y", "on", "enabled", "enable"), True),
    **dict.fromkeys(("false", "f", "0", "no", "n", "off", "disabled", "disable"), False),
}
# All that a string of JSON must escape.
_ESCAPED: Final = re.compile(r'["\\\x00-\x1f]')
# Word processors and chat programs turn straight quotes into curly quotes.
_QUOTES_AND_BLANKS: Final = "\"' \t\r\n\f\v\xa0\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f"


class ValueType(Enum):
    """The types of value that the rules tell apart."""

    BOOLEAN = "read by Go's ParseBool"
    SWITCH = "enabled or disabled"
    OTHER = "anything else"


class Annotation(NamedTuple):
    """One annotation of Linkerd.

    Attributes:
        key: the full key.
        type: ``boolean`` (read by ParseBool), ``switch`` (a fixed set of words) or another type's name.
        words: what a switch accepts.
        vendor_words: what a vendor's build of Linkerd accepts as well.
        trimmed: True for a boolean that Linkerd trims before parsing.
        levels: where the injector reads it: ``pod``, ``namespace``, both or neither.
        written_by_linkerd: True for markers that Linkerd itself writes.
        first: first edge that knows it, None when it is older than the table.
        last: last edge that knows it, None when it is current.
    """

    key: str
    type: str
    words: tuple[str, ...]
    vendor_words: tuple[str, ...]
    trimmed: bool
    levels: tuple[str, ...]
    written_by_linkerd: bool
    first: Edge | None
    last: Edge | None

    def known_to(self, release: Release) -> bool:
        """Tell whether a release knows this annotation; an unknown release may know any of them.

        Of several releases it is enough that one knows it.
        """
        return any(self.known_at(part.edge) for part in release.each)

    def known_at(self, edge: Edge | None) -> bool:
        """Tell the same of an edge release, None for an unknown one."""
        if edge is None:
            return True
        return (self.first is None or self.first <= edge) and (self.last is None or edge <= self.last)


@cache
def known_annotations() -> dict[str, Annotation]:
    """Return every known annotation by its key.

    Source: data/annotations.json, scanned from the tags edge-23.1.1 .. edge-26.8.3.
    """
    return {
        row["key"]: Annotation(
            key=row["key"],
            type=row["type"],
            words=tuple(row.get("words", ())),
            vendor_words=tuple(row.get("vendor_words", ())),
            trimmed=row.get("trimmed", False),
            levels=tuple(row["levels"]),
            written_by_linkerd=row.get("written_by_linkerd", False),
            first=parse_edge(row["first_edge"]) if row["first_edge"] else None,
            last=parse_edge(row["last_edge"]) if row["last_edge"] else None,
        )
        for row in load("annotations.json")["annotations"]
    }


@cache
def domains() -> frozenset[str]:
    """Return the domains in which every annotation of Linkerd is known."""
    return frozenset(key.partition("/")[0] for key in known_annotations())


@cache
def extension_domains() -> frozenset[str]:
    """Return the domains of Linkerd's own extensions, whose keys come and go without the control plane.

    Source: ``extension_domains`` in data/annotations.json, each row with its source.
    """
    return frozenset(row["domain"] for row in load("annotations.json")["extension_domains"])


def parse_bool(value: object) -> bool | None:
    """Read an annotation value as Linkerd's injector does, with Go's ``strconv.ParseBool``.

    Args:
        value: an annotation value. Only strings can be read; there is no trimming and no case folding.

    Returns:
        The boolean, or None where Go returns an error and Linkerd silently ignores the value.

    Source: linkerd2 pkg/inject/inject.go:429-445; Go src/strconv/atob.go.
    """
    return GO_BOOLEANS.get(value) if isinstance(value, str) else None


def breaks_json(value: object) -> bool:
    """Tell whether a text is no string of JSON once it stands between quotes, without any escaping.

    Args:
        value: an annotation's value, of any JSON type; what is no string never reaches Linkerd.

    Source: RFC 8259, section 7.
    """
    if not isinstance(value, str) or _ESCAPED.search(value) is None:
        return False
    try:
        return not isinstance(json.loads(f'"{value}"'), str)
    except ValueError:
        return True


def read_intent(value: object) -> bool | None:
    """Read what a person meant by an annotation value.

    Args:
        value: any JSON value: booleans, the numbers 0 and 1, and words such as ``yes``, ``Enabled``,
            ``" true"`` or ``'"false"'`` are understood, also with curly quotes around them.

    Returns:
        The boolean that was meant, or None when the value does not say.

    Source: shared mapping of values seen in public repositories, kept as tests/data/mapping.json.
    """
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _PERSONS_BOOLEANS.get(value.strip(_QUOTES_AND_BLANKS).lower())
    if isinstance(value, int | float) and value in (0, 1):
        return bool(value)
    return None


def as_text(value: bool) -> str:
    """Write a boolean as the annotation value that every release of Linkerd understands."""
    return "true" if value else "false"


def string_for(key: str, value: bool) -> str | None:
    """Write a boolean as the string that an annotation wants.

    Args:
        key: a key of Linkerd's.
        value: the boolean.

    Returns:
        The string; None for an annotation that wants no boolean, and for an unknown one.
    """
    match type_of(key):
        case ValueType.BOOLEAN:
            return as_text(value)
        case ValueType.SWITCH:
            return "enabled" if value else "disabled"
    # Linkerd itself writes it; its type is known all the same.
    known = known_annotations().get(key)
    return as_text(value) if known is not None and known.type == "boolean" else None


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
    """Tell whether Linkerd, or a vendor's build of it, can read a boolean's or a switch's value."""
    known = known_annotations().get(key)
    if known is not None and known.type == "switch":
        return value in known.words or value in known.vendor_words
    return parse_bool(value.strip() if known is not None and known.trimmed else value) is not None
