"""Long streams of YAML documents, one document at a time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

# A line that begins with three dashes starts a document wherever it stands: no scalar may hold it at its
# margin (YAML 1.1, section 9.1.2).
MARKER: Final = re.compile(rb"---(?:[ \t\r\n]|\Z)")


def chunks(lines: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """Cut a stream before each document marker; see ``split_stream``."""
    document: list[bytes] = []
    first = 1
    for number, line in enumerate(lines, start=1):
        if document and MARKER.match(line):
            yield first, b"".join(document)
            first, document = number, []
        document.append(line)
    if document:
        yield first, b"".join(document)
