"""Which language is in a file: its name says it, or its first line."""

from __future__ import annotations

import re
from typing import Final

# The language of files of documents, and that of texts that no reader understands.
YAML: Final = "yaml"
PLAIN: Final = "plain"
# That of a template whose name does not say it.
TEMPLATE: Final = "helm"
_SHELL: Final = "shell"
_DOCUMENT_SUFFIXES: Final = (".yaml", ".yml", ".json")
_STDIN: Final = "<stdin>"
_SHEBANG: Final = re.compile(rb"#![^\n]*\b(?:ba|da|k|z|a)?sh\b")


def language_of(data: bytes, source: str) -> str:
    """Tell which language is in a file.

    Args:
        data: the whole file.
        source: its name.

    Returns:
        The first name of a reader's language; ``yaml`` for every file of which nobody says otherwise.
    """
    language = language_of_name(source)
    return _SHELL if language == YAML and _SHEBANG.match(data) else language


def language_of_name(source: str) -> str:
    """Tell by the name of a file which language is in it.

    Args:
        source: the name, with or without folders.

    Returns:
        The first name of a reader's language; ``yaml`` for every name that no reader knows.
    """
    if source.lower().endswith(_DOCUMENT_SUFFIXES):
        return YAML
    # Imported here: most files are YAML or JSON.
    from autofix.readers import reader_of_name

    reader = reader_of_name(source)
    return YAML if reader is None else reader.languages[0]


def may_be_any_text(data: bytes, source: str) -> bool:
    """Tell whether a file that is no YAML may be a text of any kind, as far as its name says.

    Args:
        data: the whole file; a name without a suffix says nothing.
        source: its name.
    """
    name = source.rpartition("/")[2].lower()
    if name.startswith(_STDIN):
        return False
    if "." not in name.strip("."):
        return b"apiVersion" not in data
    return not name.endswith(_DOCUMENT_SUFFIXES)
