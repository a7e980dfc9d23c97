"""Places for standard error where nobody reads or nothing can be written, and a replica that has such."""

from __future__ import annotations

import asyncio
import fcntl
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from processes import free_port
from raw import reply_to
from replica import Replica

_READY = b"GET /readyz HTTP/1.1\r\nHost: webhook\r\n\r\n"


@contextmanager
def unread_pipe(*, is_full: bool = False) -> Iterator[tuple[int, int]]:
    """Make a pipe; return its end to read and its end to write."""
    reader, writer = os.pipe()
    if is_full:
        os.set_blocking(writer, False)
        with suppress(BlockingIOError):
            while True:
                os.write(writer, b" " * 4095 + b"\n")
        os.set_blocking(writer, True)
    try:
        yield reader, writer
    finally:
        for end in (reader, writer):
            with suppress(OSError):
                os.close(end)


@contextmanager
def broken_pipe() -> Iterator[int]:
    """Make a pipe whose reader has gone."""
    with unread_pipe() as (reader, writer):
        os.close(reader)
        yield writer


@contextmanager
def full_device() -> Iterator[int]:
    """Open a device that has no room, ever."""
    device = os.open("/dev/full", os.O_WRONLY)
    try:
        yield device
    finally:
        os.close(device)


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Path]:
    """Mount a file system with so many bytes; skip the test where that cannot be, or fail if it must be."""
    folder.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(folder)]
    mounted = subprocess.run(words, capture_output=True, text=True, check=False)
    if mounted.returncode:
        text = f"cannot mount a tmpfs: {mounted.stderr.strip()}; run as root where mounts are allowed"
        (pytest.fail if os.environ.get("HOSTILE_TESTS") == "required" else pytest.skip)(text)
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@asynccontextmanager
async def deaf_replica(
    certificates: Any,
    *flags: str,
    stderr: int | None = None,
    shell: str = "",
    program: Sequence[str] = ("-m", "webhook"),
) -> AsyncIterator[Replica]:
    """Run the webhook so that it cannot say where it listens; it ends with the context, by its PID.

    Args:
        stderr: the descriptor of standard error.
        shell: what the shell does to the descriptors.
        program: what Python runs.
    """
    host, port, admin = "127.0.0.1", free_port(), free_port()
    words = [
        sys.executable,
        *program,
        "--listen",
        f"{host}:{port}",
        "--admin-listen",
        f"{host}:{admin}",
    ]
    words += ["--tls-cert", certificates.cert, "--tls-key", certificates.key, "--linkerd", "2.17"]
    words += ["--shutdown-delay-seconds", "0", *flags]
    process = await asyncio.create_subprocess_exec(
        *("/bin/sh", "-c", f'exec "$@" {shell}', "sh", *words), stderr=stderr
    )
    found = Replica(process, host, port, f"{host}:{admin}", Path())
    try:
        await _ready(found)
        yield found
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _ready(found: Replica) -> None:
    host, _, port = found.admin.rpartition(":")
    while found.process.returncode is None:
        with suppress(OSError):
            if (await reply_to(_READY, host, int(port), answers=1)).statuses == [200]:
                return
        await asyncio.sleep(0.02)
    pytest.fail(f"the webhook ended with {found.process.returncode}")


class SlowReader:
    """Reads a pipe, a little in each turn, as long as anybody writes.

    Attributes:
        data: what it has read.
    """

    def __init__(self, descriptor: int, piece: int = 1024, pause: float = 0.002) -> None:
        self.data = bytearray()
        self._descriptor, self._piece, self._pause = descriptor, piece, pause
        # The smallest that Linux makes: a page.
        fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, 4096)

    async def read(self) -> None:
        os.set_blocking(self._descriptor, False)
        while True:
            try:
                piece = os.read(self._descriptor, self._piece)
            except BlockingIOError:
                piece = None
            if piece == b"":
                return
            self.data += piece or b""
            await asyncio.sleep(self._pause)
