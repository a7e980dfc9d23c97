"""Long streams of YAML documents, one at a time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

# A line that begins with three dashes starts a document wherever it stands: no scalar may hold it at its
# margin (YAML 1.1, section 9.1.2).
_MARKER: Final = re.compile(rb"---(?:[ \t\r\n]|$)")


def chunks(lines: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """Cut a stream before each document marker.

    Args:
        lines: the stream's lines with their line breaks.

    Yields:
        The number of the first line, counted from 1, and the bytes; joined, they are the stream.
    """
    held: list[bytes] = []
    first = 1
    for number, line in enumerate(lines, start=1):
        if held and _MARKER.match(line):
            yield first, b"".join(held)
            first, held = number, []
        held.append(line)
    if held:
        yield first, b"".join(held)
