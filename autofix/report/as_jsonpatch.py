"""One RFC 6902 patch on each line, one line for each document."""

from __future__ import annotations

from collections.abc import Iterator

from autofix.report import Report
from autofix.report.json_lines import json_lines


def render(report: Report) -> Iterator[str]:
    """Write each document's patch on a line of its own, ``[]`` where there is nothing to do.

    Keys in plain text and in strings are in no document, and so in no patch.
    For a single document the output is a patch file for ``kubectl patch --type=json --patch-file``.

    Args:
        report: what to show; its errors are left to standard error.

    Yields:
        Lines without their line end.

    Source: RFC 6902.
    """
    for file in report.files:
        for document in file.checked:
            if document.places is None:
                yield from json_lines(document.result.operations)
