"""Two readings of a boolean: Linkerd's (strict) and a person's (lenient)."""

from __future__ import annotations

from typing import Final

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
_QUOTES_AND_BLANKS: Final = "\"' \t\r\n\f\v\xa0"


def parse_bool(value: object) -> bool | None:
    """Read an annotation value as Linkerd's injector does, with Go's ``strconv.ParseBool``.

    Args:
        value: an annotation value. Only strings can be read; there is no trimming and no case folding.

    Returns:
        The boolean, or None where Go returns an error and Linkerd silently ignores the value.

    Source: linkerd2 pkg/inject/inject.go:429-445; Go src/strconv/atob.go.
    """
    return GO_BOOLEANS.get(value) if isinstance(value, str) else None


def read_intent(value: object) -> bool | None:
    """Read what a person meant by an annotation value.

    Args:
        value: any JSON value: booleans, the numbers 0 and 1, and words such as ``yes``, ``Enabled``,
            ``" true"`` or ``'"false"'`` are understood.

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
