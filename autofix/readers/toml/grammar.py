"""The parts of the nodes of tree-sitter-toml."""

from __future__ import annotations

from typing import Final

from autofix.readers.syntax import Grammar, parts

GRAMMAR: Final = Grammar(
    "tree_sitter_toml",
    parts(
        string="string quoted_key",
        comment="comment",
        pair="pair",
        table="table table_array_element",
    ),
)
