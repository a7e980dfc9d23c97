"""Where the keys and values of a file's documents stand."""

from __future__ import annotations

from collections.abc import Container

from autofix.text.file import TextFile
from autofix.text.yaml.fast.layout import block_layout
from autofix.text.yaml.fast.reader import read_blocks
from autofix.text.yaml.node import Node


def layout(file: TextFile, wanted: Container[int] | None = None) -> dict[int, Node]:
    """Lay out documents of a file.

    Args:
        file: the file.
        wanted: the indices of the documents that are wanted; None for all.

    Returns:
        The root of each of them by its index; spans count in the file's text.

    Raises:
        NotEditableError: when YAML's parser does not understand what the readers did.
    """
    documents = [one for one in file.documents if wanted is None or one.index in wanted]
    spans = [(one.index, *one.span) for one in documents if one.span is not None]
    if len(spans) == len(documents):
        return {index: block_layout(file.text, start, end) for index, start, end in spans}
    roots = _by_parser(file.text)
    return {one.index: roots[one.index] for one in documents}


def layout_text(text: str) -> list[Node]:
    """Lay out the documents of a text that has not been read.

    Args:
        text: all of it.

    Returns:
        The root of each document that is not empty.

    Raises:
        NotEditableError: when it is no YAML.
    """
    blocks = read_blocks(text)
    if blocks is None:
        return _by_parser(text)
    return [block_layout(text, one.start, one.end) for one in blocks]


def _by_parser(text: str) -> list[Node]:
    # Imported here: most texts do without YAML's parser, and it takes a while to load.
    from autofix.text.yaml.layout import yaml_layout

    return yaml_layout(text)
