"""The definitions of a template: each ``define`` is a text of its own."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import Final, NamedTuple

from autofix.readers.model import Target, TextSpan
from autofix.readers.names import NAMESPACE_WORDS, words_of
from autofix.readers.template.actions import Action
from autofix.readers.template.blocks import TemplateBlock

_DEFINE: Final = "define"
_LABELS: Final = frozenset({"label", "selector"})


class Definition(NamedTuple):
    """A part of a template with a name, which stands elsewhere in what comes out.

    Attributes:
        name: its name.
        span: where it stands, with its first and last action.
        body: where the text in it stands.
        actions: the indices of its first and last action; the last is missing if the block does not end.
    """

    name: str
    span: TextSpan
    body: TextSpan
    actions: tuple[int, ...]


def find_definitions(
    text: str, blocks: Sequence[TemplateBlock], actions: Sequence[Action]
) -> tuple[Definition, ...]:
    """Find the definitions of a template.

    Args:
        text: the template.
        blocks: its blocks.
        actions: its actions.

    Returns:
        The definitions in their order; one inside another belongs to that one.
    """
    found = (block for block in blocks if block.word == _DEFINE)
    outer: list[Definition] = []
    for block in sorted(found, key=lambda block: block.span):
        if outer and block.span[0] < outer[-1].span[1]:
            continue
        is_closed = block.closing < len(actions)
        end = actions[block.closing].start if is_closed else len(text)
        indices = (block.opening, block.closing) if is_closed else (block.opening,)
        outer.append(Definition(block.condition, block.span, (actions[block.opening].end, end), indices))
    return tuple(outer)


def target_of(name: str) -> Target:
    """Tell by the name of a definition whose annotations it writes.

    Args:
        name: the name, such as ``app.selectorLabels``.
    """
    words = words_of(name.rpartition(".")[2])
    if words & _LABELS:
        return Target.LABELS
    if "annotation" not in words:
        return Target.UNKNOWN
    return Target.NAMESPACE if words & NAMESPACE_WORDS else Target.POD


def clipped(spans: Sequence[TextSpan], start: int, end: int) -> Iterator[TextSpan]:
    """Cut spans to a part of the text, and count from there.

    Args:
        spans: spans in order that do not overlap.
        start, end: the part.
    """
    # A template may have as many parts as spans, so nobody may look at all spans for each part.
    for index in range(bisect_right(spans, start, key=itemgetter(1)), len(spans)):
        left, right = spans[index]
        if left >= end:
            return
        yield max(left, start) - start, min(right, end) - start
