"""The standard streams, as the shell gave them to the process: closed, full, or with few characters."""

from __future__ import annotations

import io
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


class _Unheard(io.TextIOWrapper):
    """Standard error, where it is no error that nobody can be told anything: data and exit code count."""

    def write(self, text: str) -> int:
        """Write a text, or lose it."""
        try:
            return super().write(text)
        except OSError:
            self.flush()
            return len(text)

    def flush(self) -> None:
        """Write what is held, or lose it and all that comes."""
        try:
            super().flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.fileno())
            super().flush()


def let_errors_be_lost() -> None:
    """Make it no error for the rest of the process that standard error cannot be written."""
    stream = sys.stderr
    if isinstance(stream, io.TextIOWrapper):
        sys.stderr = _Unheard(stream.buffer, stream.encoding, line_buffering=True)


def prepare(given: Sequence[str]) -> str | None:
    """Prepare the standard streams.

    Args:
        given: the arguments.

    Returns:
        ``input`` or ``output`` where that is needed and closed, else None.
    """
    if sys.stderr is None:
        # Closed: who does not want to hear anything gets the data all the same.
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  # until the process ends
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that cannot show a character of somebody's manifest is no reason to stop.
            stream.reconfigure(errors="backslashreplace")
    if sys.stdout is None:
        return "output"
    return "input" if sys.stdin is None and ("-" in given or "krm" in given[:1]) else None
