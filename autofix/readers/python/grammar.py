"""The parts of the nodes of tree-sitter-python."""

from __future__ import annotations

from typing import Final

from autofix.readers.syntax import Grammar, parts

GRAMMAR: Final = Grammar(
    "tree_sitter_python",
    parts(
        string="string",
        comment="comment",
        pair="pair",
        tuple_="tuple",
        array="list tuple",
        named="keyword_argument",
        declared="assignment",
        subscript="subscript",
        deleted="delete_statement",
        call="call",
        block="module block",
        if_="if_statement conditional_expression",
        case="case_clause",
        logic="boolean_operator comparison_operator",
    ),
)
