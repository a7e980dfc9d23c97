"""Child processes that end with the tests, whatever happens."""

from __future__ import annotations

import ctypes
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_PR_SET_PDEATHSIG: Final = 1
_LIBC: Final = ctypes.CDLL(None)


def _die_with_parent() -> None:
    # Linux ends the child when the test run is killed, too (prctl(2)).
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def process(
    command: Sequence[str | Path], log: Path, environment: dict[str, str] | None = None
) -> Iterator[subprocess.Popen[str]]:
    """Run a command with its output in a file; end it, by its PID, with the context."""
    with log.open("w") as output:
        child = subprocess.Popen(
            list(map(str, command)),
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment,
            preexec_fn=_die_with_parent,  # noqa: PLW1509  # no other thread forks here
        )
    try:
        yield child
    finally:
        child.terminate()
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def stopped(child: subprocess.Popen[str], seconds: float = 30) -> int:
    """Ask a child to stop as Kubernetes does, and return its exit code."""
    child.terminate()
    return child.wait(seconds)


def wait_for(what: str, is_true: Callable[[], bool], seconds: float = 60, log: Path | None = None) -> None:
    """Ask until something is true; say what it was when it never became so."""
    end = time.monotonic() + seconds
    while not is_true():
        if time.monotonic() > end:
            told = f"\n{log.read_text()[-4000:]}" if log else ""
            raise AssertionError(f"{what}: not within {seconds} seconds{told}")
        time.sleep(0.05)
