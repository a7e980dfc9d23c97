"""The table with the columns that do not fit on most terminals."""

from __future__ import annotations

from collections.abc import Iterator

from autofix.report import Report, as_table


def render(report: Report) -> Iterator[str]:
    """Write a table.

    Args:
        report: as for ``as_table.render``.

    Yields:
        As ``as_table.render``.
    """
    yield from ("".join(text for text, _ in line) for line in as_table.lines(report, wide=True))
