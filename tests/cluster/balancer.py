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
    with suppress(OSError):
        writer.close()


async def _balance(port: int, ready: Callable[[], Sequence[int]], stop: asyncio.Event) -> None:
    """Pass connections on by TCP, like kube-proxy; ask who is ready a few times a second, like a kubelet."""
    backends: Sequence[int] = ready()
    turns = itertools.count()
    open_ones: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            chosen = backends[next(turns) % len(backends)]
            there, back = await asyncio.open_connection("127.0.0.1", chosen)
        except (OSError, ZeroDivisionError):
            writer.close()
            return
        task = asyncio.current_task()
        assert task
        open_ones.add(task)
        await asyncio.gather(_pipe(reader, back), _pipe(there, writer))
        open_ones.discard(task)

    async with await asyncio.start_server(serve, "127.0.0.1", port):
        while not stop.is_set():
            backends = await asyncio.to_thread(ready)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _SECONDS)
        for task in open_ones:
            task.cancel()


@contextmanager
def balancer(port: int, ready: Callable[[], Sequence[int]]) -> Iterator[None]:
    """Balance a port of loopback over the ports that ``ready`` names, as long as the context is open."""
    loop, stop = asyncio.new_event_loop(), asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(_balance(port, ready, stop)))
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()
