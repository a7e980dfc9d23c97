"""The parts of the nodes of tree-sitter-typescript."""

from __future__ import annotations

from typing import Final

from autofix.readers.syntax import Grammar, parts

GRAMMAR: Final = Grammar(
    "tree_sitter_typescript",
    parts(
        string="string template_string",
        comment="comment",
        pair="pair",
        array="array",
        declared="assignment_expression variable_declarator public_field_definition field_definition",
        subscript="subscript_expression",
        deleted="unary_expression",
        call="call_expression new_expression",
        block="program statement_block",
        if_="if_statement ternary_expression",
        case="switch_case switch_default",
        logic="binary_expression",
    ),
    functions=("language_typescript", "language_tsx"),
)
