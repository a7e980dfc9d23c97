"""Child processes that end with the tests, whatever happens."""

from __future__ import annotations

import ctypes
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

_PR_SET_PDEATHSIG: Final = 1
_LIBC: Final = ctypes.CDLL(None)
_RANGE_OF_CONNECTIONS: Final = Path("/proc/sys/net/ipv4/ip_local_port_range")
_FIRST_PORT: Final = 10_000
_BLOCK: Final = 100


def _die_with_parent() -> None:
    # Linux ends the child when the test run is killed, too (prctl(2)).
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _free_ports() -> Iterator[int]:
    """Ports of loopback that nobody listens on, each once, however many test runs there are.

    The kernel gives ports of its own range to connections that go out. A connection may so take a port that
    was free a moment ago, or that of a server which is about to start again; these ports are none of them.
    """
    first, last = map(int, _RANGE_OF_CONNECTIONS.read_text().split())
    ports = max(range(_FIRST_PORT, first), range(last + 1, 65536), key=len) or range(_FIRST_PORT, 65536)
    blocks = [ports[start : start + _BLOCK] for start in range(0, len(ports), _BLOCK)]
    with ExitStack() as claims:
        for block in random.sample(blocks, len(blocks)):
            claim = claims.enter_context(socket.socket(socket.AF_UNIX))
            try:
                # Keeps other test runs away; the kernel forgets the name with this process (unix(7)).
                claim.bind(f"\0linkerd-autofix-ports-{block[0]}")
            except OSError:
                continue
            yield from filter(is_free, block)


def is_free(port: int) -> bool:
    """Tell whether nobody listens on a port of loopback."""
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


_FREE_PORTS: Final = _free_ports()


def free_port() -> int:
    """A port of loopback that nobody listens on, and nobody else was given."""
    return next(_FREE_PORTS)


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
