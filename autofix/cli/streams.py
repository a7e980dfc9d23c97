"""The standard streams as the shell passes them to the process: closed, full, or with few characters."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence


class _OptionalStream(io.TextIOWrapper):
    """Standard error; a failure to write there does not matter, because the data and the exit code count."""

    def write(self, text: str) -> int:
        """Write a text, or lose it."""
        try:
            return super().write(text)
        except OSError:
            self.flush()
            return len(text)

    def flush(self) -> None:
        """Write the buffer, or lose it and all later texts."""
        try:
            super().flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.fileno())
            super().flush()


def ignore_failures_of_stderr() -> None:
    """Ignore for the rest of the process that standard error cannot be written."""
    stream = sys.stderr
    if isinstance(stream, io.TextIOWrapper):
        sys.stderr = _OptionalStream(stream.buffer, stream.encoding, line_buffering=True)


def prepare(argv: Sequence[str]) -> str | None:
    """Prepare the standard streams.

    Args:
        argv: the arguments without the program's name.

    Returns:
        ``input`` or ``output`` when that stream is needed and closed, else None.
    """
    if sys.stderr is None:
        # Closed: the user gets the data without the messages.
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  # until the process ends
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # The run goes on if the terminal cannot show a character of a manifest.
            stream.reconfigure(errors="backslashreplace")
    if sys.stdout is None:
        return "output"
    return "input" if sys.stdin is None and ("-" in argv or "krm" in argv[:1]) else None
