"""Read a template as YAML with holes, definition by definition."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence, Set
from typing import Final, NamedTuple

from autofix.readers.model import InnerText, Target, TextReading, TextSpan
from autofix.readers.spans import is_inside, merged_spans
from autofix.readers.template.actions import Action, Family, find_actions
from autofix.readers.template.blocks import (
    TemplateBlock,
    TemplateBranches,
    branches_of,
    find_blocks,
)
from autofix.readers.template.choices import find_choices
from autofix.readers.template.definitions import Definition, clipped, find_definitions, target_of
from autofix.readers.template.headings import with_headings
from autofix.readers.template.lines import Layout, lay_out_lines
from autofix.readers.template.masks import Mask, Style, blanked, masked_text
from autofix.readers.template.partings import find_partings
from autofix.readers.template.roles import ActionRole, Effect, role_of
from autofix.readers.template.units import Template
from autofix.readers.template.variables import variables_of

_YAML: Final = "yaml"
# How far back the colon before a value is looked for.
_NEAR: Final = 40


class _Understood(NamedTuple):
    """A template, its actions and its blocks."""

    text: str
    actions: Sequence[Action]
    roles: Sequence[ActionRole]
    blocks: Sequence[TemplateBlock]


class _MaskedTemplate(NamedTuple):
    """A template whose actions are masked, with all that is known of its positions."""

    text: str
    holes: tuple[TextSpan, ...]
    branches: TemplateBranches


def read_template(text: str) -> TextReading:
    """Read a template as YAML with holes; ``autofix.readers.template.read`` says how.

    Args:
        text: the template.
    """
    every, unclosed = find_actions(text)
    masked_variables, plain_variables = variables_of(text, every)
    dropped = {action.start for action in every if action.family is Family.VARIABLE} - {
        action.start for action in masked_variables
    }
    actions = [action for action in every if action.start not in dropped]
    roles = [role_of(action) for action in actions]
    blocks = find_blocks(actions, roles, len(text))
    definitions = find_definitions(text, blocks.blocks, actions)
    choices = find_choices(text, blocks.blocks, actions)
    boundaries = {index for definition in definitions for index in definition.actions}
    layout = _layout(_Understood(text, actions, roles, blocks.blocks), boundaries, choices)
    holes = [*layout.holes, *choices, *((action.start, action.end) for action in plain_variables)]
    holes += _ytt_values(text, actions, roles)
    masks = with_headings(masked_text(text, layout.masks), layout.masks, frozenset(layout.lone))
    template = _MaskedTemplate(masked_text(text, masks), merged_spans(holes), branches_of(blocks, len(text)))
    partings = find_partings(template.text, blocks.blocks, actions)
    return TextReading(texts=tuple(_texts(template, definitions, partings)), unread=unclosed)


def _layout(understood: _Understood, boundaries: Set[int], choices: Sequence[TextSpan]) -> Layout:
    """Decide how the actions are masked; ytt's are comments of YAML, and stay."""
    text, actions, roles, blocks = understood
    kept = [
        index
        for index, action in enumerate(actions)
        if action.family is not Family.YTT and not is_inside(action.start, choices)
    ]
    number = {index: position for position, index in enumerate(kept)}
    closings = {
        number[block.opening]: number[block.closing]
        for block in blocks
        if block.opening in number and block.closing in number
    }
    branched = frozenset(
        number[block.opening] for block in blocks if block.has_branches and block.opening in number
    )
    template = Template(
        text, [actions[index] for index in kept], [roles[index] for index in kept], closings, branched
    )
    kept_boundaries = frozenset(number[index] for index in boundaries if index in number)
    layout = lay_out_lines(template, kept_boundaries)
    layout.masks.extend(Mask(start, end, Style.BLANK) for start, end in choices)
    layout.masks.sort(key=_start_of)
    return layout


def _start_of(mask: Mask) -> int:
    return mask.start


def _ytt_values(text: str, actions: Sequence[Action], roles: Sequence[ActionRole]) -> Iterator[TextSpan]:
    """Find the values that ytt fills in: YAML reads null and a comment there."""
    for action, role in zip(actions, roles, strict=True):
        if action.family is Family.YTT and role.effect is Effect.WRITES:
            before = text[max(action.start - _NEAR, 0) : action.start].rstrip(" \t")
            if before.endswith((":", "-")):
                yield action.start, action.end


def _texts(
    template: _MaskedTemplate, definitions: Sequence[Definition], partings: Sequence[TextSpan]
) -> Iterator[InnerText]:
    """Cut the definitions, and branches that stand apart, out of a template."""
    joined = _without(template.text, partings)
    main = _without(joined, [definition.span for definition in definitions])
    if not definitions or main.strip():
        yield _inner_text(template, main, 0, Target.UNKNOWN)
    for definition in definitions:
        start, end = definition.body
        if joined[start:end].strip():
            yield _inner_text(template, joined[start:end], start, target_of(definition.name))
    targets = [(*definition.body, target_of(definition.name)) for definition in definitions]
    for start, end in partings:
        number = bisect_right(targets, start, key=_first) - 1
        is_defined = number >= 0 and start < targets[number][1]
        target = targets[number][2] if is_defined else Target.UNKNOWN
        yield _inner_text(template, template.text[start:end], start, target)


def _first(target: tuple[int, int, Target]) -> int:
    return target[0]


def _without(text: str, spans: Sequence[TextSpan]) -> str:
    """Write blanks over spans, which are in order and do not overlap."""
    pieces: list[str] = []
    position = 0
    for start, end in spans:
        pieces += (text[position:start], blanked(text[start:end]))
        position = end
    return "".join((*pieces, text[position:]))


def _inner_text(template: _MaskedTemplate, text: str, start: int, target: Target) -> InnerText:
    """Return a part of a template as a text of its own."""
    end = start + len(text)
    return InnerText(
        _YAML,
        text,
        ((0, start),),
        holes=tuple(clipped(template.holes, start, end)),
        conditions=tuple(clipped(template.branches.conditions, start, end)),
        alternatives=tuple(clipped(template.branches.alternatives, start, end)),
        target=target,
    )
