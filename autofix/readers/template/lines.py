"""Decide how the actions of each line are masked, and which of them fill in a value.

A line here goes on behind an action that holds line breaks, and ends where a definition begins or ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from autofix.readers.model import TextSpan
from autofix.readers.template.actions import Action
from autofix.readers.template.masks import Mask, Style
from autofix.readers.template.roles import Effect
from autofix.readers.template.units import (
    Template,
    Unit,
    gaps_of,
    inner_gaps,
    is_empty,
    is_visible,
    opened_units,
    units_of,
)

# A key, or a part of it with its colon, in text between actions.
_COLON: Final = re.compile(r":(?:[ \t]|\Z)")
# Functions whose text begins with a line break, or is a block or a mapping.
_BLOCK: Final = re.compile(
    r"\|\s*nindent\b|\bto_?(?:nice_|pretty_?|raw_?)?(?:yaml|json)|json\b|(?:yaml|json)encode\b", re.IGNORECASE
)
# Keys whose value is a mapping, so what an action writes behind them is one. And keys whose value says what
# an object is: a placeholder must not say it.
_EMPTY_KEY: Final = re.compile(
    r"(?:annotations|labels|selector|metadata|spec|template|\bapiVersion|\bkind)[\"']?[ \t]*:[ \t]*\Z",
    re.IGNORECASE,
)
_LONGEST_EMPTY_KEY: Final = 40
# Characters of a key, and a domain with a name behind it.
_WORD: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./-"
_QUALIFIED: Final = re.compile(r"\.[\w-]+/")
# What an anchor or a dash cannot stand for: the ends of lines, and tabs.
_ODD_BLANKS: Final = re.compile("[\t\r\n\x85\u2028\u2029]")
# The shortest anchor: "&", a letter and a blank.
_SHORTEST_ANCHOR: Final = 3


class Layout(NamedTuple):
    """How a template is masked.

    Attributes:
        masks: in order.
        holes: where a program fills in text, in any order.
        lone: where the actions start that write something and stand alone on their lines.
    """

    masks: list[Mask]
    holes: list[TextSpan]
    lone: list[int]


class _Line(NamedTuple):
    """A line: its span, and the indices of its actions, the last exclusive."""

    start: int
    end: int
    first: int
    last: int


def lay_out_lines(template: Template, boundaries: frozenset[int]) -> Layout:
    """Decide how a template is masked.

    Args:
        template: the template.
        boundaries: the indices of actions that begin or end a definition.

    Returns:
        The masks and holes.
    """
    layout = Layout([], [], [])
    for line in _lines(template, boundaries):
        _mask_line(template, line, layout)
    layout.masks.extend(
        Mask(template.actions[index].start, template.actions[index].end, Style.BLANK) for index in boundaries
    )
    layout.masks.sort(key=_start_of)
    return layout


def _start_of(mask: Mask) -> int:
    return mask.start


def _lines(template: Template, boundaries: frozenset[int]) -> Iterator[_Line]:
    """Find the lines with actions."""
    text, actions = template.text, template.actions
    index = end = 0
    while index < len(actions):
        if index in boundaries:
            end = actions[index].end
            index += 1
            continue
        start = max(text.rfind("\n", end, actions[index].start) + 1, end)
        first = index
        end = _line_end(text, actions[index].end, actions, index)
        index += 1
        while index < len(actions) and actions[index].start < end:
            if index in boundaries:
                end = actions[index].start
                break
            end = _line_end(text, actions[index].end, actions, index)
            index += 1
        yield _Line(start, end, first, index)


def _line_end(text: str, start: int, actions: Sequence[Action], index: int) -> int:
    # Looking only as far as the next action keeps the search linear in a long line.
    limit = actions[index + 1].end if index + 1 < len(actions) else len(text)
    place = text.find("\n", start, limit)
    return limit if place < 0 else place


def _mask_line(template: Template, line: _Line, layout: Layout) -> None:
    text = template.text
    start, end, first, last = line
    if text[start : template.actions[first].start].lstrip().startswith("#"):
        for index in range(first, last):
            action = template.actions[index]
            layout.masks.append(Mask(action.start, action.end, Style.BLANK))
        return
    units = units_of(template, first, last)
    if any(map(is_visible, gaps_of(text, start, end, units))):
        _mask_mixed(template, start, end, units, layout)
    else:
        _mask_alone(template, start, end, units, layout)


def _mask_alone(template: Template, start: int, end: int, units: Sequence[Unit], layout: Layout) -> None:
    """Mask a line that holds nothing but actions and blocks."""
    visible = [unit for unit in units if unit.is_block and any(map(is_visible, inner_gaps(template, unit)))]
    if not visible:
        for unit in units:
            _blank_each(template, unit, layout)
            spans = list(_written_spans(template, unit))
            layout.holes.extend(spans)
            layout.lone.extend(span[0] for span in spans)
        return
    unit = visible[0]
    if len(visible) == 1 and not unit.has_branches:
        inner = opened_units(template, units)
        if is_empty(template, unit) or _is_entry(template.text, end, inner):
            _mask_mixed(template, start, end, inner, layout)
            return
    whole = units[0].start, units[-1].end
    layout.masks.append(Mask(*whole, Style.BLANK))
    layout.holes.append(whole)


def _is_entry(text: str, end: int, units: Sequence[Unit]) -> bool:
    """Tell whether the text between units is a key with its value, or an item of a list."""
    gaps = gaps_of(text, units[0].end, end, units[1:])
    return _is_item(gaps[0]) or any(_COLON.search(gap) for gap in gaps)


def _is_item(gap: str) -> bool:
    return gap.lstrip().startswith("- ")


def _blank_each(template: Template, unit: Unit, layout: Layout) -> None:
    for action in template.actions[unit.first : unit.last + 1]:
        layout.masks.append(Mask(action.start, action.end, Style.BLANK))


def _written_spans(template: Template, unit: Unit) -> Iterator[TextSpan]:
    for index in range(unit.first, unit.last + 1):
        if template.roles[index].effect is Effect.WRITES:
            yield template.actions[index].start, template.actions[index].end


def _mask_mixed(template: Template, start: int, end: int, units: Sequence[Unit], layout: Layout) -> None:
    """Mask the actions of a line with text of its own."""
    gaps = gaps_of(template.text, start, end, units)
    leading = 0
    while leading < len(units) and not gaps[leading].strip() and is_empty(template, units[leading]):
        leading += 1
    if leading and not (leading == len(units) and not is_visible(gaps[leading])):
        _mask_leading(template, units[:leading], gaps[leading:], layout)
    else:
        leading = 0
    quotes = {'"': 0, "'": 0}
    for number, unit in enumerate(units):
        before, behind = gaps[number], gaps[number + 1]
        for quote in quotes:
            quotes[quote] += before.count(quote)
        if number < leading:
            continue
        if is_empty(template, unit):
            _blank_each(template, unit, layout)
            if unit.effect is Effect.OPENS and before.rstrip().endswith(":"):
                layout.holes.append((unit.start, unit.end))
            continue
        closes = before[-1:] in quotes and quotes[before[-1]] % 2 == 0
        is_last = number == len(units) - 1 and not is_visible(behind)
        if closes or (is_last and _stays_empty(template, unit, before)):
            layout.masks.append(Mask(unit.start, unit.end, Style.BLANK))
            layout.holes.append((unit.start, unit.end))
        else:
            _mask_word(unit, before, behind, layout)


def _stays_empty(template: Template, unit: Unit, before: str) -> bool:
    if not before.rstrip().endswith(":") and before.strip(" \t-"):
        return False
    if _EMPTY_KEY.search(before[-_LONGEST_EMPTY_KEY:]):
        return True
    return _BLOCK.search(template.text, unit.start, unit.end) is not None


def _mask_word(unit: Unit, before: str, behind: str, layout: Layout) -> None:
    """Mask an action in a word; the rest of a key's word goes with it, for the key is not known."""
    left, right = before[len(before.rstrip(_WORD)) :], behind[: len(behind) - len(behind.lstrip(_WORD))]
    start, end = unit.start, unit.end
    if _QUALIFIED.search(left) and (not layout.masks or layout.masks[-1].end <= start - len(left)):
        layout.masks.append(Mask(start - len(left), start, Style.WORD))
        start -= len(left)
    layout.masks.append(Mask(unit.start, unit.end, Style.WORD))
    if _QUALIFIED.search(right):
        layout.masks.append(Mask(end, end + len(right), Style.WORD))
        end += len(right)
    layout.holes.append((start, end))


def _mask_leading(template: Template, units: Sequence[Unit], gaps: Sequence[str], layout: Layout) -> None:
    """Mask the actions before the first text of a line so that the text keeps its column.

    An action that is not rendered takes no place: the text moves to where the action begins.
    """
    text, start = template.text, units[0].start
    blank = len(gaps[0]) - len(gaps[0].lstrip(" "))
    end = units[-1].end + blank
    content = gaps[0].strip()
    is_item = _is_item(gaps[0])
    is_key = not is_item and any(_COLON.search(gap) for gap in gaps)
    fits = blank + _SHORTEST_ANCHOR <= end - start and not _ODD_BLANKS.search(text, start, end)
    if fits and is_item:
        layout.masks.append(Mask(start, end, Style.DASH, blank))
    elif fits and is_key and not content.startswith("---"):
        layout.masks.append(Mask(start, end, Style.ANCHOR, blank))
    else:
        for unit in units:
            _blank_each(template, unit, layout)
