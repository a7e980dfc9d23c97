"""Documents with a word that some rule is interested in, and in which nothing can be found.

They are passed over, which takes less time than to keep them. autofix keeps only the documents in which the
engine finds something, those on which other documents may depend, and those that the line reader does not
understand.
"""

from __future__ import annotations

from typing import Final

from autofix.engine.namespaces import may_matter
from autofix.engine.options import Options
from autofix.linkerd.release import wait_before_exit_key
from autofix.rules.interest import SIDECAR
from autofix.text.prefilter.strings import names_key_in_string
from autofix.text.yaml import read_by_lines

# Also a comment, a label or a value with such a word may decide about a document below: where YAML's parser
# had to read a file, a wait before exit counts for all fragments in it, wherever it is written.
_WORDS: Final = (*SIDECAR.in_text(), wait_before_exit_key().encode(), b"autofix")


def is_harmless(data: bytes, options: Options) -> bool:
    """Tell of a document with such a word whether surely nothing is found in it.

    Args:
        data: the document, in UTF-8.
        options: the options of the run.
    """
    if any(word in data for word in _WORDS):
        return False
    text = data.decode()
    documents = read_by_lines(text, "")
    return documents is not None and all(
        isinstance(document.value, dict)
        and not may_matter(document.value, options)
        and not names_key_in_string(document.value, text if len(documents) == 1 else None)
        for document in documents
    )
