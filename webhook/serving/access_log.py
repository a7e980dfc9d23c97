"""One line a review, as the other lines of the log, and far cheaper than through ``logging``.

A line through ``logging`` costs as much as answering the review does. Here most of it is written once an
answer, and the lines of a moment go out together.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from webhook.admission import names
from webhook.admission.codec import Request
from webhook.serving.logging import LONGEST_TEXT

_SECONDS: Final = 0.05


class Journal:
    """Writes lines about reviews, a few at a time.

    Args:
        write: takes whole lines, and neither waits nor raises.
    """

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write
        self._lines: list[str] = []
        self._length = 0

    def review(self, level: str, request: Request, logged: str, seconds: float) -> None:
        """Write of a review, soon.

        Args:
            level: ``INFO`` or ``DEBUG``.
            request: the request.
            logged: the end of the line: JSON fields of the answer.
            seconds: how long the answer took.
        """
        lines, owner = self._lines, request.owner
        if not lines:
            # One write for all reviews of a moment: each wakes the thread that writes.
            asyncio.get_running_loop().call_later(_SECONDS, self.flush)
        # What fields_of has. Checked names need no quoting.
        line = (
            f'{{"time": "{_now()}", "level": "{level}", "logger": "webhook", "message": "reviewed", '
            f'"uid": "{names.uid(request.uid)}", "kind": "{request.kind}", '
            f'"operation": "{request.operation}", "namespace": "{request.namespace}", '
            f'"object_name": "{request.name}", "owner": "{f"{owner.kind}/{owner.name}" if owner else ""}", '
            f'"dry_run": {"true" if request.dry_run else "false"}, {logged}, "seconds": {seconds:.6f}}}\n'
        )
        lines.append(line)
        self._length += len(line)
        if self._length >= LONGEST_TEXT:
            self.flush()

    def flush(self) -> None:
        """Write what has not been written yet."""
        if self._lines:
            text = "".join(self._lines)
            self._lines.clear()
            self._length = 0
            self._write(text)


def fields_of(request: Request) -> dict[str, object]:
    """Return what a log line says of a request."""
    owner = request.owner
    return {
        "uid": names.uid(request.uid),
        "kind": request.kind,
        "operation": request.operation,
        "namespace": request.namespace,
        # logging keeps "name" for the logger.
        "object_name": request.name,
        # A controller's pod gets its name only when it is stored.
        "owner": f"{owner.kind}/{owner.name}" if owner else "",
        "dry_run": request.dry_run,
    }


def _now() -> str:
    """Write the time as ``logging`` does."""
    now = time.time()
    return f"{_second(int(now))},{int(now * 1000) % 1000:03d}"


@lru_cache(maxsize=2)
def _second(now: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(now))
