"""Spans of a text: what overlaps, and what lies inside."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from autofix.readers.model import TextSpan


def merged_spans(spans: Iterable[TextSpan]) -> tuple[TextSpan, ...]:
    """Put spans into order, and join those that overlap or touch.

    Args:
        spans: spans in any order.
    """
    merged: list[TextSpan] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return tuple(merged)


def is_inside(position: int, spans: Sequence[TextSpan]) -> bool:
    """Tell whether a position is in one of the spans.

    Args:
        position: a position in a text.
        spans: spans in order that do not overlap.
    """
    number = bisect_right(spans, position, key=_start_of) - 1
    return number >= 0 and position < spans[number][1]


def overlaps(start: int, end: int, spans: Sequence[TextSpan]) -> bool:
    """Tell whether a part of a text overlaps one of the spans.

    Args:
        start, end: the part.
        spans: spans in order that do not overlap.
    """
    if is_inside(start, spans):
        return True
    number = bisect_right(spans, start, key=_start_of)
    return number < len(spans) and spans[number][0] < end


def _start_of(span: TextSpan) -> int:
    return span[0]
