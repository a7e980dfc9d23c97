"""Where the keys and values of a text stand."""

from __future__ import annotations

from autofix.source.block_layout import block_layout
from autofix.source.block_reader import read_blocks
from autofix.source.node import Node


def layout(text: str) -> list[Node]:
    """Find the documents of a text that the readers can read.

    Args:
        text: the whole file, with its byte order mark if it has one.

    Returns:
        The root of each document that is not empty, in the readers' order.

    Raises:
        NotEditableError: when YAML's parser does not understand what the readers did.
    """
    blocks = read_blocks(text)
    if blocks is not None:
        return list(map(block_layout, blocks))
    # Imported here: most texts do without YAML's parser, and it takes a while to load.
    from autofix.source.yaml_layout import yaml_layout

    return yaml_layout(text)
