"""One address for several replicas, as a Service is: new connections go to those that say they are ready."""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

_SECONDS = 0.2


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()


async def _balance(
    port: int, ready: Callable[[], Sequence[int]], listens: threading.Event, stop: threading.Event
) -> None:
    """Pass connections on by TCP, like kube-proxy; ask who is ready a few times a second, like a kubelet."""
    backends: Sequence[int] = ready()
    turns = itertools.count()
    callers: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, ZeroDivisionError):
            chosen = backends[next(turns) % len(backends)]
            there, back = await asyncio.open_connection("127.0.0.1", chosen)
            try:
                await asyncio.gather(_pipe(reader, back), _pipe(there, writer))
            finally:
                # At the end of a test nobody reads any more what is still to be written.
                back.transport.abort()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        caller = asyncio.create_task(serve(reader, writer))
        callers.add(caller)
        caller.add_done_callback(callers.discard)
        caller.add_done_callback(lambda _: writer.transport.abort())

    async with await asyncio.start_server(accept, "127.0.0.1", port) as server:
        listens.set()
        while not stop.is_set():
            backends = await asyncio.to_thread(ready)
            await asyncio.sleep(_SECONDS)
        server.close()
        for caller in callers:
            caller.cancel()
        await asyncio.gather(*callers, return_exceptions=True)


@contextmanager
def balancer(port: int, ready: Callable[[], Sequence[int]]) -> Iterator[None]:
    """Balance a port of loopback over the ports that ``ready`` names, as long as the context is open.

    A connection whose turn is a port that nobody listens on ends at once.
    """
    listens, stop = threading.Event(), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(_balance(port, ready, listens, stop)))
    thread.start()
    assert listens.wait(30), "the balancer does not listen"
    try:
        yield
    finally:
        stop.set()
        thread.join()
