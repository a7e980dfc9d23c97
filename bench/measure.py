"""Measuring side by side: every contender in every round, and ratios within a round."""

from __future__ import annotations

import gc
import os
import resource
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Sample:
    """What one run cost, in seconds.

    Attributes:
        cpu: time on a processor, user and system.
        wall: time on the clock.
    """

    cpu: float
    wall: float


Contender = Callable[[], Sample]


@dataclass(frozen=True, slots=True)
class Rounds:
    """Samples of contenders that ran in turn.

    Attributes:
        samples: by contender, one sample a round.
    """

    samples: Mapping[str, Sequence[Sample]]

    def cpu(self, name: str) -> float:
        """Return a contender's median CPU time, in seconds."""
        return statistics.median(sample.cpu for sample in self.samples[name])

    def wall(self, name: str) -> float:
        """Return a contender's median wall time, in seconds."""
        return statistics.median(sample.wall for sample in self.samples[name])

    def ratio(self, name: str, against: str) -> float:
        """Return the median of the ratios of CPU time, each of two runs in one round.

        A machine that slows down slows both: what is left is what the contenders differ in.
        """
        pairs = zip(self.samples[name], self.samples[against], strict=True)
        return statistics.median(one.cpu / other.cpu for one, other in pairs)

    def wall_ratio(self, name: str, against: str) -> float:
        """Return the same of wall time."""
        pairs = zip(self.samples[name], self.samples[against], strict=True)
        return statistics.median(one.wall / other.wall for one, other in pairs)


def interleaved(contenders: Mapping[str, Contender], rounds: int) -> Rounds:
    """Run every contender once a round, in turn, after one run each that does not count.

    Args:
        contenders: by name, what to run; it says what it cost.
        rounds: how many rounds count.
    """
    samples: dict[str, list[Sample]] = {name: [] for name in contenders}
    for number in range(rounds + 1):
        # Whoever comes first after something heavy pays for it: every other round runs backwards.
        order = list(contenders.items())[:: 1 if number % 2 else -1]
        for name, run in order:
            sample = run()
            if number:
                samples[name].append(sample)
    return Rounds(samples)


def calls(function: Callable[[], object], count: int) -> Contender:
    """Make a contender of a function in this process.

    Args:
        function: what to call.
        count: how often; the sample is of one call.
    """

    def run() -> Sample:
        gc.collect()
        wall, cpu = time.perf_counter(), time.process_time()
        for _ in range(count):
            function()
        return Sample((time.process_time() - cpu) / count, (time.perf_counter() - wall) / count)

    return run


def command(*words: str | Path, cwd: Path | None = None, codes: Sequence[int] = (0,)) -> Contender:
    """Make a contender of a command.

    Args:
        words: the command; what it prints is thrown away.
        cwd: where it runs.
        codes: exit codes that are as expected; any other ends the measurement.
    """

    def run() -> Sample:
        before, wall = _children_cpu(), time.perf_counter()
        done = subprocess.run(
            words, cwd=cwd, env=installed(), check=False, stdin=subprocess.DEVNULL, capture_output=True
        )
        seconds = time.perf_counter() - wall
        if done.returncode not in codes:
            raise RuntimeError(f"{words[0]} ended with {done.returncode}: {done.stderr.decode()[-500:]}")
        return Sample(_children_cpu() - before, seconds)

    return run


def installed() -> dict[str, str]:
    """Return an environment in which Python keeps bytecode, as it does of what is installed."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _children_cpu() -> float:
    # os.times counts in ticks of 10 ms, which is what a whole interpreter takes.
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def process_cpu(pid: int) -> float:
    """Return the CPU time that a running process has used, in seconds.

    Source: clock_getcpuclockid(3); the clock's number is Linux's (MAKE_PROCESS_CPUCLOCK in
    include/linux/posix-timers.h, CPUCLOCK_SCHED), counts all threads and has nanoseconds.
    """
    return time.clock_gettime((~pid << 3) | 2)


def resident_mb(pid: int) -> float:
    """Return the memory that a running process holds, in MB (10**6 bytes).

    Source: proc(5), /proc/PID/statm, field 2.
    """
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
