"""TemplateBlocks of several lines that choose one value: no branch of them is a key or an item of a list."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from autofix.readers.model import TextSpan
from autofix.readers.template.actions import Action
from autofix.readers.template.blocks import TemplateBlock

# A key or an item of a list at the start of a line.
_ENTRY: Final = re.compile(r"""[ \t]*(?:-(?:[ \t]|$)|["']?[\w./$@-]+["']?[ \t]*:(?:[ \t]|$))""", re.MULTILINE)
_REST_OF_LINE: Final = re.compile(r"[ \t]*(?:#.*)?$", re.MULTILINE)
# How far before a block its key is looked for.
_NEAR: Final = 200


def find_choices(
    text: str, blocks: Sequence[TemplateBlock], actions: Sequence[Action]
) -> tuple[TextSpan, ...]:
    """Find the blocks that are the value of the key before them, and have several branches.

    Args:
        text: the template.
        blocks: its blocks.
        actions: its actions.

    Returns:
        The spans of these blocks, in order; no two of them overlap.
    """
    spans: list[TextSpan] = []
    for start, end in sorted(_choices(text, blocks, actions)):
        if not spans or start >= spans[-1][1]:
            spans.append((start, end))
    return tuple(spans)


def _choices(text: str, blocks: Sequence[TemplateBlock], actions: Sequence[Action]) -> Iterator[TextSpan]:
    line_end = -1
    for block in sorted(blocks, key=_start_of):
        start, end = block.span
        if line_end < start:
            # Each line is looked at once, however many blocks it has.
            line_end = text.find("\n", start)
            if line_end < 0:
                return
        if not block.has_branches or block.closing >= len(actions) or end <= line_end:
            continue
        if not text[max(start - _NEAR, 0) : start].rstrip().endswith(":"):
            continue
        # Up to the next action: so each character is looked at once.
        first = text[actions[block.opening].end : actions[block.opening + 1].start]
        if first.strip() and not _ENTRY.match(first.lstrip("\r\n")) and _REST_OF_LINE.match(text, end):
            yield start, end


def _start_of(block: TemplateBlock) -> int:
    return block.span[0]
