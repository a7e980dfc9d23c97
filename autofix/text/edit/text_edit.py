"""Replacing spans of a text, all or none."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class NotEditableError(Exception):
    """The text cannot be edited in place; the message says why.

    Attributes:
        position: where, in characters; None when that is not known.
    """

    def __init__(self, message: str, position: int | None = None) -> None:
        super().__init__(message)
        self.position = position


class Splice(NamedTuple):
    """Replaces the characters from ``start`` to ``end`` (exclusive) by ``new``; offsets count characters."""

    start: int
    end: int
    new: str


def spliced(text: str, splices: Iterable[Splice]) -> str:
    """Make all replacements at once.

    Args:
        text: the text that the offsets count in.
        splices: the replacements, in any order; the same one twice counts once, as for an anchor's definition
            that several aliases lead to.

    Returns:
        The new text.

    Raises:
        NotEditableError: when two replacements are in each other's way.
    """
    parts: list[str] = []
    position = 0
    for splice in sorted(set(splices)):
        if splice.start < position:
            raise NotEditableError("two changes would be made in the same place")
        parts += (text[position : splice.start], splice.new)
        position = splice.end
    return "".join((*parts, text[position:]))
