"""The webhook as a process of its own, with the memory limit of deploy/base and the image's environment."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from image import malloc_environment
from prometheus_client.parser import text_string_to_metric_families

LIMIT = 256 * 1024 * 1024
MIB = 1024 * 1024
# What is asked of the admin port is there at once; this only ends a test that would hang.
_TIMEOUT = 60


@dataclass(frozen=True)
class Memory:
    """A memory cgroup.

    Attributes:
        folder: where its files are.
        version: 1 or 2.
    """

    folder: Path
    version: int

    def limit(self, size: int) -> None:
        names = {1: ("memory.limit_in_bytes",), 2: ("memory.max",)}[self.version]
        for name in names:
            (self.folder / name).write_text(str(size))

    @property
    def killed(self) -> int:
        """How many processes the kernel has killed for want of memory."""
        name = {1: "memory.oom_control", 2: "memory.events"}[self.version]
        words = (self.folder / name).read_text().split()
        return int(words[words.index("oom_kill") + 1])


def _roots() -> Iterator[tuple[Path, int]]:
    for line in Path("/proc/mounts").read_text().splitlines():
        _, folder, kind, options, *_ = line.split()
        if kind == "cgroup" and "memory" in options.split(","):
            yield Path(folder), 1
        if kind == "cgroup2" and "memory" in Path(folder, "cgroup.subtree_control").read_text().split():
            yield Path(folder), 2


@contextmanager
def memory_cgroup(size: int = LIMIT) -> Iterator[Memory]:
    """Make a cgroup with a memory limit; skip the test where that cannot be, or fail if it must be."""
    reason = "no memory cgroup is mounted"
    for root, version in _roots():
        folder = root / f"linkerd-autofix-test-{os.getpid()}"
        try:
            folder.mkdir()
        except OSError as error:
            reason = f"{folder}: {error.strerror}"
            continue
        memory = Memory(folder, version)
        try:
            memory.limit(size)
            yield memory
        finally:
            with suppress(OSError):
                folder.rmdir()
        return
    text = f"cannot make a cgroup with a memory limit: {reason}; run as root where cgroups are writable"
    if os.environ.get("HOSTILE_TESTS") == "required":
        pytest.fail(text)
    pytest.skip(text)


@dataclass(frozen=True)
class Replica:
    """A replica that serves.

    Attributes:
        process: its process.
        host, port: of the HTTPS port.
        admin: address of the admin port.
        log: where standard error goes.
        memory: its cgroup, None without a limit.
    """

    process: asyncio.subprocess.Process
    host: str
    port: int
    admin: str
    log: Path
    memory: Memory | None = None

    def get(self, path: str) -> str:
        with urlopen(f"http://{self.admin}{path}", timeout=_TIMEOUT) as answer:  # the test's own
            return str(answer.read(), "utf-8")

    def samples(self, name: str, **labels: str) -> float:
        """Add up the samples of a metric whose labels are those."""
        return sum(
            sample.value
            for family in text_string_to_metric_families(self.get("/metrics"))
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        )

    def status(self, field: str) -> int:
        """Read a figure in kB from the process's status, in bytes."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(f"{field}:"):
                return int(line.split()[1]) * 1024
        raise AssertionError(f"no {field}")

    @property
    def resident(self) -> int:
        return self.status("VmRSS")

    @property
    def peak(self) -> int:
        return self.status("VmHWM")

    @property
    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def forget_peak(self) -> None:
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")

    def is_alive(self) -> bool:
        return self.process.returncode is None and Path(f"/proc/{self.process.pid}").exists()


@asynccontextmanager
async def replica(
    certificates: Any,
    log: Path,
    *flags: str,
    memory: Memory | None = None,
    environment: Mapping[str, str] | None = None,
    nofile: int | None = None,
) -> AsyncIterator[Replica]:
    """Run the webhook as the image does; it ends with the context, by its PID."""
    words = [sys.executable, "-m", "webhook", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"]
    words += ["--tls-cert", certificates.cert, "--tls-key", certificates.key, "--linkerd", "2.17"]
    words += ["--shutdown-delay-seconds", "0", *flags]
    steps = [f"echo $$ > {memory.folder}/cgroup.procs"] if memory else []
    steps += [f"ulimit -n {nofile}"] if nofile else []
    if steps:
        words = ["/bin/sh", "-c", f'{"; ".join(steps)}; exec "$@"', "sh", *words]
    with log.open("wb") as stderr:
        process = await asyncio.create_subprocess_exec(
            *words, stderr=stderr, env={**os.environ, **malloc_environment(), **(environment or {})}
        )
    try:
        line = await _listening(process, log)
        host, _, port = line["address"].rpartition(":")
        yield Replica(process, host, int(port), line["admin_address"], log, memory)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _listening(process: asyncio.subprocess.Process, log: Path) -> dict[str, Any]:
    while process.returncode is None:
        if line := _line(log):
            return line
        await asyncio.sleep(0.02)
    pytest.fail(f"the webhook ended with {process.returncode}")


def _line(log: Path) -> dict[str, Any] | None:
    for text in log.read_text().splitlines():
        if '"listening"' in text:
            line: dict[str, Any] = json.loads(text)
            return line
    return None
