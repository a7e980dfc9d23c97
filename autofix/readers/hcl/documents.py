"""Texts of other languages in HCL: here-documents, and strings that hold a document or a command."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

from tree_sitter import Node

from autofix.readers.hcl.languages import language_of
from autofix.readers.hcl.places import HclPlace
from autofix.readers.hcl.syntax import HclText, unescaped
from autofix.readers.model import Branch, Escapes, InnerText, Target, TextSpan

_TEMPLATE: Final[Escapes] = (("${", "$${"), ("%{", "%%{"))
_QUOTED: Final[Escapes] = (
    ("\\", "\\\\"),
    ('"', '\\"'),
    ("\n", "\\n"),
    ("\r", "\\r"),
    ("\t", "\\t"),
    *_TEMPLATE,
)
_TEMPLATE_ESCAPE: Final = re.compile(r"\$\$(?=\{)|%%(?=\{)")
# What the parts of a template's directive begin and end with.
_MARKS: Final = frozenset(
    {
        *("template_if_intro", "template_else_intro", "template_if_end"),
        *("template_for_start", "template_for_end"),
    }
)


class _Parts(NamedTuple):
    """What a template is made of, by positions in the whole text.

    Attributes:
        holes: expressions, and the marks of directives.
        lines: of these, marks that print nothing: they become spaces.
        conditions: parts under a condition.
        alternatives: parts of which only one takes effect.
    """

    holes: list[TextSpan]
    lines: set[TextSpan]
    conditions: list[TextSpan]
    alternatives: list[TextSpan]


class _Change(NamedTuple):
    """A part of the outer text that reads otherwise in the inner text."""

    start: int
    end: int
    text: str


def inner_text(syntax: HclText, node: Node, place: HclPlace, language: str = "") -> InnerText:
    """Read a here-document or a string in quotes as a text of another language.

    Args:
        syntax: the text.
        node: ``heredoc_template``, ``quoted_template`` or ``string_lit``.
        place: where it stands.
        language: its language; empty if its name and its beginning say it.

    Returns:
        The inner text. An expression becomes letters or, alone on its line, a comment; the marks of a
        directive become spaces.

    Source: "Template Sub-language" and "Here Documents" in HCL's specification.
    """
    is_heredoc = node.type == "heredoc_template"
    start, end = _heredoc_span(syntax, node) if is_heredoc else (node.start_byte + 1, node.end_byte - 1)
    parts = _parts(syntax, node)
    masked, hidden = _masked(syntax.text, start, end, parts)
    if is_heredoc:
        indented = syntax.text.startswith("<<-", node.start_byte)
        changes = list(_heredoc_changes(masked, hidden, indented=indented))
    else:
        changes = list(_quoted_changes(masked))
    text, runs = _changed(masked, start, changes)
    inner = _Inside(runs, len(text))
    everything = ((0, len(text)),)
    conditions = tuple(map(inner.span, parts.conditions))
    alternatives = tuple(map(inner.span, parts.alternatives))
    owner = place.owner
    return InnerText(
        language or language_of(place.path, text),
        text,
        runs,
        _TEMPLATE if is_heredoc else _QUOTED,
        tuple(map(inner.span, sorted(parts.holes))),
        (*conditions, *everything) if place.branch is Branch.CONDITIONAL else conditions,
        (*alternatives, *everything) if place.branch is Branch.ALTERNATIVE else alternatives,
        Target.LINKERD_VALUES if owner.is_linkerd else Target.UNKNOWN,
        owner.namespace,
        place.reason,
    )


class _Inside(NamedTuple):
    """Turns positions in the outer text into positions in the inner text."""

    runs: tuple[TextSpan, ...]
    length: int

    def span(self, outer: TextSpan) -> TextSpan:
        """Return where a part of the outer text stands in the inner text."""
        return self._position(outer[0]), self._position(outer[1])

    def _position(self, outer: int) -> int:
        index = bisect_right(self.runs, outer, key=lambda run: run[1]) - 1
        if index < 0:
            return 0
        position = self.runs[index][0] + outer - self.runs[index][1]
        last = self.runs[index + 1][0] if index + 1 < len(self.runs) else self.length
        return min(position, last)


def is_sound(syntax: HclText, node: Node) -> bool:
    """Tell whether a template is whole: the grammar also makes one of a damaged text.

    Args:
        syntax: the text.
        node: a here-document or a string in quotes.
    """
    if node.has_error or node.type != "heredoc_template":
        return not node.has_error
    marks = _marks(node)
    names = {syntax.of(mark) for mark in marks}
    if len(marks) != 2 or len(names) != 1 or not syntax.text.startswith("<<", node.start_byte):  # noqa: PLR2004
        return False
    line_end = syntax.text.find("\n", marks[0].end_byte)
    return not syntax.text[marks[0].end_byte : line_end].strip()


def _marks(node: Node) -> list[Node]:
    return [child for child in node.named_children if child.type == "heredoc_identifier"]


def _heredoc_span(syntax: HclText, node: Node) -> TextSpan:
    """Return where the lines of a here-document stand."""
    first, last = _marks(node)
    start = syntax.text.find("\n", first.end_byte) + 1
    return start, max(start, syntax.text.rfind("\n", 0, last.start_byte) + 1)


def _parts(syntax: HclText, node: Node) -> _Parts:
    """Find the expressions and directives of a template."""
    parts = _Parts([], set(), [], [])
    stack = [node]
    while stack:
        for child in stack.pop().named_children:
            span = (child.start_byte, child.end_byte)
            if child.type == "template_interpolation" or child.type in _MARKS:
                parts.holes.append(span)
                if child.type in _MARKS:
                    parts.lines.add(span)
            elif child.type == "template_directive":
                is_on_a_line = child.start_point[0] == child.end_point[0]
                if is_on_a_line and not syntax.concerns(child):
                    parts.holes.append(span)
                else:
                    stack.append(child)
            elif child.type in {"template_if", "template_for"}:
                _add_branches(child, parts)
                stack.append(child)
    return parts


def _add_branches(directive: Node, parts: _Parts) -> None:
    """Add what stands between the marks of a directive."""
    marks = [child for child in directive.named_children if child.type in _MARKS]
    between = [(left.end_byte, right.start_byte) for left, right in pairwise(marks)]
    (parts.alternatives if len(between) > 1 else parts.conditions).extend(between)


def _masked(text: str, start: int, end: int, parts: _Parts) -> tuple[str, str]:
    """Put harmless characters where a program fills something in.

    Returns:
        The text between two positions, twice: for its reader, and with letters in every hole. Both have the
        length that it had.
    """
    for_reader: list[str] = []
    hidden: list[str] = []
    position = start
    for left, right in sorted(parts.holes):
        between, letters = text[position:left], "x" * (right - left)
        for_reader += (between, _mask(text, start, end, (left, right), parts))
        hidden += (between, letters)
        position = right
    rest = text[position:end]
    return "".join((*for_reader, rest)), "".join((*hidden, rest))


def _mask(text: str, start: int, end: int, hole: TextSpan, parts: _Parts) -> str:
    length = hole[1] - hole[0]
    if hole in parts.lines:
        return " " * length
    left, right = hole
    while left > start and text[left - 1] in " \t":
        left -= 1
    while right < end and text[right] in " \t\r":
        right += 1
    begins_line = left == start or text[left - 1] == "\n"
    ends_line = right == end or text[right] == "\n"
    # The expression prints whole lines; a scalar there would be no YAML beside other lines.
    is_among_lines = begins_line and ends_line and (left, right) != (start, end)
    return "#" + "x" * (length - 1) if is_among_lines else "x" * length


def _heredoc_changes(masked: str, hidden: str, *, indented: bool) -> Iterator[_Change]:
    """Yield the indentation that ``<<-`` takes away, and the escapes."""
    lines = hidden.split("\n")
    widths = [len(line) - len(line.lstrip()) for line in lines[:-1] if line.strip()]
    width = min(widths, default=0) if indented else 0
    changes: list[_Change] = []
    position = 0
    for line in lines[:-1]:
        if width and line.strip():
            changes.append(_Change(position, position + width, ""))
        position += len(line) + 1
    escapes = (_Change(*match.span(), match[0][0]) for match in _TEMPLATE_ESCAPE.finditer(masked))
    yield from sorted((*changes, *escapes))


def _quoted_changes(masked: str) -> Iterator[_Change]:
    """Yield the escapes of a string in quotes."""
    for part, begin, end in unescaped(masked):
        if len(part) != end - begin:
            yield _Change(begin, end, part)


def _changed(masked: str, start: int, changes: list[_Change]) -> tuple[str, tuple[TextSpan, ...]]:
    """Make the inner text, and say where it stands.

    Args:
        masked: the text before the changes.
        start: where it begins in the outer text.
        changes: the changes, in order.
    """
    pieces: list[str] = []
    runs: dict[int, int] = {0: start}
    position = length = 0
    for change in changes:
        pieces += (masked[position : change.start], change.text)
        length += change.start - position
        if change.text:
            runs[length] = start + _same_character(masked, change)
        length += len(change.text)
        runs[length] = start + change.end
        position = change.end
    pieces.append(masked[position:])
    text = "".join(pieces)
    return text, tuple((inner, outer) for inner, outer in runs.items() if inner < len(text) or inner == 0)


def _same_character(masked: str, change: _Change) -> int:
    """Return where the character of an escape stands: the last one of ``\\"``, else where it begins."""
    return change.end - 1 if masked[change.end - 1] == change.text else change.start
