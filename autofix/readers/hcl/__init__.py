"""The reader of HCL, the language of Terraform, OpenTofu, Terragrunt and Nomad.

Source of the syntax: https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md
"""

from __future__ import annotations

from typing import Final

from autofix.readers.model import TextReading

LANGUAGES: Final = ("hcl", "terraform", "tf", "tofu", "opentofu", "terragrunt", "nomad")
SUFFIXES: Final = (".tf", ".tfvars", ".tofu", ".hcl", ".nomad")
NAMES: Final = ()


def read(text: str) -> TextReading:
    """Read a file or a code block of HCL.

    Args:
        text: the text.

    Returns:
        Its fragments and inner texts, in the order of the text, and what the grammar could not read.
    """
    # The grammar loads only where such a text is read.
    from autofix.readers.hcl.walk import walk

    return walk(text)
