"""A process that may open few files, and strangers with many connections: who matters is answered."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from certificates import Certificates
from honest import BODIES, Connection, connect, honest
from raw import reply_to
from replica import Replica, replica

DESCRIPTORS = 256
CONNECTIONS = 600
OWN, OTHER = "127.0.0.1", "127.0.0.2"
PROBES = ("/livez", "/readyz", "/metrics")
# Nothing that is held open ends by itself while the test lasts.
PATIENT = ("--handshake-seconds", "600", "--head-seconds", "600", "--body-seconds", "600")
REVIEWS = 24
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def silent(port: int, source: str, _context: ssl.SSLContext | None) -> Streams:
    """Open a connection and say nothing."""
    return await asyncio.open_connection(OWN, port, local_addr=(source, 0))


async def idle(port: int, source: str, context: ssl.SSLContext | None) -> Streams:
    """Open a connection, with TLS where there is a context, and send no request."""
    name = OWN if context else None
    return await asyncio.open_connection(OWN, port, local_addr=(source, 0), ssl=context, server_hostname=name)


async def half_a_head(port: int, source: str, context: ssl.SSLContext | None) -> Streams:
    """Send the beginning of a head."""
    reader, writer = await idle(port, source, context)
    writer.write(b"POST /mutate HTTP/1.1\r\nHost: webhook\r\n")
    return reader, writer


async def used(port: int, source: str, context: ssl.SSLContext | None) -> Streams:
    """Send a good review first."""
    assert context is not None
    reader, writer = await idle(port, source, context)
    await Connection(reader, writer).send(BODIES[0])
    return reader, writer


Opening = Callable[[int, str, ssl.SSLContext | None], Awaitable[Streams]]


@asynccontextmanager
async def held(
    opening: Opening, port: int, source: str, context: ssl.SSLContext | None
) -> AsyncIterator[None]:
    """Hold as many connections open as the server lets us."""
    streams: list[Streams] = []

    async def hold() -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            streams.append(await opening(port, source, context))

    try:
        for _ in range(CONNECTIONS // 20):
            await asyncio.gather(*(hold() for _ in range(20)))
        yield
    finally:
        for _, writer in streams:
            writer.transport.abort()


async def probed(found: Replica) -> list[int]:
    """Ask each probe over a connection of its own, as a kubelet does."""
    host, _, port = found.admin.rpartition(":")
    heads = (f"GET {path} HTTP/1.1\r\nHost: webhook\r\n\r\n".encode() for path in PROBES)
    return [
        status for head in heads for status in (await reply_to(head, host, int(port), answers=1)).statuses
    ]


async def all_is_answered(found: Replica, context: ssl.SSLContext) -> None:
    for fresh in (True, False):
        tally = await honest(found.host, found.port, context, REVIEWS, rate=200, fresh=fresh)
        assert (tally.answered, tally.failures) == (REVIEWS, [])
    assert await probed(found) == [200] * len(PROBES)


async def answers(kept: Connection) -> bool:
    """Send a review over a connection that was idle; Go takes a new one where that has been closed."""
    try:
        status, _ = await kept.send(BODIES[0])
    except (ConnectionError, asyncio.IncompleteReadError):
        assert kept.may_try_again
        return False
    return status == 200


@pytest.mark.parametrize("processes", [(), ("--processes", "2")], ids=["one process", "two processes"])
@pytest.mark.parametrize("source", [OWN, OTHER], ids=["own address", "another address"])
@pytest.mark.parametrize(
    ("opening", "is_admin"),
    [
        (silent, False),
        (idle, False),
        (half_a_head, False),
        (used, False),
        (silent, True),
        (half_a_head, True),
    ],
    ids=["silent", "idle", "half a head", "used", "admin, silent", "admin, half a head"],
)
async def test_probes_and_reviews_are_answered_beside_600_connections(
    certificates: Certificates,
    tmp_path: Path,
    opening: Opening,
    is_admin: bool,
    source: str,
    processes: Sequence[str],
) -> None:
    run = replica(certificates, tmp_path / "log", *PATIENT, *processes, nofile=DESCRIPTORS)
    async with run as found:
        kept = await connect(found.host, found.port, certificates.client)
        assert await answers(kept)
        port = int(found.admin.rpartition(":")[2]) if is_admin else found.port
        async with held(opening, port, source, None if is_admin else certificates.client):
            await all_is_answered(found, certificates.client)
            # Where all of an address have sent good reviews, the one goes that is idle longest.
            assert await answers(kept) or (opening is used and source == OWN)
            # Of several processes the parent has the admin port.
            who = {"process": "parent"} if processes and is_admin else {}
            refused = found.samples("autofix_refused_total", reason="connections", **who)
            assert refused > 0
            is_open = found.samples("autofix_connections", port="admin" if is_admin else "webhook", **who)
            assert refused + is_open >= CONNECTIONS
        kept.close()
        found.process.terminate()
        assert await found.process.wait() == 0
    errors = [line for line in (tmp_path / "log").read_text().splitlines() if '"ERROR"' in line]
    assert errors == []
