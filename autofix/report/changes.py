"""What is new and what is gone between two scans, as rows of the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from autofix.report.columns import Row

COLUMNS: Final = ("TIME", "CHANGE")
"""The columns that the rows of a change have beside those of the table; they stand before them."""


class Rounds(NamedTuple):
    """What the rounds before have shown.

    Attributes:
        rows: the findings that are known, by their identity; None before the first round.
        unread: the kinds that the last whole round did not read.
    """

    rows: Mapping[object, Row] | None = None
    unread: frozenset[str] = frozenset()


class Changes(NamedTuple):
    """The result of a round.

    Attributes:
        new: the findings that were not known before.
        gone: the findings that are no longer there.
        rounds: what the next round compares with.
    """

    new: Sequence[Row]
    gone: Sequence[Row]
    rounds: Rounds


def compare(before: Rounds, rows: Sequence[Row], unread: Sequence[str], *, is_whole: bool) -> Changes:
    """Compare a scan with those before. A message may change while its finding stays, as an age does.

    Args:
        before: what the rounds before have shown.
        rows: the findings of the scan.
        unread: the kinds that it did not read.
        is_whole: whether everything else could be read. Otherwise nothing counts as gone.

    Returns:
        The changes.
    """
    known = before.rows or {}
    now = {row.identity: row for row in rows}
    is_whole = is_whole and (before.rows is None or before.unread.issuperset(unread))
    new = [row for identity, row in now.items() if identity not in known]
    gone = [row for identity, row in known.items() if identity not in now] if is_whole else []
    kept = now if is_whole else {**known, **now}
    return Changes(new, gone, Rounds(kept, frozenset(unread) if is_whole else before.unread))


def dated(rows: Sequence[Row], change: str, time: str) -> list[Row]:
    """Write into rows what has become of them, and when.

    Args:
        rows: the findings.
        change: ``new`` or ``gone``.
        time: the time, as text.

    Returns:
        The rows with two more cells.
    """
    return [row._replace(cells={**row.cells, "TIME": time, "CHANGE": change}) for row in rows]
