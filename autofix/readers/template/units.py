"""The actions of one line, and the text between them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from autofix.readers.template.actions import Action
from autofix.readers.template.roles import ActionRole, Effect

# A comment of YAML to the end of the line.
_COMMENT: Final = re.compile(r"(?:^|(?<=[ \t]))#")


class Unit(NamedTuple):
    """An action, or a whole block in one line.

    Attributes:
        start, end: its span.
        first, last: the indices of its first and last action.
        effect: what it does; a whole block writes.
        is_block: whether it is a block in one line.
        has_branches: whether that block has an "else".
    """

    start: int
    end: int
    first: int
    last: int
    effect: Effect
    is_block: bool = False
    has_branches: bool = False


class Template(NamedTuple):
    """A template, and what is known of its actions.

    Attributes:
        text: the text.
        actions: its actions that are masked.
        roles: the role of each action.
        closings: for each action that opens a block, the action that closes it, by index.
        branched: the actions that open a block with an "else", by index.
    """

    text: str
    actions: Sequence[Action]
    roles: Sequence[ActionRole]
    closings: Mapping[int, int]
    branched: frozenset[int]


def units_of(template: Template, first: int, last: int) -> list[Unit]:
    """Put together the blocks that stand in one line.

    Args:
        template: the template.
        first, last: the indices of the line's first action, and of the action behind its last one.
    """
    units: list[Unit] = []
    index = first
    while index < last:
        action, closing = template.actions[index], template.closings.get(index, last)
        if closing < last:
            end, branched = template.actions[closing].end, index in template.branched
            units.append(
                Unit(action.start, end, index, closing, Effect.WRITES, is_block=True, has_branches=branched)
            )
            index = closing + 1
            continue
        units.append(Unit(action.start, action.end, index, index, template.roles[index].effect))
        index += 1
    return units


def gaps_of(text: str, start: int, end: int, units: Sequence[Unit]) -> list[str]:
    """Return the text before, between and behind units.

    Args:
        text: the template.
        start, end: where the text before the first unit starts, and where the text behind the last one ends.
        units: units in order.
    """
    starts = [start, *(unit.end for unit in units)]
    ends = [*(unit.start for unit in units), end]
    return [text[left:right] for left, right in zip(starts, ends, strict=True)]


def is_visible(gap: str) -> bool:
    """Tell whether a text is more than blanks and a comment of YAML.

    Args:
        gap: the text, without line breaks.
    """
    comment = _COMMENT.search(gap)
    return bool(gap[: comment.start()].strip() if comment else gap.strip())


def inner_gaps(template: Template, unit: Unit) -> list[str]:
    """Return the text between the actions of a block in one line.

    Args:
        template: the template.
        unit: the block.
    """
    actions = template.actions[unit.first : unit.last + 1]
    return [template.text[left.end : right.start] for left, right in pairwise(actions)]


def is_empty(template: Template, unit: Unit) -> bool:
    """Tell whether a unit writes nothing that YAML would see, but perhaps a comma.

    Args:
        template: the template.
        unit: the unit.
    """
    if not unit.is_block:
        return unit.effect is not Effect.WRITES
    return all(
        role.effect is not Effect.WRITES for role in template.roles[unit.first : unit.last + 1]
    ) and not "".join(inner_gaps(template, unit)).strip(" \t\r\n,")


def opened_units(template: Template, units: Sequence[Unit]) -> list[Unit]:
    """Open the blocks among units: their first and last actions become units by themselves.

    Args:
        template: the template.
        units: the units of a line.
    """
    opened: list[Unit] = []
    for unit in units:
        if not unit.is_block:
            opened.append(unit)
            continue
        first, last = template.actions[unit.first], template.actions[unit.last]
        opened.append(Unit(first.start, first.end, unit.first, unit.first, Effect.OPENS))
        opened += units_of(template, unit.first + 1, unit.last)
        opened.append(Unit(last.start, last.end, unit.last, unit.last, Effect.CLOSES))
    return opened
