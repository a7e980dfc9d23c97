"""JSON texts as documents."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from autofix.kubernetes.scalars import Scalar, as_written
from autofix.text.document import Document, SourceError

# As deep as YAML is read; how deep Python's own reader goes depends on its release.
_DEEPEST: Final = 1000
_SPACE: Final = re.compile(r"[ \t\r\n]*")
_SURROGATE: Final = r"\\u[dD][89a-fA-F]"
# A pair is matched first, so that a half that still matches stands alone. Every other escape is matched
# whole, so that an escaped backslash before a "u" does not look like the beginning of an escape.
_ESCAPES: Final = (
    r"(?P<pair>\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    r"|(?P<lone>\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\."
)


def read_json(text: str, source: str) -> list[Document]:
    """Read one JSON value, or several that follow each other.

    Args:
        text: the whole file.
        source: the file's name for messages.

    Returns:
        A document for each value that is not null; kubectl ignores nulls, too.

    Raises:
        SourceError: when the text is not JSON, nested too deeply, or holds a number of thousands of digits.
    """
    return list(_documents(_without_lone_surrogates(text.removeprefix("\ufeff")), source))


def _documents(text: str, source: str) -> Iterator[Document]:
    decoder = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_float)
    may_be_deep = text.count("[") + text.count("{") > _DEEPEST
    line, counted, index = 1, 0, 0
    position = _after_space(text, 0)
    while position < len(text):
        line += text.count("\n", counted, position)
        counted = position
        try:
            value, end = decoder.raw_decode(text, position)
            if may_be_deep:
                _refuse_deep(value)
        except json.JSONDecodeError as error:
            message = f"not JSON: {error.msg}; correct it there"
            raise SourceError(source, message, error.lineno, error.colno) from None
        except (RecursionError, ValueError) as error:
            column = position - text.rfind("\n", 0, position)
            raise SourceError(source, _refusal(error), line, column) from None
        if value is not None:
            yield Document(source=source, line=line, index=index, value=value)
            index += 1
        position = _after_space(text, end)


def _refuse_deep(value: object) -> None:
    level: list[Any] = [[value]]
    for _ in range(_DEEPEST + 1):
        level = [
            child
            for node in level
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, dict | list)
        ]
        if not level:
            return
    raise RecursionError


def _after_space(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position


def _float(text: str) -> Scalar:
    return as_written(float(text), text)


def _refuse_constant(name: str) -> object:
    raise ValueError(name)


def _refusal(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "the JSON that starts here is nested too deeply; Kubernetes objects never are, check the file"
    return "the JSON that starts here holds NaN, Infinity or thousands of digits; write a number or a string"


def _without_lone_surrogates(text: str) -> str:
    """Replace escapes of half a character by U+FFFD, as Go does, because no output can encode them.

    The text keeps its length, so positions in messages stay true.

    Source: Go, encoding/json, unquoteBytes.
    """
    if re.search(_SURROGATE, text) is None:
        return text
    return re.sub(_ESCAPES, lambda match: r"\ufffd" if match["lone"] else match[0], text)
