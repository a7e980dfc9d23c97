"""Restarts under load: whatever the kernel has accepted is answered, so nobody loses a review."""

from __future__ import annotations

import asyncio
import itertools
import json
import signal
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from certificates import Certificates
from deaf import deaf_replica
from honest import BODIES, Connection, Tally, honest
from replica import Replica

HOST = "127.0.0.1"
RESTARTS = 12
REVIEWS = 1000
# Half of the clients keep their connection, half take a new one for each review.
CLIENTS = 8
RATE = 25.0
# Fewer than an address may have without having sent anything good.
OPENED = 100
PLAIN = (
    "-c",
    "import sys\nsys.modules['uvloop'] = None\nfrom webhook.__main__ import main\nsys.exit(main())",
)
PROGRAMS = {"uvloop": ("-m", "webhook"), "asyncio": PLAIN}


@dataclass
class Balancer:
    """Passes connections on by TCP, in turn; who does not listen has lost nothing.

    Attributes:
        port: where it listens.
        backends: the ports of the replicas.
        refused: how many connections a replica has refused, as it did not listen any more.
    """

    port: int = 0
    backends: list[int] = field(default_factory=list)
    refused: int = 0
    _turns: itertools.count[int] = field(default_factory=itertools.count)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        turn, backends = next(self._turns), tuple(self.backends)
        for number in range(len(backends)):
            try:
                there, back = await asyncio.open_connection(HOST, backends[(turn + number) % len(backends)])
            except ConnectionRefusedError:
                self.refused += 1
                continue
            except OSError:
                break
            await asyncio.gather(_pipe(reader, back), _pipe(there, writer))
            return
        writer.transport.abort()


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass bytes on, the end of them, and a reset."""
    with suppress(OSError):
        try:
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        except OSError:
            writer.transport.abort()
        finally:
            writer.close()
            await writer.wait_closed()


@asynccontextmanager
async def balancing() -> AsyncIterator[Balancer]:
    balancer = Balancer()
    async with await asyncio.start_server(balancer.serve, HOST, 0) as server:
        balancer.port = server.sockets[0].getsockname()[1]
        yield balancer


@dataclass
class Load:
    """Reviews that are sent until somebody says that it is enough, and there are enough."""

    tallies: list[Tally] = field(default_factory=list)
    is_over: bool = False

    @property
    def answered(self) -> int:
        return sum(tally.answered for tally in self.tallies)

    @property
    def failures(self) -> list[str]:
        return [failure for tally in self.tallies for failure in tally.failures]

    async def send(self, port: int, context: ssl.SSLContext) -> None:
        async def client(number: int) -> None:
            while not self.is_over or self.answered < REVIEWS:
                fresh = bool(number % 2)
                self.tallies.append(await honest(HOST, port, context, 25, rate=RATE, fresh=fresh))
                if self.failures:
                    return

        await asyncio.gather(*map(client, range(CLIENTS)))


@asynccontextmanager
async def loaded(balancer: Balancer, certificates: Certificates) -> AsyncIterator[Load]:
    load = Load()
    sending = asyncio.create_task(load.send(balancer.port, certificates.client))
    yield load
    load.is_over = True
    await sending


async def _stopped(found: Replica) -> int:
    found.process.terminate()
    return await found.process.wait()


@pytest.mark.parametrize(
    ("restarts", "flags", "loop"),
    [
        pytest.param(RESTARTS, ("--shutdown-delay-seconds", "0"), "uvloop", id="no delay"),
        pytest.param(RESTARTS, ("--shutdown-delay-seconds", "0.1"), "uvloop", id="a short delay"),
        pytest.param(RESTARTS, ("--shutdown-delay-seconds", "0"), "asyncio", id="asyncio's own loop"),
        pytest.param(4, ("--shutdown-delay-seconds", "0", "--processes", "2"), "uvloop", id="two processes"),
    ],
)
async def test_restarts_under_load_lose_no_review(
    certificates: Certificates, tmp_path: Path, restarts: int, flags: Sequence[str], loop: str
) -> None:
    log = (tmp_path / "log").open("ab")
    with log:
        async with AsyncExitStack() as stack, balancing() as balancer:

            async def started() -> Replica:
                run = deaf_replica(certificates, *flags, stderr=log.fileno(), program=PROGRAMS[loop])
                found = await stack.enter_async_context(run)
                balancer.backends.append(found.port)
                return found

            running = [await started(), await started()]
            async with loaded(balancer, certificates) as load:
                for _ in range(restarts):
                    running.append(await started())
                    oldest = running.pop(0)
                    # It gets its share of new connections up to the last moment.
                    assert await _stopped(oldest) == 0
                    balancer.backends.remove(oldest.port)
            assert load.failures == []
            assert load.answered >= REVIEWS
            assert [await _stopped(found) for found in running] == [0, 0]
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert {line["loop"] for line in lines if line["message"] == "listening" and "loop" in line} <= {loop}
    assert not [line for line in lines if line["level"] == "ERROR"]


@pytest.mark.parametrize("loop", PROGRAMS)
async def test_connections_that_only_the_kernel_has_accepted_are_served(
    certificates: Certificates, tmp_path: Path, loop: str
) -> None:
    with (tmp_path / "log").open("ab") as log:
        flags = ("--shutdown-delay-seconds", "0")
        run = deaf_replica(certificates, *flags, stderr=log.fileno(), program=PROGRAMS[loop])
        async with run as found:
            # While it stands still the kernel goes on; then all that has come is there in one moment.
            found.process.send_signal(signal.SIGSTOP)
            streams = [await asyncio.open_connection(HOST, found.port) for _ in range(OPENED)]
            found.process.send_signal(signal.SIGTERM)
            found.process.send_signal(signal.SIGCONT)
            served = (_answered(*stream, certificates.client) for stream in streams)
            assert [status for status in await asyncio.gather(*served) if status != 200] == []
            assert await found.process.wait() == 0


async def _answered(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, context: ssl.SSLContext
) -> int:
    await writer.start_tls(context, server_hostname=HOST)
    connection = Connection(reader, writer)
    status, _ = await connection.send(BODIES[0])
    connection.close()
    return status
