"""Lines whose action writes the key of the mapping below, such as a whole ``metadata:`` from a library."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from autofix.readers.template.masks import Mask, Style

_DASHES: Final = re.compile(r"[ \t]*(?:-[ \t]+)*")
# Behind these, the lines below belong to the line: a key without a value, a block scalar, brackets.
_OPEN_END: Final = re.compile(r"(?::|[|>][-+0-9]*|[\[{,\\])[ \t]*(?:[ \t]#.*)?$")
_MARKER: Final = "---"


def with_headings(text: str, masks: Sequence[Mask], lone: frozenset[int]) -> tuple[Mask, ...]:
    """Make a mask a key where the text below it is indented as if it were one.

    Args:
        text: the masked text.
        masks: its masks, in order.
        lone: where the masks of actions start that write something and stand alone on their lines.

    Returns:
        The masks.
    """
    headings = set(_headings(text, lone)) if lone else set()
    if not headings:
        return tuple(masks)
    return tuple(mask._replace(style=Style.HEADING) if mask.start in headings else mask for mask in masks)


def _headings(text: str, lone: frozenset[int]) -> list[int]:
    headings: list[int] = []
    starts = iter(sorted(lone))
    start = next(starts, None)
    # The last action since the last line with text, and the column of that line; -1 where any may follow.
    candidate: int | None = None
    column = position = 0
    for line in text.splitlines(keepends=True):
        end = position + len(line)
        while start is not None and start < end:
            candidate = start
            start = next(starts, None)
        content = line.strip()
        if content and not content.startswith("#"):
            dashes = _DASHES.match(line)
            indent = len(line) - len(line.lstrip(" "))
            if candidate is not None and column >= 0 and indent > max(column, _column(text, candidate)):
                headings.append(candidate)
            candidate = None
            is_open = _OPEN_END.search(line.rstrip()) is not None or content.startswith(_MARKER)
            column = -1 if is_open else len(dashes[0]) if dashes else indent
        position = end
    return headings


def _column(text: str, position: int) -> int:
    return position - text.rfind("\n", 0, position) - 1
