"""A unified diff of each file that would change; ``patch`` and ``git apply -p0`` take it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import unified_diff
from io import StringIO

from autofix.checking import CheckedFile
from autofix.errors import AutofixError


def render(checked: Sequence[CheckedFile], failures: Sequence[AutofixError]) -> Iterator[str]:
    """Write a unified diff of every file that the fixes change.

    Args:
        checked: the files, in order.
        failures: what could not be read; left to standard error.

    Yields:
        Lines without their line end.
    """
    del failures
    for one in checked:
        if one.text == one.file.text:
            continue
        # Only a line feed ends a line, for whoever applies the diff.
        before, after = (list(StringIO(text, newline="\n")) for text in (one.file.text, one.text))
        for line in unified_diff(before, after, one.file.source, one.file.source):
            yield line.removesuffix("\n")
            if not line.endswith("\n"):
                yield "\\ No newline at end of file"
