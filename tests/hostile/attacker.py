"""What every attack on the webhook needs: where to, until when, and many connections at once."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from bodies import request

HOST = "127.0.0.1"

CONTEXT = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
CONTEXT.check_hostname, CONTEXT.verify_mode = False, ssl.CERT_NONE


@dataclass(frozen=True)
class Target:
    """Where to, from where, and until when in the event loop's clock."""

    port: int
    source: str
    end: float

    @property
    def goes_on(self) -> bool:
        return asyncio.get_running_loop().time() < self.end

    async def connect(self, *, tls: bool = True) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        context = CONTEXT if tls else None
        return await asyncio.open_connection(HOST, self.port, ssl=context, local_addr=(self.source, 0))

    async def until_the_end(self) -> None:
        await asyncio.sleep(max(0.0, self.end - asyncio.get_running_loop().time()))


async def read_answer(reader: asyncio.StreamReader) -> None:
    """Read one answer."""
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("ascii").lower().splitlines()
    length = next(int(line.partition(":")[2]) for line in lines if line.startswith("content-length:"))
    await reader.readexactly(length)


async def many(number: int, attack: Callable[[], Awaitable[None]]) -> None:
    """Run an attack so many times at once; what the server does about one does not end the others."""

    async def alone() -> None:
        with suppress(OSError, ssl.SSLError, asyncio.IncompleteReadError, TimeoutError):
            await attack()

    await asyncio.gather(*(alone() for _ in range(number)))


async def send_reviews(
    target: Target, body: bytes, connections: int, *, first: bytes = b"", reconnect: bool = False
) -> None:
    text = request(body)

    async def send() -> None:
        while target.goes_on:
            reader, writer = await target.connect()
            with suppress(OSError, asyncio.IncompleteReadError):
                if first:
                    writer.write(request(first))
                    await read_answer(reader)
                while target.goes_on:
                    writer.write(text)
                    await read_answer(reader)
                    if reconnect:
                        break
            writer.transport.abort()

    await many(connections, send)
