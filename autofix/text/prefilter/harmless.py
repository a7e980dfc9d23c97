"""Documents with a word that some rule is interested in, and in which nothing can be found.

They are passed over, which takes less time than to keep them. autofix keeps only the documents in which the
engine finds something, those on which other documents may depend, and those that the line reader does not
understand.
"""

from __future__ import annotations

from autofix.engine.namespaces import may_matter
from autofix.engine.options import Options
from autofix.text.yaml import read_by_lines


def is_harmless(data: bytes, options: Options) -> bool:
    """Tell of a document with such a word whether surely nothing is found in it.

    Args:
        data: the document, in UTF-8.
        options: the options of the run.
    """
    documents = read_by_lines(data.decode(), "")
    return documents is not None and all(
        isinstance(document.value, dict) and not may_matter(document.value, options) for document in documents
    )
