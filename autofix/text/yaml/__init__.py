"""YAML: the documents of a text, and where each key and value stands in it.

Other packages import only this module. Most manifests are written in a plain form that a line reader
understands (``fast``, about three times as fast). Every other text goes to YAML's own parser, which is loaded
only then. Callers do not see which of the two has answered. The tests check that both give the same answers.
"""

from __future__ import annotations

from collections.abc import Container, Sequence

from autofix.text.document import Document
from autofix.text.yaml.fast.layout import block_layout
from autofix.text.yaml.fast.reader import read_blocks, read_mapping
from autofix.text.yaml.node import Entry, Node, find_entry, find_mapping, nearest, resolved

__all__ = [
    "Entry",
    "Node",
    "find_entry",
    "find_mapping",
    "lay_out",
    "lay_out_text",
    "nearest",
    "read_by_lines",
    "read_documents",
    "read_mapping",
    "resolved",
    "write_yaml",
]


def read_documents(text: str, source: str) -> list[Document]:
    """Read the documents of a YAML text.

    Args:
        text: the whole file.
        source: the file's name for messages.

    Returns:
        The documents in their order, without those that are empty or null.

    Raises:
        SourceError: when the text is not YAML, or is YAML that autofix refuses (see ``reader``).
    """
    documents = read_by_lines(text, source)
    if documents is not None:
        return documents
    # Imported here: most texts do not need YAML's parser, and it takes a while to load.
    from autofix.text.yaml.reader import read_yaml

    return read_yaml(text, source)


def read_by_lines(text: str, source: str) -> list[Document] | None:
    """Read the documents of a text if the line reader understands it.

    Args:
        text: the whole file.
        source: the file's name for messages.

    Returns:
        The documents in their order, without the empty ones; None when only YAML's parser can read the text.
    """
    blocks = read_blocks(text)
    if blocks is None:
        return None
    return [
        Document(source, block.line, index, block.value, (block.start, block.end))
        for index, block in enumerate(blocks)
    ]


def lay_out(
    text: str, documents: Sequence[Document], indices: Container[int] | None = None
) -> dict[int, Node]:
    """Find where the keys and values of documents stand.

    Args:
        text: the whole file.
        documents: its documents.
        indices: the indices of the documents to lay out; None for all.

    Returns:
        The root of each of these documents by its index; spans count in ``text``.

    Raises:
        NotEditableError: when YAML's parser does not understand a text that the readers have read.
    """
    documents = [document for document in documents if indices is None or document.index in indices]
    spans = [(document.index, *document.span) for document in documents if document.span is not None]
    if len(spans) == len(documents):
        return {index: block_layout(text, start, end) for index, start, end in spans}
    roots = _layout_by_parser(text)
    return {document.index: roots[document.index] for document in documents}


def lay_out_text(text: str) -> list[Node]:
    """Find where the keys and values stand in a text that was not read before.

    Args:
        text: the whole text.

    Returns:
        The root of each document that is not empty.

    Raises:
        NotEditableError: when the text is not YAML.
    """
    blocks = read_blocks(text)
    if blocks is None:
        return _layout_by_parser(text)
    return [block_layout(text, block.start, block.end) for block in blocks]


def write_yaml(value: object) -> str:
    """Write a JSON value as YAML in block style, with its keys in their order.

    Args:
        value: the value.

    Returns:
        The text.

    Raises:
        AutofixError: when the value is nested too deeply to be written.
    """
    from autofix.text.yaml.writer import as_yaml

    return as_yaml(value)


def _layout_by_parser(text: str) -> list[Node]:
    from autofix.text.yaml.layout import yaml_layout

    return yaml_layout(text)
