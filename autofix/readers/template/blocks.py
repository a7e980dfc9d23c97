"""The blocks of a template, and where only one of several branches takes effect."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from autofix.readers.model import TextSpan
from autofix.readers.spans import merged_spans
from autofix.readers.template.actions import Action, Family
from autofix.readers.template.roles import ActionRole, Effect

_FORKS: Final = frozenset({"if", "unless", "with", "case", "#", "^"})
# A block that begins with one of these words has alternatives, or is one of them.
_ALTERNATIVES: Final = frozenset({"case", "^"})
_INVERTED: Final = frozenset({"unless", "^"})
_NOT: Final = re.compile(r"(?:not\b|!(?!=))\s*")


class TemplateBlock(NamedTuple):
    """A block of a template.

    Attributes:
        opening: the index of the action that opens it.
        closing: the index of the action that closes it; the number of all actions if none does.
        span: from its first action to the end of its last one.
        word: the word that opens it.
        condition: its condition, or the name of a definition.
        has_branches: whether it has an "else" or the like.
        divisions: the indices of the actions that begin another branch.
    """

    opening: int
    closing: int
    span: TextSpan
    word: str
    condition: str
    has_branches: bool
    divisions: tuple[int, ...] = ()


class TemplateBranches(NamedTuple):
    """Where a template chooses.

    Attributes:
        conditions: parts that may take effect or not, including those with an "else"; in order, and no two
            of them overlap.
        alternatives: parts of which only one takes effect; in order, and no two of them overlap.
    """

    conditions: tuple[TextSpan, ...]
    alternatives: tuple[TextSpan, ...]


class TemplateBlocks(NamedTuple):
    """The blocks of a template.

    Attributes:
        blocks: in the order in which they end.
        strays: whether an "else" belongs to no block.
    """

    blocks: tuple[TemplateBlock, ...]
    strays: bool


def find_blocks(actions: Sequence[Action], roles: Sequence[ActionRole], length: int) -> TemplateBlocks:
    """Pair the actions that open and close blocks.

    Args:
        actions: the actions of a text.
        roles: the role of each of them.
        length: the length of the text: a block without an end ends there.

    Returns:
        The blocks.
    """
    blocks: list[TemplateBlock] = []
    open_blocks: dict[Family, list[TemplateBlock]] = {}
    divisions: dict[int, list[int]] = {}
    strays = False
    for index, (action, role) in enumerate(zip(actions, roles, strict=True)):
        if role.effect is Effect.OPENS:
            block = TemplateBlock(
                index,
                len(actions),
                (action.start, length),
                role.word,
                role.condition,
                role.word in _ALTERNATIVES,
            )
            open_blocks.setdefault(action.family, []).append(block)
            continue
        family = open_blocks.get(action.family)
        if role.effect is Effect.CLOSES and family:
            block = family.pop()
            blocks.append(block._replace(closing=index, span=(block.span[0], action.end)))
        elif role.effect is Effect.DIVIDES and family:
            divisions.setdefault(family[-1].opening, []).append(index)
        elif role.effect is Effect.DIVIDES:
            strays = True
    blocks += [block for family in open_blocks.values() for block in family]
    return TemplateBlocks(tuple(_divided(block, divisions) for block in blocks), strays)


def _divided(block: TemplateBlock, divisions: Mapping[int, Sequence[int]]) -> TemplateBlock:
    indices = divisions.get(block.opening, ())
    return block._replace(has_branches=True, divisions=tuple(indices)) if indices else block


def branches_of(blocks: TemplateBlocks, length: int) -> TemplateBranches:
    """Find the parts of a template of which only some take effect.

    Args:
        blocks: the blocks of the template.
        length: the length of its text: if an "else" belongs to no block, all of it counts as alternatives.

    Returns:
        The parts.
    """
    forks = [block for block in blocks.blocks if block.has_branches or block.word in _FORKS]
    keys = [_positive(block) for block in forks]
    both = {condition for condition, inverted in keys if inverted} & {
        condition for condition, inverted in keys if not inverted
    }
    alternatives = [
        block.span
        for block, (condition, _) in zip(forks, keys, strict=True)
        if block.has_branches or (condition and condition in both)
    ]
    whole = ((0, length),) if blocks.strays and length else ()
    return TemplateBranches(merged_spans(block.span for block in forks), whole or merged_spans(alternatives))


def _positive(block: TemplateBlock) -> tuple[str, bool]:
    """Return a block's condition without a "not" around it, and whether it had one."""
    inverted = block.word in _INVERTED
    condition = block.condition
    match = _NOT.match(condition)
    if match is not None:
        inverted = not inverted
        condition = condition[match.end() :]
    if condition.startswith("(") and condition.endswith(")"):
        condition = condition[1:-1].strip()
    return condition, inverted
