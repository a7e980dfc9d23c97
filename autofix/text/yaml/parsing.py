"""YAML's parser, given a text as kubectl gives it to its own parser.

kubectl cuts a file at its document markers before it parses anything, and ends each line with a line feed.
So a block scalar at the end of a file has its last line break, a marker may have a comment right behind its
dashes, and each document may begin with a byte order mark. kubectl refuses two files that are read here: the
first marker of a file with such a comment, or with such a mark behind it.

Source: k8s.io/apimachinery v0.34.1, pkg/util/yaml/decoder.go (YAMLReader, LineReader);
go.yaml.in/yaml/v2 v2.4.2, scannerc.go (the escape of an apostrophe). Both were run.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple, TypeVar

import yaml

_Result = TypeVar("_Result")

_BYTE_ORDER_MARK: Final = "\ufeff"
_DASHES: Final = "---"
_LINE_OF_DASHES: Final = "\n---"
# Blanks as Go sees them (unicode.IsSpace), without line breaks, and a comment.
_BEHIND_DASHES: Final = re.compile(
    r"[ \t\v\f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*+(?:#[^\r\n]*+)?+(?=\r?(?:\n|\Z))"
)
# What every parser of YAML allows there.
_PLAIN_END: Final = re.compile(r"(?:[ ]++(?:#.*+)?+)?+")
_LINE_BREAK: Final = re.compile(r"\r?\n")
# A zero stands for the end of the text.
_LINE_ENDS: Final = "\0\r\n\x85\u2028\u2029"
_APOSTROPHE: Final = "\\'"
_UNKNOWN_ESCAPE: Final = "found unknown escape character"


class ParsableText(NamedTuple):
    """A text that YAML's parser reads as kubectl reads the original.

    Attributes:
        text: the text; its lines are those of the original.
        size: the size of the original, in characters.
        gaps: where ``text`` leaves out a character of the original, as positions in ``text``, in order.
    """

    text: str
    size: int
    gaps: tuple[int, ...]

    def origin(self, position: int) -> int:
        """Return the position in the original of a position in the text."""
        # The line feed at the end may not be in the original.
        return min(position + bisect_right(self.gaps, position), self.size)


def _to_next_token(loader: Any) -> None:
    """Skip blanks, comments and line breaks; tabs too, where libyaml skips them."""
    while True:
        blanks = " \t" if loader.flow_level or not loader.allow_simple_key else " "
        while loader.peek() in blanks:
            loader.forward()
        if loader.peek() == "#":
            while loader.peek() not in _LINE_ENDS:
                loader.forward()
        if not loader.scan_line_break():
            return
        loader.allow_simple_key = loader.allow_simple_key or not loader.flow_level


# The parser in Python takes five times as long as libyaml, but it can learn an escape.
_SLOW_LOADER: Final[Any] = type(
    "_SlowLoader",
    (yaml.SafeLoader,),
    {
        "ESCAPE_REPLACEMENTS": yaml.SafeLoader.ESCAPE_REPLACEMENTS | {"'": "'"},
        "scan_to_next_token": _to_next_token,
    },
)
_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", _SLOW_LOADER)


def parsable(original: str) -> ParsableText:
    """Make a text that YAML's parser reads as kubectl reads the original.

    Args:
        original: the whole file, with its byte order mark if it has one.

    Returns:
        The text, and how its positions relate to those of the original.
    """
    pieces: list[str] = []
    gaps: list[int] = []
    position = len(original) - len(original.removeprefix(_BYTE_ORDER_MARK))
    gaps += [0] * position
    for dashes in _dashes(original, position):
        behind = _BEHIND_DASHES.match(original, dashes)
        if behind is None:
            continue
        end = behind.end()
        if not _PLAIN_END.fullmatch(behind[0]):
            pieces += (original[position:dashes], " " * (end - dashes))
            position = end
        line_break = _LINE_BREAK.match(original, end)
        if line_break and original.startswith(_BYTE_ORDER_MARK, line_break.end()):
            pieces.append(original[position : line_break.end()])
            gaps.append(line_break.end() - len(gaps))
            position = line_break.end() + 1
    pieces.append(original[position:])
    if not original.endswith("\n"):
        pieces.append("\n")
    return ParsableText("".join(pieces), len(original), tuple(gaps))


def _dashes(text: str, start: int) -> Iterator[int]:
    """Find the lines that begin with three dashes; yield the position behind the dashes."""
    if text.startswith(_DASHES, start):
        yield start + len(_DASHES)
    line = text.find(_LINE_OF_DASHES, start)
    while line >= 0:
        yield line + len(_LINE_OF_DASHES)
        line = text.find(_LINE_OF_DASHES, line + 1)


def parse(text: str, build: Callable[[Iterator[Any]], _Result]) -> _Result:
    """Parse a text.

    Args:
        text: the text, from ``parsable``.
        build: makes something of the events of PyYAML; it is called again with another parser where the
            first does not know an escape.

    Returns:
        What ``build`` has made.

    Raises:
        yaml.YAMLError: when the text is not YAML.
    """
    try:
        return build(iter(_LOADER(text).get_event, None))
    except yaml.MarkedYAMLError as error:
        if not (error.problem or "").startswith(_UNKNOWN_ESCAPE) or _APOSTROPHE not in text:
            raise
    return build(iter(_SLOW_LOADER(text).get_event, None))
