"""A text that one grammar reads, and the texts of other languages inside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from autofix.text.file import TextFile
from autofix.text.yaml import Node

if TYPE_CHECKING:
    from autofix.readers.model import Fragment, InnerText


class Part(NamedTuple):
    """A text that one grammar reads.

    Attributes:
        file: the text as a file of its own, with its documents if it is YAML or JSON.
        inner: where the text stands in the text around it; None for the file itself.
        fragments: annotations that are no documents and stand in no text inside.
        roots: where the keys of its documents stand, by the index of the document; empty if no text stands
            inside, and nobody needed to know.
        parts: the texts inside.
    """

    file: TextFile
    inner: InnerText | None = None
    fragments: tuple[Fragment, ...] = ()
    roots: Mapping[int, Node] = {}
    parts: tuple[Part, ...] = ()


def walk(part: Part) -> Iterator[Part]:
    """Walk over a part and all parts inside it, each before those inside it."""
    stack = [part]
    while stack:
        part = stack.pop()
        yield part
        stack.extend(reversed(part.parts))
