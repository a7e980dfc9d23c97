"""The parts of the nodes of tree-sitter-go."""

from __future__ import annotations

from typing import Final

from autofix.readers.syntax import Grammar, parts

GRAMMAR: Final = Grammar(
    "tree_sitter_go",
    parts(
        string="interpreted_string_literal raw_string_literal",
        comment="comment",
        pair="keyed_element",
        declared="assignment_statement const_spec var_spec short_var_declaration",
        subscript="index_expression",
        call="call_expression",
        typed="composite_literal",
        block="source_file block statement_list",
        if_="if_statement",
        case="expression_case default_case",
        logic="binary_expression",
    ),
)
