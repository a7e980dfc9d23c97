"""A cheap load generator: raw HTTP/1.1 over TLS connections that stay open, as the API server's do."""

from __future__ import annotations

import asyncio
import os
import ssl
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, cast

import uvloop

from bench.measure import Contender, Sample, process_cpu

_CPUS: Final = sorted(os.sched_getaffinity(0))
# Servers that share a core with the client, or not, as the kernel likes, differ by a quarter for that alone.
CLIENT_CPUS, SERVER_CPUS = _CPUS[:1], _CPUS[-1:]
_HEAD_END: Final = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Target:
    """A server to measure.

    Attributes:
        pid: its process.
        port: where it listens, on loopback.
        path: what is called.
    """

    pid: int
    port: int
    path: str = "/mutate"


def http_request(path: str, body: bytes) -> bytes:
    """Write a request as the API server sends it."""
    head = (
        f"POST {path}?timeout=5s HTTP/1.1\r\nHost: linkerd-autofix.linkerd-autofix.svc:443\r\n"
        f"User-Agent: kube-apiserver-admission\r\nContent-Length: {len(body)}\r\n"
        "Accept: application/json, */*\r\nContent-Type: application/json\r\nAccept-Encoding: gzip\r\n\r\n"
    )
    return head.encode() + body


class _Connection(asyncio.Protocol):
    """Sends one request after another, each when the last one is answered."""

    _requests: Iterator[bytes]
    _latencies: list[float]
    _done: asyncio.Future[None] | None = None
    _transport: asyncio.Transport
    _buffer, _sent = b"", 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports have the methods, and not the class.
        self._transport = cast(asyncio.Transport, transport)

    def begin(self, requests: Iterator[bytes], latencies: list[float], done: asyncio.Future[None]) -> None:
        self._requests, self._latencies, self._done = requests, latencies, done
        self._next()

    def _next(self) -> None:
        request = next(self._requests, None)
        if request is None:
            self._end(None)
            return
        self._sent = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._buffer = self._buffer + data if self._buffer else data
        head, found, rest = self._buffer.partition(_HEAD_END)
        if not found or len(rest) < _length(head):
            return
        if not head.startswith(b"HTTP/1.1 200"):
            self._end(RuntimeError(f"not answered with 200: {self._buffer[:300]!r}"))
            return
        self._latencies.append(time.perf_counter() - self._sent)
        self._buffer = b""
        self._next()

    def connection_lost(self, error: Exception | None) -> None:
        self._end(error or ConnectionError("the server closed the connection"))

    def _end(self, error: Exception | None) -> None:
        if self._done is None or self._done.done():
            return
        if error is None:
            self._done.set_result(None)
        else:
            self._done.set_exception(error)

    def close(self) -> None:
        self._transport.close()


def _length(head: bytes) -> int:
    _, _, rest = head.lower().partition(b"content-length:")
    return int(rest.partition(b"\r\n")[0])


@dataclass(slots=True)
class Load:
    """Open connections to servers; the loop runs only while something is measured.

    Attributes:
        context: trusts the servers' CA.
    """

    context: ssl.SSLContext
    _loop: asyncio.AbstractEventLoop = field(default_factory=uvloop.new_event_loop)
    _open: dict[tuple[int, int], list[_Connection]] = field(default_factory=dict)

    def sample(
        self, target: Target, bodies: Sequence[bytes], number: int, connections: int = 8
    ) -> tuple[Sample, list[float]]:
        """Send requests, and say what one of them cost the server.

        Args:
            target: the server.
            bodies: what is sent, in turn.
            number: how many requests.
            connections: how many at a time.

        Returns:
            The server's CPU time and the time on the clock, of one request; and the time that each took.
        """
        requests = [http_request(target.path, body) for body in bodies]
        queue = (requests[index % len(requests)] for index in range(number))
        latencies: list[float] = []
        self._loop.run_until_complete(self._connected(target, connections))
        cpu, wall = process_cpu(target.pid), time.perf_counter()
        self._loop.run_until_complete(self._send(target, connections, queue, latencies))
        wall, cpu = time.perf_counter() - wall, process_cpu(target.pid) - cpu
        return Sample(cpu / number, wall / number), latencies

    def contender(
        self,
        target: Target,
        body: bytes,
        number: int,
        connections: int = 8,
        latencies: list[float] | None = None,
    ) -> Contender:
        """Make a contender of a server; the arguments are those of ``sample``.

        Args:
            target, body, number, connections: as in ``sample``.
            latencies: where the seconds that each request took are collected.
        """

        def run() -> Sample:
            sample, took = self.sample(target, [body], number, connections)
            if latencies is not None:
                latencies.extend(took)
            return sample

        return run

    def close(self) -> None:
        """Close the connections."""
        for connection in (one for some in self._open.values() for one in some):
            connection.close()
        self._loop.run_until_complete(asyncio.sleep(0.05))
        self._loop.close()

    async def _connected(self, target: Target, connections: int) -> None:
        loop = asyncio.get_running_loop()
        opened = self._open.setdefault((target.port, connections), [])
        while len(opened) < connections:
            _, protocol = await loop.create_connection(
                _Connection,
                "127.0.0.1",
                target.port,
                ssl=self.context,
                server_hostname="127.0.0.1",
            )
            opened.append(protocol)

    async def _send(
        self, target: Target, connections: int, queue: Iterator[bytes], latencies: list[float]
    ) -> None:
        loop = asyncio.get_running_loop()
        opened = self._open[target.port, connections]
        futures = [loop.create_future() for _ in opened]
        for connection, future in zip(opened, futures, strict=True):
            connection.begin(queue, latencies, future)
        await asyncio.gather(*futures)


@contextmanager
def load(context: ssl.SSLContext) -> Iterator[Load]:
    """Make a load generator on a core of its own; its connections are closed with the context."""
    made = Load(context)
    os.sched_setaffinity(0, CLIENT_CPUS)
    try:
        yield made
    finally:
        made.close()
        os.sched_setaffinity(0, _CPUS)
