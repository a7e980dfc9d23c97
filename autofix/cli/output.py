"""All that the command line writes on standard output and standard error; nothing else writes there.

It is escaped here, so that no new message can forget: a line that is written is one line wherever it is read,
and no name, key or value in it ends it.
"""

from __future__ import annotations

import sys
from itertools import islice

from autofix.report.printable import escaped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_LINES_AT_ONCE = 1000


def say(text: str) -> None:
    """Say something on standard error, on a line of its own.

    Args:
        text: what to say; who says it is put before it.
    """
    print(f"autofix: {escaped(text)}", file=sys.stderr)


def ask(question: str) -> None:
    """Put a question on standard error, whose line the answer ends."""
    print(f"autofix: {escaped(question)} ", end="", file=sys.stderr, flush=True)


def put_on_stderr(lines: Iterable[str]) -> None:
    """Write lines on standard error, where standard output belongs to a document."""
    for line in lines:
        print(escaped(line), file=sys.stderr)


def put(
    lines: Iterable[str],
    *,
    escape: Callable[[str], str] = escaped,
    paint: Callable[[str], str] | None = None,
) -> bool:
    """Write lines on standard output, many at once: it may have no buffer.

    Args:
        lines: the lines without their ends.
        escape: makes a line harmless; a format that needs some of what is escaped elsewhere has its own.
        paint: colours a line that is harmless.

    Returns:
        Whether anything had to be escaped.
    """
    left = iter(lines)
    changed = False
    while some := list(islice(left, _LINES_AT_ONCE)):
        harmless = list(map(escape, some))
        changed = changed or harmless != some
        print("\n".join(map(paint, harmless) if paint else harmless))
    return changed


def put_text(text: str) -> None:
    """Write a document for another program on standard output, as it is."""
    sys.stdout.write(text)


def put_bytes(data: bytes) -> None:
    """Write a part of a document for another program on standard output, as it is."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
