"""The line of a position in a text; one search for line breaks serves all positions."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple


class Lines(NamedTuple):
    """The lines of a text.

    Attributes:
        starts: the position at which each line begins.
        size: the size of the text, in characters.
    """

    starts: Sequence[int]
    size: int

    def number(self, position: int) -> int:
        """Return the line of a position, counted from 1."""
        return bisect_right(self.starts, position)

    def column(self, position: int) -> int:
        """Return the column of a position in its line, counted from 1."""
        return position - self.starts[self.number(position) - 1] + 1

    def span(self, number: int) -> tuple[int, int]:
        """Return the span of a line, counted from 1, without its line feed."""
        end = self.starts[number] - 1 if number < len(self.starts) else self.size
        return self.starts[number - 1], end


def lines_of(text: str) -> Lines:
    """Find the lines of a text, once for all its positions.

    Args:
        text: the text; a line feed ends a line.

    Returns:
        Where the lines begin.
    """
    starts = [0]
    position = text.find("\n")
    while position >= 0:
        starts.append(position + 1)
        position = text.find("\n", position + 1)
    return Lines(starts, len(text))
