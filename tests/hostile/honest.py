"""The API server, as the webhook sees it: real reviews, over a connection that stays open or a new one."""

from __future__ import annotations

import asyncio
import json
import ssl
from dataclasses import dataclass, field
from time import perf_counter

from webhook_client import REVIEWS

BODIES = tuple(path.read_bytes() for path in sorted(REVIEWS.glob("*.json")))
PATIENCE = 30.0
_HEAD = (
    b"POST /mutate?timeout=2s HTTP/1.1\r\nHost: webhook\r\nUser-Agent: kube-apiserver-admission\r\n"
    b"Content-Length: %d\r\nAccept: application/json, */*\r\nContent-Type: application/json\r\n\r\n"
)


def request(body: bytes) -> bytes:
    """Write a request as the API server does."""
    return _HEAD % len(body) + body


@dataclass
class Tally:
    """What became of the reviews.

    Attributes:
        answered: how many were allowed.
        failures: what went wrong with the others.
        seconds: how long each answer took.
    """

    answered: int = 0
    failures: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def share(self, within: float) -> float:
        """Return the part of the reviews that was answered within so many seconds."""
        good = sum(seconds <= within for seconds in self.seconds)
        return good / max(1, self.answered + len(self.failures))


class Connection:
    """A TLS connection that sends one review after the other.

    Attributes:
        is_open: whether it may be used again.
        is_used: whether a review was answered over it.
        has_begun: whether a part of the present answer has come.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self.is_open, self.is_used, self.has_begun = True, False, False

    @property
    def may_try_again(self) -> bool:
        """Whether Go sends a request anew when this connection ends: it was idle, and nothing has come."""
        return self.is_used and not self.has_begun

    async def send(self, body: bytes) -> tuple[int, bytes]:
        """Send a review and return the status and the body of the answer."""
        self.has_begun = False
        self._writer.write(request(body))
        await self._writer.drain()
        try:
            head = await self._reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError as error:
            self.has_begun = bool(error.partial)
            raise
        self.has_begun = True
        lines = head.decode("ascii").lower().splitlines()
        headers = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
        text = await self._reader.readexactly(int(headers["content-length"]))
        self.is_open, self.is_used = headers.get("connection") != "close", True
        return int(lines[0].split()[1]), text

    def close(self) -> None:
        self._writer.transport.abort()


async def connect(host: str, port: int, context: ssl.SSLContext, source: str | None = None) -> Connection:
    """Open a connection, from a source address if one is named."""
    local = (source, 0) if source else None
    reader, writer = await asyncio.open_connection(
        host, port, ssl=context, local_addr=local, server_hostname="127.0.0.1"
    )
    return Connection(reader, writer)


async def honest(
    host: str,
    port: int,
    context: ssl.SSLContext,
    reviews: int = 100,
    *,
    rate: float = 20.0,
    patience: float = PATIENCE,
    fresh: bool = False,
) -> Tally:
    """Send real reviews, so many a second.

    Args:
        fresh: whether each review has a connection of its own; else one is kept as long as it is open.
    """
    tally, connection = Tally(), None
    loop = asyncio.get_running_loop()
    began = loop.time()
    for number in range(reviews):
        await asyncio.sleep(began + number / rate - loop.time())
        body, start = BODIES[number % len(BODIES)], perf_counter()
        try:
            async with asyncio.timeout(patience):
                if connection is None:
                    connection = await connect(host, port, context)
                try:
                    status, text = await connection.send(body)
                except (ConnectionError, asyncio.IncompleteReadError):
                    # As Go does with a connection that was idle and closed meanwhile: once, on a new one.
                    if not connection.may_try_again:
                        raise
                    connection.close()
                    connection = await connect(host, port, context)
                    status, text = await connection.send(body)
            if status == 200 and json.loads(text)["response"]["allowed"] is True:
                tally.answered += 1
                tally.seconds.append(perf_counter() - start)
            else:
                tally.failures.append(f"status {status}")
        except (OSError, ssl.SSLError, TimeoutError, asyncio.IncompleteReadError) as error:
            tally.failures.append(f"{type(error).__name__} {error}")
            if connection:
                connection.close()
            connection = None
        if connection and (fresh or not connection.is_open):
            connection.close()
            connection = None
    if connection:
        connection.close()
    return tally
