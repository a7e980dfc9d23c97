"""Edits of a text: spans and what replaces them, all or none."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from autofix.text.document import NotEditableError


class TextEdit(NamedTuple):
    """A replacement of one span of a text.

    Attributes:
        start, end: the span that is replaced, in characters; ``end`` is exclusive.
        new: what replaces it.
    """

    start: int
    end: int
    new: str


def apply_edits(text: str, edits: Iterable[TextEdit]) -> str:
    """Make all edits at once.

    Args:
        text: the text that the offsets count in.
        edits: the edits, in any order. Equal edits count once: several aliases may lead to the definition of
            one anchor.

    Returns:
        The new text.

    Raises:
        NotEditableError: when two edits overlap.
    """
    pieces: list[str] = []
    position = 0
    for edit in sorted(set(edits)):
        if edit.start < position:
            raise NotEditableError("two changes would be made in the same place")
        pieces += (text[position : edit.start], edit.new)
        position = edit.end
    return "".join((*pieces, text[position:]))
