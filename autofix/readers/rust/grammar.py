"""The parts of the nodes of tree-sitter-rust."""

from __future__ import annotations

from typing import Final

from autofix.readers.syntax import Grammar, parts

GRAMMAR: Final = Grammar(
    "tree_sitter_rust",
    parts(
        string="string_literal raw_string_literal",
        comment="line_comment block_comment",
        tuple_="tuple_expression",
        array="array_expression",
        tokens="token_tree",
        named="field_initializer",
        declared="assignment_expression const_item static_item let_declaration",
        subscript="index_expression",
        call="call_expression macro_invocation",
        typed="struct_expression",
        block="source_file block",
        if_="if_expression",
        case="match_arm",
        logic="binary_expression match_pattern",
    ),
)
