"""One RFC 6902 patch a line, a line a document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autofix.errors import AutofixError
from autofix.report.json_lines import json_lines
from autofix.text.check import CheckedFile


def render(checked: Sequence[CheckedFile], failures: Sequence[AutofixError]) -> Iterator[str]:
    """Write each document's patch on a line of its own, ``[]`` where there is nothing to do.

    Keys in plain text and in strings are in no document, and so in no patch.
    For a single document the output is a patch file for ``kubectl patch --type=json --patch-file``.

    Args:
        checked: the files, in order.
        failures: what could not be read; left to standard error.

    Yields:
        Lines without their line end.
    """
    del failures
    for one in checked:
        for document in one.checked:
            if document.offset is None:
                yield from json_lines(document.result.operations)
