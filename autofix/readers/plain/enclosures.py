"""What encloses positions in a text, by indentation and by brackets: labels, or a block that may be left out.

The text may be YAML with a template in it, HCL, JSON or shell; nothing of it is parsed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from autofix.readers.names import is_labels

_OPENING: Final = {"}": "{", "]": "[", ")": "("}
_BRACKET: Final = re.compile(r"[\[\](){}]")
# A key of YAML or JSON at the start of a line, perhaps in a list.
_ENTRY: Final = re.compile(r"""((?:-[ \t]+)*)["']?([\w./$-]+)["']?[ \t]*:(?:[\s{\[|>&"']|\Z)""")
# Lines that do not belong to the YAML around them.
_ASIDE: Final = ("{{", "{%", "<%", "#", "//")
_DEFINE: Final = re.compile(r"""\{\{-?[ \t]*(?:define|block)[ \t]+["`]([^"`\n]*)""")
# A name with a value at the start of a line, and the characters between a word and the bracket behind it.
_TARGET: Final = re.compile(r"""[ \t]*["']?([\w.-]+)["']?[ \t]*[:=]""")
_BETWEEN: Final = " \t:=>\"']"
_NO_WORD: Final = re.compile(r"[^\w.-]")
_LONGEST_HEAD: Final = 120
# ``cond ? {`` and ``: {``, on one line or on several lines.
_TERNARY: Final = re.compile(r"\?[ \t]*\w*\Z|\A[ \t]+[?:][ \t]*\w*\Z")
# These say how often Terraform makes a block; it may be never.
_COUNT: Final = re.compile(r"[ \t]*(?:count[ \t]*=[ \t]*[^\s\d=]|for_each[ \t]*=.*\?)")


class Enclosure(NamedTuple):
    """What encloses a position.

    Attributes:
        is_labels: whether labels or a selector enclose it, by their name.
        is_optional: whether it is in one side of a conditional expression, or in a block that Terraform may
            leave out.
    """

    is_labels: bool
    is_optional: bool


class _Row(NamedTuple):
    """A line that lines below it may belong to."""

    depth: int
    is_item: bool
    is_labels: bool


class _Brackets(NamedTuple):
    """The brackets of a text by their number; number 0 stands for the text around all of them.

    Attributes:
        parents: for each bracket, the bracket around it.
        labels: for each bracket, whether it encloses labels.
        optional: for each bracket, whether it may be left out.
        path: the open brackets, each with its character.
        counts: how many of each character are open.
    """

    parents: list[int]
    labels: list[bool]
    optional: list[bool]
    path: list[tuple[int, str]]
    counts: dict[str, int]


def enclosures(text: str, positions: Iterable[int]) -> dict[int, Enclosure]:
    """Say what encloses each of the positions, in one walk through the text.

    Args:
        text: the whole text.
        positions: positions in it, in order.

    Returns:
        The enclosure by the position.
    """
    numbers: dict[int, tuple[bool, int]] = {}
    brackets = _Brackets([0], [False], [False], [(0, "")], dict.fromkeys(_OPENING.values(), 0))
    rows: list[_Row] = []
    is_defined = False
    remaining = iter(positions)
    position = next(remaining, None)
    for start, line in _lines(text):
        if defined := _DEFINE.search(line):
            is_defined = is_labels(defined[1])
        of_labels = _enter(rows, line) or is_defined
        if _COUNT.match(line):
            brackets.optional[brackets.path[-1][0]] = True
        since = 0
        for end, character in _brackets_in(line):
            while position is not None and position <= start + end:
                numbers[position] = (of_labels, brackets.path[-1][0])
                position = next(remaining, None)
            _follow(brackets, character, line[max(since, end - _LONGEST_HEAD) : end])
            since = end + 1
    for number, parent in enumerate(brackets.parents):
        brackets.optional[number] |= brackets.optional[parent]
    return {
        position: Enclosure(of_labels or brackets.labels[number], brackets.optional[number])
        for position, (of_labels, number) in numbers.items()
    }


def _lines(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for line in text.split("\n"):
        yield start, line
        start += len(line) + 1


def _brackets_in(line: str) -> Iterator[tuple[int, str]]:
    for match in _BRACKET.finditer(line):
        yield match.start(), match[0]
    yield len(line), ""


def _enter(rows: list[_Row], line: str) -> bool:
    """Follow the indentation into a line, and tell whether it is about labels."""
    body = line.lstrip(" \t")
    if not body.strip() or body.startswith(_ASIDE):
        return bool(rows) and rows[-1].is_labels
    depth, is_item = len(line) - len(body), body.startswith("-")
    # A list may stand as deep as the key that it belongs to.
    while rows and (
        rows[-1].depth > depth or (rows[-1].depth == depth and (rows[-1].is_item or not is_item))
    ):
        rows.pop()
    of_labels = bool(rows) and rows[-1].is_labels
    if is_item:
        rows.append(_Row(depth, is_item=True, is_labels=of_labels))
    if entry := _ENTRY.match(body):
        of_labels = of_labels or is_labels(entry[2])
        rows.append(_Row(depth + len(entry[1]), is_item=False, is_labels=of_labels))
    return of_labels


def _follow(brackets: _Brackets, character: str, head: str) -> None:
    """Open or close a bracket; a closing bracket without an opening one is passed over."""
    opening = _OPENING.get(character)
    if opening is not None:
        while brackets.counts[opening]:
            _, other = brackets.path.pop()
            brackets.counts[other] -= 1
            if other == opening:
                break
    elif character:
        parent = brackets.path[-1][0]
        brackets.path.append((len(brackets.parents), character))
        brackets.counts[character] += 1
        brackets.parents.append(parent)
        brackets.labels.append(brackets.labels[parent] or any(map(is_labels, _names(head))))
        brackets.optional.append(_TERNARY.search(head) is not None)


def _names(head: str) -> Iterator[str]:
    """Find the names before the value that a bracket opens: ``labels = {``, ``labels = merge(``."""
    if target := _TARGET.match(head):
        yield target[1]
    yield _NO_WORD.split(head.rstrip(_BETWEEN))[-1]
