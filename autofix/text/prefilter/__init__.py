"""Decides by a search for a few words what need not be parsed; on mixed folders this is 7 times as fast.

This module is the only door to the package. Importing it costs nothing: what needs the library is imported by
the functions. The tests hold every answer to that of reading everything.
"""

from __future__ import annotations

from autofix.text.prefilter.words import is_unrelated, may_concern_linkerd, may_hold_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from autofix.engine.options import Options
    from autofix.text.file import TextFile

__all__ = [
    "is_unrelated",
    "may_ask_for_proxies",
    "may_concern_linkerd",
    "may_hold_key",
    "may_run_to_completion",
    "names_key_in_string",
    "read_relevant_parts",
    "split_stream",
]


def read_relevant_parts(data: bytes, source: str, options: Options) -> list[TextFile]:
    """Read the documents of a file in which the rules may find something.

    Args:
        data: the whole file.
        source: its name for messages.
        options: the options of the run.

    Returns:
        The parts of the file that hold such documents, in order; one empty part if there is no such document;
        nothing if the file has to be read as a whole.
    """
    if options.reads_every_object:
        return []
    from autofix.rules.afx603_never_completes import is_heard
    from autofix.text.prefilter.documents import read_parts
    from autofix.text.prefilter.harmless import is_harmless

    return read_parts(
        data, source, lambda document: is_harmless(document, options), completion=is_heard(options)
    )


def may_run_to_completion(data: bytes) -> bool:
    """Tell cheaply whether a file may have pods that run to completion, such as those of a Job.

    Args:
        data: the whole file.
    """
    # The pattern is made of tables. Most files of other kinds have neither word, and need none of them.
    if b"kind" not in data and b"restartPolicy" not in data:
        return False
    from autofix.text.prefilter.completion import COMPLETION

    return COMPLETION.search(data) is not None


def may_ask_for_proxies(data: bytes) -> bool:
    """Tell cheaply whether a file may have a Namespace that asks for proxies: then its Jobs may hang.

    Args:
        data: the whole file.
    """
    from autofix.linkerd.injection import INJECT
    from autofix.text.prefilter.completion import NAMESPACE_OBJECT

    return INJECT.encode() in data and NAMESPACE_OBJECT.search(data) is not None


def split_stream(lines: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """Cut a stream of YAML documents before each document marker.

    Args:
        lines: the stream's lines with their line breaks.

    Yields:
        The number of the first line, counted from 1, and the bytes; joined, they are the stream.
    """
    from autofix.text.prefilter.stream import chunks

    return chunks(lines)


def names_key_in_string(value: object, text: str | None = None) -> bool:
    """Tell whether a string in a document, or a key that is no whole key, may name a key of Linkerd's.

    Args:
        value: the document.
        text: its text, if the line reader has read it.
    """
    from autofix.text.prefilter.strings import names_key_in_string

    return names_key_in_string(value, text)
