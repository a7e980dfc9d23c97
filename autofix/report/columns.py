"""Brings rows into columns, for a program or as wide as a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

MESSAGE: Final = "MESSAGE"
"""The last column of each table, and the only one whose cells are sentences."""
# Columns of names; they may be longer than their column, where not all names fit on the terminal.
_OF_NAMES: Final = ("CONTEXT", "NAMESPACE", "OBJECT", "OWNER")
_STYLED: Final = ("CODE", "SEVERITY")
# Characters between two columns.
_GAP: Final = 2
# The least width of the column of messages, in characters: a key must stay whole. Otherwise the messages
# stand below their rows.
_NARROWEST: Final = 54
# The least width of a column of names.
_SHORTEST: Final = 12

StyledLine: TypeAlias = Sequence[tuple[str, str]]
"""A line in pieces. Each piece is a text and its style: a severity, ``head``, or empty."""


class Row(NamedTuple):
    """A finding in the table.

    Attributes:
        cells: the texts by the names of the columns, all of them harmless.
        severity: the finding's.
        identity: the same for the same finding in another scan.
    """

    cells: Mapping[str, str]
    severity: str
    identity: object = None


def laid_out(
    table: Sequence[Row], names: Sequence[str], *, width: int | None, headers: bool = True
) -> Iterator[StyledLine]:
    """Bring rows into columns.

    Args:
        table: the rows.
        names: the names of the columns; the last is ``MESSAGE``.
        width: of the terminal, in characters; None to write each row on one line.
        headers: whether to write the names of the columns first.

    Yields:
        The lines; none for no rows.
    """
    if not table:
        return
    head = [Row({name: name for name in names}, "head")] if headers else []
    measure = _measure(width)
    widths = {name: max(measure(row.cells[name]) for row in (*head, *table)) + _GAP for name in names[:-1]}
    rest = None if width is None else width - sum(widths.values())
    is_below = rest is not None and rest < _NARROWEST
    if width and is_below:
        widths = _narrowed(widths, width + _GAP)
    wrap = _wrapping(width - _GAP if width and is_below else rest)
    indent = " " * (_GAP if is_below else sum(widths.values()))
    for row in (*head, *table):
        cells = _placed(row, widths, measure)
        if is_below:
            # Nothing stands behind the last cell.
            yield cells[:-1]
            lines = [] if row.severity == "head" else wrap(row.cells[MESSAGE])
        else:
            first, *lines = wrap(row.cells[MESSAGE])
            yield [*cells, (first, "head" if row.severity == "head" else "")]
        yield from ([(indent + text, "")] for text in lines)


def _measure(width: int | None) -> Callable[[str], int]:
    if width is None:
        return len
    # Imported here: only a terminal needs it. It knows how wide characters are there.
    from rich.cells import cell_len

    return cell_len


def _narrowed(widths: Mapping[str, int], width: int) -> dict[str, int]:
    """Make the longest columns of names narrower, until all columns fit."""
    narrow = dict(widths)
    names = [name for name in widths if name in _OF_NAMES]
    while sum(narrow.values()) > width:
        longest = max(names, key=narrow.__getitem__)
        if narrow[longest] <= _SHORTEST:
            break
        narrow[longest] -= 1
    return narrow


def _placed(row: Row, widths: Mapping[str, int], measure: Callable[[str], int]) -> list[tuple[str, str]]:
    """Put each cell where its column begins; after a longer name as soon as there is room again."""
    pieces: list[tuple[str, str]] = []
    start = position = 0
    for name, size in widths.items():
        text = row.cells[name]
        start += size
        end = position + measure(text)
        position = max(start, end + _GAP)
        style = row.severity if row.severity == "head" or name in _STYLED else ""
        pieces += [(text, style), (" " * (position - end), "")]
    return pieces


def _wrapping(width: int | None) -> Callable[[str], list[str]]:
    if width is None:
        return lambda message: [message]
    from rich.console import Console
    from rich.text import Text

    console = Console(width=width)

    def wrap(message: str) -> list[str]:
        # A word that is longer than a line is broken, as the terminal would break it.
        return [line.plain.rstrip() for line in Text(message).wrap(console, width)] or [""]

    return wrap
