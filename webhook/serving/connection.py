"""One accepted connection: its stage and its bytes, around aiohttp's own protocol.

aiohttp reads a body before a handler has seen its head, and waits for ever for a head that does not end.
This protocol hands a head to aiohttp when the head is whole. It keeps the body back until the handler asks
for it, and never hands on more of it than the head announced.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from enum import IntEnum
from typing import Final, Protocol, cast

from webhook.serving.fair_queue import Flow

# The API server's heads have some 300 bytes. aiohttp bounds the length and the number of lines.
_LONGEST_HEAD: Final = 32 * 1024
# What is read before the handler asks for it: of a body, or of a next request.
_MOST_AHEAD: Final = 64 * 1024
_END_OF_HEAD: Final = b"\r\n\r\n"


class Stage(IntEnum):
    """How far a connection has come."""

    SILENT = 0
    HANDSHAKE = 1
    HEAD = 2
    BODY = 3
    ANSWER = 4
    IDLE = 5


def _nothing() -> None:
    return


class Owner(Protocol):
    """Who bounds the connections; the pool."""

    def received(self, connection: Connection, size: int) -> None:
        """Count bytes that a connection holds from now on; negative where it lets them go."""

    def discard(self, connection: Connection) -> None:
        """Forget a connection that has ended."""

    def refuse(self, connection: Connection, reason: str) -> None:
        """End a connection, count it and say why."""


class Connection(asyncio.Protocol):
    """A connection of the pool.

    Attributes:
        address: the caller's IP address.
        flow: what the connection has cost; None before its first request.
        stage: how far the connection has come.
        since: when that stage began, in seconds of the event loop's clock.
        answers: how many of its requests were answered.
        size: how many bytes are held for its present request.
        blocked: whether the caller does not read its answer.
        is_over: whether nothing of it is read any more.
        unread: size of a long answer that the caller may not have read, in bytes.
        kept: bytes that its buffers may have grown to.
    """

    __slots__ = (
        "_body_left",
        "_close",
        "_inner",
        "_loop",
        "_make_inner",
        "_owner",
        "_paused",
        "_rest",
        "_transport",
        "address",
        "answers",
        "blocked",
        "flow",
        "is_over",
        "kept",
        "since",
        "size",
        "stage",
        "unread",
    )

    def __init__(self, owner: Owner, address: str, make_inner: Callable[[], asyncio.Protocol]) -> None:
        self.address = address
        self.flow: Flow | None = None
        self.stage, self.answers, self.size = Stage.SILENT, 0, 0
        self.unread, self.kept = 0, 0
        self.blocked = self.is_over = False
        self._owner, self._make_inner = owner, make_inner
        self._loop = asyncio.get_running_loop()
        self._inner: asyncio.Protocol | None = None
        self._transport: asyncio.Transport | None = None
        self._close: Callable[[], object] = _nothing
        self._rest, self._body_left, self._paused = b"", 0, False
        self.since = self._loop.time()

    @property
    def is_fresh(self) -> bool:
        """Whether none of its requests was answered so far."""
        return not self.answers

    def enter(self, stage: Stage) -> None:
        """Go on to another stage."""
        self.stage, self.since = stage, self._loop.time()

    def close_with(self, close: Callable[[], object]) -> None:
        """Take what ends the connection as long as it has no transport."""
        self._close = close

    def abort(self) -> None:
        """End it at once, whatever its stage."""
        self.is_over = True
        if self._transport is not None:
            self._transport.abort()
        else:
            self._close()

    def release(self, length: int) -> None:
        """Let aiohttp have the body of the present request.

        Args:
            length: its Content-Length in bytes. What comes after it belongs to the next request.
        """
        self._body_left = length
        self._feed_body(self._rest)

    def answered(self, size: int = 0) -> None:
        """Count the present request as answered, and go on with what came behind it.

        Args:
            size: of the answer in bytes. A long one is held until the caller has read it.
        """
        self.answers += 1
        self.unread = size if size > _MOST_AHEAD else 0
        self._owner.received(self, len(self._rest) + self.unread - self.size)
        self.enter(Stage.IDLE)
        if self._rest:
            # aiohttp still has to write the answer.
            self._loop.call_soon(self._next_head)

    def look_whether_read(self) -> None:
        """Let a long answer go that the caller has read."""
        if self.unread and self._transport and not self._transport.get_write_buffer_size():
            self._owner.received(self, -self.unread)
            self.unread = 0

    def shut(self) -> None:
        """Read no more: the present request is refused, and the connection closed behind that answer."""
        self.enter(Stage.ANSWER)
        self.is_over = True
        self._body_left, self._rest = 0, b""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.pause_reading()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to wait for a head; asyncio calls it after the handshake."""
        # uvloop's is none of asyncio's classes.
        self._transport, self._inner = cast(asyncio.Transport, transport), self._make_inner()
        self._inner.connection_made(transport)
        self.enter(Stage.HEAD)

    def data_received(self, data: bytes) -> None:
        """Sort what came: into a head, a body, or what is too early."""
        if self.is_over:
            return
        self._owner.received(self, len(data))
        if self.is_over:
            # It was worth least when too many bytes were in flight.
            return
        if self._body_left:
            self._feed_body(data)
            return
        known, self._rest = len(self._rest), self._rest + data if self._rest else data
        if self.stage is Stage.IDLE:
            # What came behind the last request was not searched for the end of a head.
            known = 0
            self.enter(Stage.HEAD)
        if self.stage is Stage.HEAD:
            self._read_head(known)
        elif len(self._rest) > _MOST_AHEAD and self._transport is not None and not self._paused:
            self._paused = True
            self._transport.pause_reading()

    def eof_received(self) -> bool | None:
        """Hand on that the caller sends no more."""
        return self._inner.eof_received() if self._inner else None

    def pause_writing(self) -> None:
        """Note that the caller does not read."""
        self.blocked, self.since = True, self._loop.time()
        if self._inner:
            self._inner.pause_writing()

    def resume_writing(self) -> None:
        """Note that the caller reads again."""
        self.blocked = False
        if self._inner:
            self._inner.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Leave the pool."""
        self.is_over = True
        self._rest = b""
        self._owner.discard(self)
        if self._inner:
            self._inner.connection_lost(exc)
        # What refers to each other would keep TLS's buffers until the next collection.
        self._inner = self._transport = None
        self._close = _nothing

    def _next_head(self) -> None:
        if self.stage is Stage.IDLE and self._rest and not self.is_over:
            self.enter(Stage.HEAD)
            self._read_head(0)

    def _read_head(self, known: int) -> None:
        """Hand on a head that is whole; the first ``known`` bytes were searched before."""
        if not known:
            # A server should not mind empty lines before a request (RFC 9112, section 2.2).
            self._rest = self._rest.lstrip(b"\r\n")
        end = self._rest.find(_END_OF_HEAD, max(0, known - len(_END_OF_HEAD) + 1), _LONGEST_HEAD)
        if end < 0:
            if len(self._rest) >= _LONGEST_HEAD:
                self._owner.refuse(self, "head")
            return
        end += len(_END_OF_HEAD)
        head, self._rest = self._rest[:end], self._rest[end:]
        self.enter(Stage.BODY)
        self._hand_on(head)

    def _feed_body(self, data: bytes) -> None:
        body, self._rest = data[: self._body_left], data[self._body_left :]
        self._body_left -= len(body)
        if not self._body_left:
            # Nothing is due in this stage.
            self.stage = Stage.ANSWER
        if self._paused and self._transport is not None and not self._transport.is_closing():
            self._paused = False
            self._transport.resume_reading()
        if body:
            self._hand_on(body)

    def _hand_on(self, data: bytes) -> None:
        assert self._inner is not None  # noqa: S101  # for the type checker: bytes come over a transport
        self._inner.data_received(data)
