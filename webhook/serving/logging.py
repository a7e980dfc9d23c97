"""Structured logs: one JSON object in each line, on standard error, written by a thread.

The reader of standard error may be slow or gone; the answers to reviews must not depend on it. So a line only
goes into a bounded queue. Lines that do not fit, and lines that cannot be written, are dropped and counted.
Several processes may share standard error: they write whole lines, in pieces that a pipe takes as a whole.
"""

from __future__ import annotations

import logging
import os
import queue
import select
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Final

from pythonjsonlogger.json import JsonFormatter

STDERR: Final = 2
# Bytes of some 800 lines about reviews; such lines come in texts of the second length.
_MOST_WAITING: Final = 512 * 1024
LONGEST_TEXT: Final = 16 * 1024
# A pipe keeps a piece of this length together, also when other processes write into it: pipe(7).
_PIECE: Final = select.PIPE_BUF
_LONGEST_MESSAGE: Final = 1024
_LONGEST_TRACEBACK: Final = 2048
_CLOSE_SECONDS: Final = 1.0
# Lines with the same message: so many of each kind are written in so many seconds.
_MOST_ALIKE, _ALIKE_SECONDS = 20, 10.0
_MOST_KINDS: Final = 256


class LogWriter:
    """Writes text to a file descriptor; the caller never waits.

    Args:
        descriptor: the file descriptor.
        most: how many bytes may wait.

    Attributes:
        count_dropped: called with the reason and the number of lines that are not written.
    """

    def __init__(self, descriptor: int = STDERR, most: int = _MOST_WAITING) -> None:
        self.count_dropped: Callable[[str, int], None] = lambda _reason, _number: None
        self._descriptor, self._most = descriptor, most
        # The bytes that came so far, and the bytes that the thread took. Two writes at once may count as one.
        self._came, self._taken = 0, 0
        # The garbage collector may log in the middle of a put. This queue allows that; queue.Queue would wait
        # for itself.
        self._texts: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write_all, name="log", daemon=True)
        self._thread.start()

    def write(self, text: str) -> None:
        """Write text soon, or drop it.

        Args:
            text: whole lines, each with its end.
        """
        data = text.encode("utf-8", "backslashreplace")
        if self._came - self._taken + len(data) > self._most:
            self.count_dropped("full", text.count("\n"))
            return
        self._came += len(data)
        self._texts.put(data)

    def close(self) -> None:
        """Write the text that waits, for a second at most."""
        self._texts.put(None)
        self._thread.join(_CLOSE_SECONDS)

    def _write_all(self) -> None:
        unfinished = b""
        while (text := self._texts.get()) is not None:
            self._taken += len(text)
            for piece in _pieces(text):
                unfinished = self._write_piece(unfinished, piece)

    def _write_piece(self, unfinished: bytes, piece: bytes) -> bytes:
        """Write whole lines after the rest of a line; return the rest of the line at which an error came."""
        left = whole = unfinished + piece
        try:
            while left:
                left = left[self._write(left) :]
        except OSError:
            is_begun = bool(unfinished) if left == whole else not whole.endswith(b"\n", 0, -len(left))
            rest = left[: left.index(b"\n") + 1] if is_begun else b""
            self.count_dropped("broken", left.count(b"\n") - bool(rest))
            return rest
        return b""

    def _write(self, text: bytes) -> int:
        while True:
            try:
                return os.write(self._descriptor, text)
            except BlockingIOError:
                # The process that made the pipe set it to not block. This thread may wait.
                select.select((), (self._descriptor,), ())


def _pieces(text: bytes) -> Iterator[bytes]:
    """Cut text between lines; only a line that is too long for a piece makes a longer piece."""
    begin = 0
    while begin < len(text):
        end = text.rfind(b"\n", begin, begin + _PIECE) + 1 or text.index(b"\n", begin) + 1
        yield text[begin:end]
        begin = end


class _Handler(logging.Handler):
    """Sends log records to a writer."""

    def __init__(self, writer: LogWriter) -> None:
        super().__init__()
        self._writer = writer

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record. A record that cannot be written must not harm the code that logs it."""
        try:
            line = self.format(record)
            for shorten in (_shortened, _least):
                if len(line) < _PIECE:
                    break
                line = self.format(shorten(record))
        except Exception:  # noqa: BLE001  # a record can hold anything
            self._writer.count_dropped("broken", 1)
            return
        self._writer.write(f"{line}\n")


def _shortened(record: logging.LogRecord) -> logging.LogRecord:
    """Keep the beginning of a record's message, and the end of its traceback."""
    short = logging.makeLogRecord(record.__dict__)
    short.msg, short.args = f"{record.getMessage()[:_LONGEST_MESSAGE]} (shortened)", None
    if record.exc_info:
        text = logging.Formatter().formatException(record.exc_info)
        short.exc_info, short.exc_text = None, f"...{text[-_LONGEST_TRACEBACK:]}"
    return short


def _least(record: logging.LogRecord) -> logging.LogRecord:
    """Keep the parts of a record that every line must have."""
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


class _RepeatFilter(logging.Filter):
    """Passes a bounded number of records with the same message."""

    def __init__(self, writer: LogWriter, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._writer, self._clock = writer, clock
        self._kinds: OrderedDict[tuple[str, int, str], tuple[float, int]] = OrderedDict()

    def filter(self, record: logging.LogRecord) -> bool:
        """Decide whether a record is written."""
        kind, now = (record.name, record.levelno, str(record.msg)[:_LONGEST_MESSAGE]), self._clock()
        began, number = self._kinds.get(kind, (now, 0))
        if now - began >= _ALIKE_SECONDS:
            began, number = now, 0
        # Removed and added again, not moved: another thread may have removed it.
        self._kinds.pop(kind, None)
        self._kinds[kind] = began, number + 1
        if len(self._kinds) > _MOST_KINDS:
            self._kinds.popitem(last=False)
        if number < _MOST_ALIKE:
            return True
        self._writer.count_dropped("repeated", 1)
        return False


_FORMAT: Final = "%(asctime)s %(levelname)s %(name)s %(message)s"
_NAMES: Final = {"asctime": "time", "levelname": "level", "name": "logger"}


def configure(level: str) -> LogWriter:
    """Send every log of the process to standard error as JSON lines.

    Args:
        level: ``debug``, ``info``, ``warning`` or ``error``.

    Returns:
        The writer of the lines; close it last.
    """
    writer = LogWriter()
    handler = _Handler(writer)
    handler.setFormatter(JsonFormatter(_FORMAT, rename_fields=_NAMES))
    handler.addFilter(_RepeatFilter(writer))
    root = logging.getLogger()
    root.setLevel(level.upper())
    root.handlers = [handler]
    return writer


def log_what_python_writes() -> None:
    """Log Python's warnings, and errors in finalizers; Python itself would wait for their reader."""
    logging.captureWarnings(capture=True)
    sys.unraisablehook = _log_unraisable


def _log_unraisable(unraisable: sys.UnraisableHookArgs) -> None:
    logging.getLogger("webhook").error("an error in a finalizer", exc_info=unraisable.exc_value)


def open_standard_streams() -> None:
    """Open standard streams that are closed at the start, so that no socket becomes standard error."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= STDERR:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)
