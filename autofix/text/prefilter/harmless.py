"""Documents that name Linkerd and in which nothing can be found.

They are passed over, which takes less time than to keep them. autofix keeps only the documents in which the
engine finds something, those on which other documents may depend, and those that the line reader does not
understand.
"""

from __future__ import annotations

from autofix.engine.examine import NOTHING
from autofix.engine.namespaces import examine_alone
from autofix.engine.options import Options
from autofix.linkerd.release import wait_before_exit_key
from autofix.text.prefilter.words import DECISIVE
from autofix.text.yaml import read_by_lines


def is_harmless(data: bytes, options: Options) -> bool:
    """Tell of a document that names Linkerd whether surely nothing is found in it.

    Args:
        data: the document, in UTF-8.
        options: the options of the run.
    """
    if any(word in data for word in DECISIVE) or wait_before_exit_key().encode() in data:
        return False
    documents = read_by_lines(data.decode(), "")
    return documents is not None and all(
        isinstance(document.value, dict) and examine_alone(document.value, options, None) is NOTHING
        for document in documents
    )
