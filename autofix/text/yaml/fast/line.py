"""One line of the plainest YAML: a key and its value, an item of a list, or nothing.

Nearly every manifest is written in this form: block style, values that end in their line, no anchors, tags or
escapes. What a line says then depends only on the line, and where it belongs only on its indentation. This
module refuses all other YAML, and leaves it to YAML's parser (``yaml.reader``, ``yaml.layout``).

Source: YAML 1.1, chapters 8 and 9; the tests compare every form of line with libyaml.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from autofix.kubernetes.scalars import Scalar, as_written, key_text, resolve

# A line with this many characters or more is not kept in memory.
LONG: Final = 160
# Nothing is tried twice (``+`` behind a quantifier): a line may be long, and somebody may have made it
# slow to read. A line over a limit here is too deep or too long for YAML's parser as well, or nearly so.
_QUOTED: Final = r"""(?:"[^"\\]*+"|'[^']*+')"""
_KEY: Final = r"""(?:"[^"\\]{0,200}"|'[^']{0,200}'|[A-Za-z0-9_/][A-Za-z0-9_./-]{0,200})"""
_WORD: Final = r"-{0,2}+[A-Za-z0-9_/.][A-Za-z0-9_/.=-]*+"
_LIST: Final = rf"\[[ ]*+(?:{_QUOTED}|{_WORD})(?:,[ ]*+(?:{_QUOTED}|{_WORD}))*+[ ]*+\]"
# Neither ": " nor " #" is inside.
_PLAIN: Final = r"(?:[A-Za-z0-9_./$(+~]|-{1,2}+[A-Za-z0-9_./])[^:#]*+(?:(?::(?![ ]|\Z)|(?<![ ])\#)[^:#]*+)*+"
_LINE: Final = re.compile(
    r"(?P<indent>[ ]{0,200}+)(?P<dash>-[ ]{1,50}+)?+"
    rf"(?:(?P<key>{_KEY}):(?=[ ]|\Z))?[ ]*+"
    rf"(?P<value>{_QUOTED}|\|-?+|\{{\}}|\[\]|{_LIST}|{_PLAIN})?"
    r"[ ]*+(?:(?:(?<=[ ])|^)\#.*)?"
)
_ITEM: Final = re.compile(rf"{_QUOTED}|{_WORD}")


class OddLineError(Exception):
    """A line of another form, or a line whose indentation does not say where it belongs."""


class Literal(NamedTuple):
    """Stands for a block scalar, whose text follows in the lines below.

    Attributes:
        keeps_break: whether the last line break belongs to it.
    """

    keeps_break: bool


class Below:
    """Stands for a value that is not in the line of its key: below it, or nowhere."""


class Columns(NamedTuple):
    """Where the parts of a line stand, in columns.

    Attributes:
        key_end: behind the key as it is written; 0 without a key.
        start, end: the span of the value as it is written; both behind the colon if it is not in the line.
    """

    key_end: int
    start: int
    end: int


class Line(NamedTuple):
    """What a line says.

    Attributes:
        indent: the column of its first character; negative where it says nothing itself.
        inner: the column behind its dash; 0 without a dash.
        key: the text of its key; None without a key.
        value: its value; a ``Literal`` for a block scalar, ``BELOW`` if no value is in the line.
        columns: where the key and the value stand.
    """

    indent: int
    inner: int
    key: str | None
    value: object
    columns: Columns

    @property
    def column(self) -> int:
        """Where its key stands, or its dash if it has no key."""
        return self.indent if self.key is None else self.inner or self.indent


BELOW: Final = Below()
BLANK: Final = Line(-1, 0, None, BELOW, Columns(0, 0, 0))
# A line of a block scalar.
INSIDE: Final = BLANK._replace(indent=-2)


def read_line(text: str) -> Line:
    """Read a line.

    Args:
        text: the line without its break.

    Returns:
        What it says.

    Raises:
        OddLineError: when the line is not of the plainest form.
    """
    return read_short_line(text) if len(text) < LONG else _read(text)


def _read(text: str) -> Line:
    # No tabs, no line breaks that only YAML 1.1 knows, nothing that YAML forbids.
    match = _LINE.fullmatch(text) if text.isprintable() else None
    if match is None:
        raise OddLineError
    blank, dash, key, value = match.groups()
    if key is None and (value is None or not dash):
        # The rest of a value that began above, a text that is no mapping, or a dash alone.
        if dash or value is not None:
            raise OddLineError
        return BLANK
    indent = len(blank)
    inner = indent + len(dash) if dash else 0
    name = None if key is None else key_text(scalar(key))
    if value is None:
        behind = match.end("key") + 1
        return Line(indent, inner, name, BELOW, Columns(behind - 1, behind, behind))
    value = value.rstrip(" ")
    start = match.start("value")
    return Line(
        indent, inner, name, _value(value), Columns(max(match.end("key"), 0), start, start + len(value))
    )


# For lines shorter than LONG. Manifests repeat their lines, and an edit reads most of them again.
read_short_line: Final = lru_cache(maxsize=4096)(_read)


def scalar(text: str) -> Scalar:
    """Read a scalar.

    Args:
        text: the scalar as it is written: in quotes or plain.
    """
    return text[1:-1] if text[0] in "\"'" else as_written(resolve(text), text)


def items(text: str) -> Iterator[re.Match[str]]:
    """Find the items of a list in one line.

    Args:
        text: the list with its brackets, as it is written.

    Returns:
        A match for each item.
    """
    return _ITEM.finditer(text, 1)


def _value(text: str) -> object:
    first = text[0]
    if first == "|":
        return Literal(keeps_break=text == "|")
    if first == "{":
        return {}
    if first == "[":
        return [scalar(item[0]) for item in items(text)]
    return scalar(text)
