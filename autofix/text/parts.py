"""The texts in a file: the file itself, and texts of other languages inside it."""

from __future__ import annotations

from autofix.text.file import TextFile, text_of
from autofix.text.part import Part
from autofix.text.prefilter import may_hold_key, names_key_in_string


def read_parts(file: TextFile) -> Part:
    """Read a file, and the texts inside it.

    Args:
        file: the file.

    Returns:
        The file with all texts inside, as far as one of them may hold a key of Linkerd's.
    """
    if not may_hold_key(file.text) or (file.has_documents and not _names_key_in_strings(file)):
        return Part(file)
    # Imported here: most files hold plain objects only.
    from autofix.text.inside import read_inside

    return read_inside(file, None, 0)


def _names_key_in_strings(file: TextFile) -> bool:
    for document in file.documents:
        text = None if document.span is None else text_of(file, document)
        if names_key_in_string(document.value, text):
            return True
    return False
