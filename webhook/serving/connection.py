"""An accepted connection: its stage and its bytes. It is a protocol around aiohttp's own protocol.

aiohttp reads a body before the handler has read the head. It waits for ever for a head that does not end.
This protocol gives a head to aiohttp only when the head is complete. It keeps the body until the handler asks
for it, and never gives aiohttp more of it than the head announced.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from enum import IntEnum
from typing import Final, Protocol, cast

from webhook.serving.fair_queue import Flow

# A head of the API server has some 300 bytes. aiohttp limits the length and the number of its lines.
_LONGEST_HEAD: Final = 32 * 1024
# Bytes of a body, or of the next request, that are read before the handler asks for them.
_MOST_AHEAD: Final = 64 * 1024
_END_OF_HEAD: Final = b"\r\n\r\n"


class Stage(IntEnum):
    """The stage of a connection."""

    SILENT = 0
    HANDSHAKE = 1
    HEAD = 2
    BODY = 3
    ANSWER = 4
    IDLE = 5


def _nothing() -> None:
    return


class ConnectionOwner(Protocol):
    """Limits the connections; the pool does that."""

    def received(self, connection: Connection, size: int) -> None:
        """Count bytes of a connection.

        Args:
            connection: the connection.
            size: bytes that it holds from now on; negative for bytes that it does not hold any more.
        """

    def discard(self, connection: Connection) -> None:
        """Remove a connection that has ended.

        Args:
            connection: the connection.
        """

    def refuse(self, connection: Connection, reason: str) -> None:
        """End a connection, count it and log the reason.

        Args:
            connection: the connection.
            reason: one word, the label in metrics.
        """


class Connection(asyncio.Protocol):
    """A connection of the pool.

    Args:
        owner: limits it.
        address: the caller's IP address.
        make_inner: makes the protocol of aiohttp.

    Attributes:
        address: the caller's IP address.
        flow: the cost of the connection; None before its first request.
        stage: the stage.
        since: start of that stage, in seconds of the event loop's clock.
        answers: how many of its requests were answered.
        size: how many bytes it holds for its present request.
        blocked: whether the caller does not read its answer.
        is_over: whether we read no more from it.
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

    def __init__(
        self, owner: ConnectionOwner, address: str, make_inner: Callable[[], asyncio.Protocol]
    ) -> None:
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
        """Whether none of its requests was answered yet."""
        return not self.answers

    def enter(self, stage: Stage) -> None:
        """Start another stage.

        Args:
            stage: the new stage.
        """
        self.stage, self.since = stage, self._loop.time()

    def close_with(self, close: Callable[[], object]) -> None:
        """Set the function that ends the connection as long as it has no transport.

        Args:
            close: the function.
        """
        self._close = close

    def abort(self) -> None:
        """End the connection at once, at any stage."""
        self.is_over = True
        if self._transport is not None:
            self._transport.abort()
        else:
            self._close()

    def release(self, length: int) -> None:
        """Give aiohttp the body of the present request.

        Args:
            length: its Content-Length in bytes. The bytes after it belong to the next request.
        """
        self._body_left = length
        self._feed_body(self._rest)

    def finish_answer(self, size: int = 0) -> None:
        """Count the present request as answered, and go on with the bytes that came after it.

        Args:
            size: of the answer in bytes. A long answer counts until the caller has read it.
        """
        self.answers += 1
        self.unread = size if size > _MOST_AHEAD else 0
        self._owner.received(self, len(self._rest) + self.unread - self.size)
        self.enter(Stage.IDLE)
        if self._rest:
            # aiohttp has to write the answer first.
            self._loop.call_soon(self._next_head)

    def check_answer_read(self) -> None:
        """Stop counting a long answer when the caller has read it."""
        if self.unread and self._transport and not self._transport.get_write_buffer_size():
            self._owner.received(self, -self.unread)
            self.unread = 0

    def shut(self) -> None:
        """Read no more. The present request is refused; the connection is closed after the answer."""
        self.enter(Stage.ANSWER)
        self.is_over = True
        self._body_left, self._rest = 0, b""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.pause_reading()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start to wait for a head. asyncio calls this after the handshake.

        Args:
            transport: of the connection.
        """
        # uvloop's transport is no subclass of asyncio's.
        self._transport, self._inner = cast(asyncio.Transport, transport), self._make_inner()
        self._inner.connection_made(transport)
        self.enter(Stage.HEAD)

    def data_received(self, data: bytes) -> None:
        """Take bytes of a head or of a body, or keep bytes that are too early.

        Args:
            data: the bytes.
        """
        if self.is_over:
            return
        self._owner.received(self, len(data))
        if self.is_over:
            # Too many bytes were in flight, and the pool has ended this connection.
            return
        if self._body_left:
            self._feed_body(data)
            return
        known, self._rest = len(self._rest), self._rest + data if self._rest else data
        if self.stage is Stage.IDLE:
            # The bytes after the last request were not searched for the end of a head.
            known = 0
            self.enter(Stage.HEAD)
        if self.stage is Stage.HEAD:
            self._read_head(known)
        elif len(self._rest) > _MOST_AHEAD and self._transport is not None and not self._paused:
            self._paused = True
            self._transport.pause_reading()

    def eof_received(self) -> bool | None:
        """Pass on that the caller sends no more.

        Returns:
            Whether the transport stays open.
        """
        return self._inner.eof_received() if self._inner else None

    def pause_writing(self) -> None:
        """Remember that the caller does not read."""
        self.blocked, self.since = True, self._loop.time()
        if self._inner:
            self._inner.pause_writing()

    def resume_writing(self) -> None:
        """Remember that the caller reads again."""
        self.blocked = False
        if self._inner:
            self._inner.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Leave the pool.

        Args:
            exc: the error that ended the connection; None for an ordinary end.
        """
        self.is_over = True
        self._rest = b""
        self._owner.discard(self)
        if self._inner:
            self._inner.connection_lost(exc)
        # Objects that refer to each other would keep TLS's buffers until the next garbage collection.
        self._inner = self._transport = None
        self._close = _nothing

    def _next_head(self) -> None:
        if self.stage is Stage.IDLE and self._rest and not self.is_over:
            self.enter(Stage.HEAD)
            self._read_head(0)

    def _read_head(self, known: int) -> None:
        """Give aiohttp a head that is complete; the first ``known`` bytes were searched before."""
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
        self._feed(head)

    def _feed_body(self, data: bytes) -> None:
        body, self._rest = data[: self._body_left], data[self._body_left :]
        self._body_left -= len(body)
        if not self._body_left:
            # This stage has no deadline.
            self.stage = Stage.ANSWER
        if self._paused and self._transport is not None and not self._transport.is_closing():
            self._paused = False
            self._transport.resume_reading()
        if body:
            self._feed(body)

    def _feed(self, data: bytes) -> None:
        assert self._inner is not None  # noqa: S101  # for the type checker: bytes come over a transport
        self._inner.data_received(data)
