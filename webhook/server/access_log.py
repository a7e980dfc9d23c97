"""A line for each review, in the same form as the other lines of the log, but far cheaper than ``logging``.

A line by ``logging`` costs as much as the answer to a review. Here all lines of a short time are written
together.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Final

import msgspec
from msgspec import Struct

from webhook.admission import names
from webhook.admission.answers import Answer
from webhook.admission.request import Request
from webhook.serving.logging import LONGEST_TEXT

_SECONDS: Final = 0.05


class _ReviewLine(Struct, frozen=True):
    """A line about a review, with its fields in their order."""

    time: str
    level: str
    logger: str
    message: str
    uid: str
    kind: str
    operation: str
    namespace: str
    object_name: str
    owner: str
    dry_run: bool
    outcome: str
    codes: Sequence[str]
    warnings: Sequence[str]
    seconds: float


_ENCODER: Final = msgspec.json.Encoder()


class AccessLog:
    """Writes lines about reviews, several at a time.

    Args:
        write: takes whole lines; it must neither wait nor raise.
    """

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write
        self._lines: list[str] = []
        self._length = 0

    def add(self, level: str, request: Request, answer: Answer, seconds: float) -> None:
        """Add a line about a review; it is written soon.

        Args:
            level: ``INFO`` or ``DEBUG``.
            request: the request.
            answer: the answer to it.
            seconds: time that the answer took.
        """
        if not self._lines:
            # One write for all reviews of a moment: each write wakes the thread of the log.
            asyncio.get_running_loop().call_later(_SECONDS, self.flush)
        line = _ReviewLine(
            time=_now(),
            level=level,
            logger="webhook",
            message="reviewed",
            **request_fields(request),
            outcome=answer.outcome,
            codes=answer.codes,
            warnings=answer.warnings,
            seconds=round(seconds, 6),
        )
        # Indentation 0 is one line, with the same spaces as in the lines of logging.
        text = f"{msgspec.json.format(_ENCODER.encode(line), indent=0).decode()}\n"
        self._lines.append(text)
        self._length += len(text)
        if self._length >= LONGEST_TEXT:
            self.flush()

    def flush(self) -> None:
        """Write the lines that wait."""
        if self._lines:
            text = "".join(self._lines)
            self._lines.clear()
            self._length = 0
            self._write(text)


def request_fields(request: Request) -> dict[str, Any]:
    """Describe a request for a log line.

    Args:
        request: the request.

    Returns:
        The fields of the line by their names. All names of objects are checked.
    """
    owner = request.owner
    return {
        "uid": names.uid(request.uid),
        "kind": request.kind,
        "operation": request.operation,
        "namespace": request.namespace,
        # logging keeps "name" for the logger.
        "object_name": request.name,
        # A pod of a controller gets its name only when it is stored.
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
