"""Branches that cannot stand beside the first branch of their block: each becomes a text of its own.

YAML would read what only one branch writes as one: an item of a list below a key, or the same object twice.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from autofix.readers.model import TextSpan
from autofix.readers.template.actions import Action
from autofix.readers.template.blocks import TemplateBlock

# A line with text of YAML: its indentation, and a dash or a key.
_LINE: Final = re.compile(r"^( *)(?:(-)(?:[ \t]|$)|([^\s#:][^\n:]{0,120}:)(?:\s|\Z)|[^\s#])", re.MULTILINE)


class _Start(NamedTuple):
    """How a branch starts: its column, a dash, and its first key."""

    column: int
    dash: str
    key: str


def find_partings(
    masked: str, blocks: Sequence[TemplateBlock], actions: Sequence[Action]
) -> tuple[TextSpan, ...]:
    """Find the branches that must be read by themselves.

    Args:
        masked: the masked template.
        blocks: its blocks.
        actions: its actions.

    Returns:
        The spans of these branches, in order; no two of them overlap.
    """
    if not any(block.divisions for block in blocks):
        return ()
    lines = list(_LINE.finditer(masked))
    places = [line.start() for line in lines]

    def start_of(span: TextSpan) -> _Start | None:
        number = bisect_left(places, span[0])
        if number == len(places) or places[number] >= span[1]:
            return None
        line = lines[number]
        return _Start(len(line[1]), line[2] or "", line[3] or "")

    spans: list[TextSpan] = []
    for block in sorted(blocks, key=_first_action):
        if spans and block.span[0] < spans[-1][1]:
            continue
        first: _Start | None = None
        for span in _branches(block, actions):
            start = start_of(span)
            if first is not None and start is not None and _is_apart(first, start):
                spans.append(span)
            first = first or start
    return tuple(spans)


def _first_action(block: TemplateBlock) -> int:
    return block.opening


def _branches(block: TemplateBlock, actions: Sequence[Action]) -> Iterator[TextSpan]:
    """Return the spans between the actions of a block; the block of a "case" has no first one."""
    if not block.divisions:
        return
    indices = (block.opening, *block.divisions)
    ends = [actions[index].start for index in block.divisions]
    end = actions[block.closing].start if block.closing < len(actions) else block.span[1]
    for index, stop in zip(indices, (*ends, end), strict=True):
        yield actions[index].end, stop


def _is_apart(first: _Start, start: _Start) -> bool:
    if start.column != first.column:
        return start.column > first.column
    return start.dash != first.dash or (start.key == first.key != "")
