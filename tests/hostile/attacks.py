"""Attacks on the webhook, each a bounded program: ``python attacks.py NAME PORT SOURCE SECONDS``.

They talk to 127.0.0.1 only, from the source address that is named, and end by themselves.
"""

from __future__ import annotations

import asyncio
import gzip
import itertools
import json
import os
import resource
import socket
import ssl
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvloop

HOST = "127.0.0.1"
MIB = 1024 * 1024
REVIEWS = Path(__file__).parents[1] / "data" / "reviews"
GOOD = (REVIEWS / "06-pod-create-from-job.json").read_bytes()
WRONG = "config.linkerd.io/proxy-native-sidecar"
LINE = b"POST /mutate HTTP/1.1\r\nHost: webhook\r\nContent-Type: application/json\r\n"


def request(body: bytes, length: int | None = None, extra: bytes = b"") -> bytes:
    return (
        LINE + b"Content-Length: %d\r\n" % (len(body) if length is None else length) + extra + b"\r\n" + body
    )


def changed(change: Callable[[dict[str, Any]], None]) -> bytes:
    """Write the review of a Pod that somebody has changed."""
    review = json.loads(GOOD)
    change(review["request"])
    return json.dumps(review, separators=(",", ":")).encode()


def with_owners(owners: list[dict[str, Any]]) -> bytes:
    return changed(lambda asked: asked["object"]["metadata"].update(ownerReferences=owners))


def with_annotations(annotations: dict[str, Any]) -> bytes:
    return changed(lambda asked: asked["object"]["metadata"].update(annotations=annotations))


def custom(spec: Any) -> bytes:
    def change(asked: dict[str, Any]) -> None:
        asked["kind"] = {"group": "example.com", "version": "v1", "kind": "Fleet"}
        asked["object"] = {"apiVersion": "example.com/v1", "kind": "Fleet", "metadata": {}, "spec": spec}
        asked["object"]["metadata"]["annotations"] = {WRONG: True}

    return changed(change)


def structures() -> dict[str, bytes]:
    """Bodies that hold as much structure as fits into the largest body."""
    most = 9 * MIB
    return {
        "owners": with_owners([{}] * (most // 3)),
        "owners with names": with_owners([{"name": "x", "controller": True}] * (most // 30)),
        "a custom resource of mappings": custom([{}] * (most // 3)),
        "a custom resource of lists": custom([[]] * (most // 3)),
        "a custom resource of numbers": custom([0] * (most // 2)),
        "a custom resource of chains": custom([json.loads("[" * 200 + "]" * 200)] * (most // 420)),
        "annotations": with_annotations({str(number): "" for number in range(most // 12)}),
        "annotations of another type": with_annotations({"x": [[]] * (most // 3)}),
        "a Pod whose spec is a list": changed(lambda asked: asked["object"].update(spec=[{}] * (most // 3))),
        "other texts": changed(lambda asked: asked["object"].update(x=["é"] * (most // 9))),
        "no review": json.dumps([{}] * (most // 4)).encode(),
        "wide characters": with_annotations({"x": "\U0001f600" + "y" * most})
        .decode("unicode-escape")
        .encode(errors="replace"),
        "an old object": changed(lambda asked: asked.update(oldObject=[{}] * (most // 3))),
        "a long name": with_owners(
            [{"apiVersion": "v1", "kind": "K", "name": "n" * most, "controller": True}]
        ),
        "a long uid": changed(lambda asked: asked.update(uid="u" * most)),
    }


def dear() -> bytes:
    """Make the review of a Pod that costs most under the bounds."""
    return with_annotations({f"{WRONG}-{number}": "true" for number in range(199)})


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
                while target.goes_on and not writer.transport.is_closing():
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
                while target.goes_on and not writer.transport.is_closing():
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
