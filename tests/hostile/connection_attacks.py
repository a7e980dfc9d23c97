"""Attacks with connections: silent, slow, idle, or without a reader for the answers."""

from __future__ import annotations

import asyncio
import itertools
import socket
import ssl
from contextlib import suppress
from typing import cast

from attacker import CONTEXT, HOST, Target, many, read_answer
from bodies import GOOD, LINE, WRONG, request, with_annotations


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
    client = CONTEXT.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname="webhook")
    with suppress(ssl.SSLWantReadError):
        client.do_handshake()
    hello = outgoing.read()

    async def begin() -> None:
        while target.goes_on:
            _, writer = await target.connect(tls=False)
            writer.write(hello)
            await asyncio.sleep(0.5)
            writer.transport.abort()

    await many(100, begin)


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

    await many(1000, drip)


async def idle(target: Target) -> None:
    """Send one good review on each of 1,000 connections, and keep all of them."""

    async def stay() -> None:
        reader, writer = await target.connect()
        writer.write(request(GOOD))
        await read_answer(reader)
        await target.until_the_end()

    for _ in range(10):
        if not target.goes_on:
            return
        keep = [asyncio.ensure_future(many(1, stay)) for _ in range(100)]
        await asyncio.sleep(0.3)
    await target.until_the_end()
    await asyncio.gather(*keep)


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

    await many(300, ask)


async def idle_behind_long_bodies(target: Target) -> None:
    """Send one long good review on each of 400 connections, and keep all of them."""
    text = request(b" " * 400_000 + GOOD)

    async def stay() -> None:
        reader, writer = await target.connect()
        writer.write(text)
        await read_answer(reader)
        await target.until_the_end()

    await many(400, stay)


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
                await read_answer(reader)
            writer.transport.abort()

    await many(8, send)


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
        await many(100, lambda: begin(source))

    await asyncio.gather(*map(all_of, sources))
