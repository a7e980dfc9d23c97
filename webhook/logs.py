"""Structured logs: one JSON object a line, on standard error, by a thread of its own.

Whoever reads standard error may be slow, gone, or never there; answering reviews must not depend on it. So a
line only goes into a bounded queue. What does not fit is dropped and counted, and so is what cannot be
written.
"""

from __future__ import annotations

import logging
import os
import queue
import select
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from pythonjsonlogger.json import JsonFormatter

STDERR: Final = 2
# Together 4 MiB: reviews' lines come in texts of this length, too.
_MOST_TEXTS: Final = 256
LONGEST_TEXT: Final = 16 * 1024
_LONGEST_MESSAGE: Final = 1024
_CLOSE_SECONDS: Final = 1.0
# Lines that say the same again and again: so many of each kind in so many seconds.
_MOST_ALIKE, _ALIKE_SECONDS = 20, 10.0
_MOST_KINDS: Final = 256


class LogWriter:
    """Writes text to a file descriptor without ever keeping who says it waiting.

    Attributes:
        dropped: called with the reason and the number of texts that are not written.
    """

    def __init__(self, descriptor: int = STDERR, most: int = _MOST_TEXTS) -> None:
        self.dropped: Callable[[str, int], None] = lambda _reason, _number: None
        self._descriptor = descriptor
        self._texts: queue.Queue[bytes | None] = queue.Queue(most)
        self._thread = threading.Thread(target=self._write_all, name="log", daemon=True)
        self._thread.start()

    def write(self, text: str) -> None:
        """Write text soon, or drop it.

        Args:
            text: whole lines, each with its end.
        """
        try:
            self._texts.put_nowait(text.encode("utf-8", "backslashreplace"))
        except queue.Full:
            self.dropped("full", 1)

    def close(self) -> None:
        """Write what is waiting, as far as that does not take long."""
        try:
            self._texts.put(None, timeout=_CLOSE_SECONDS)
        except queue.Full:
            return
        self._thread.join(_CLOSE_SECONDS)

    def _write_all(self) -> None:
        while (text := self._texts.get()) is not None:
            try:
                self._write(text)
            except OSError:
                self.dropped("broken", 1)

    def _write(self, text: bytes) -> None:
        while text:
            try:
                text = text[os.write(self._descriptor, text) :]
            except BlockingIOError:
                # Whoever made the pipe wants nobody to wait for it; this thread may.
                select.select((), (self._descriptor,), ())


class _Handler(logging.Handler):
    """Sends log records to a writer."""

    def __init__(self, writer: LogWriter) -> None:
        super().__init__()
        self._writer = writer

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record; a record that cannot be written must not harm who logged it."""
        try:
            line = self.format(record)
            if len(line) > LONGEST_TEXT:
                line = self.format(_shortened(record))
        except Exception:  # noqa: BLE001  # whatever a record holds
            self._writer.dropped("broken", 1)
            return
        self._writer.write(f"{line}\n")


def _shortened(record: logging.LogRecord) -> logging.LogRecord:
    """Keep of a record what a line must have."""
    return logging.makeLogRecord(
        {
            "name": record.name,
            "levelno": record.levelno,
            "levelname": record.levelname,
            "created": record.created,
            "msecs": record.msecs,
            "msg": f"{record.getMessage()[:_LONGEST_MESSAGE]} (shortened)",
        }
    )


class _Alike(logging.Filter):
    """Lets through a bounded number of records that say the same."""

    def __init__(self, writer: LogWriter, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._writer, self._clock = writer, clock
        self._kinds: OrderedDict[tuple[str, int, str], tuple[float, int]] = OrderedDict()

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether a record is to be written."""
        kind, now = (record.name, record.levelno, str(record.msg)[:_LONGEST_MESSAGE]), self._clock()
        began, number = self._kinds.get(kind, (now, 0))
        if now - began >= _ALIKE_SECONDS:
            began, number = now, 0
        self._kinds[kind] = began, number + 1
        self._kinds.move_to_end(kind)
        if len(self._kinds) > _MOST_KINDS:
            self._kinds.popitem(last=False)
        if number < _MOST_ALIKE:
            return True
        self._writer.dropped("repeated", 1)
        return False


_FORMAT: Final = ("%(asctime)s %(levelname)s %(name)s %(message)s",)
_NAMES: Final = {"asctime": "time", "levelname": "level", "name": "logger"}


def configure(level: str) -> LogWriter:
    """Send every log of the process to standard error as JSON lines.

    Args:
        level: ``debug``, ``info``, ``warning`` or ``error``.

    Returns:
        What writes them; close it last.
    """
    writer = LogWriter()
    handler = _Handler(writer)
    handler.setFormatter(JsonFormatter(*_FORMAT, rename_fields=_NAMES))
    handler.addFilter(_Alike(writer))
    root = logging.getLogger()
    root.setLevel(level.upper())
    root.handlers = [handler]
    return writer


def open_standard_streams() -> None:
    """Open what was closed at the start, so that no socket becomes standard error."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= STDERR:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)
