"""CPU time, which does not depend on who else works on the machine."""

from __future__ import annotations

import gc
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class TooLongError(AssertionError):
    """Something took more CPU time than it may."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Stop what is done inside when it has taken so much CPU time, also within a regular expression."""

    def stop(*_: object) -> None:
        raise TooLongError(f"more than {seconds} seconds of CPU time")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def seconds_of(work: Callable[[], object]) -> float:
    """Measure the CPU time of a piece of work, without what Python's garbage collector costs.

    That grows with what other tests have left, and the command line has it work rarely, too.
    """
    gc.disable()
    start = time.process_time()
    try:
        work()
        return time.process_time() - start
    finally:
        gc.enable()
