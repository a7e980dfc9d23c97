"""The listening sockets of a port; they put each new connection into the pool.

asyncio's own server starts a TLS handshake with every caller at once, does not say how many there are, and
drops the connections that it has not accepted when it stops. So this module accepts the connections itself.
asyncio does the handshake when the first bytes of the caller are there. docs/adr/0001-own-listener.md has the
reasons.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

from webhook.serving.connection import Connection, Stage
from webhook.serving.pool import Pool

# New connections in one turn of the event loop. A handshake takes some five turns; a crowd that comes during
# these turns must not push it out of the pool.
_MOST_AT_ONCE: Final = 4
_BACKLOG: Final = 1024
# How long the server waits for a caller that does not answer the end of TLS.
_TLS_SHUTDOWN_SECONDS: Final = 1.0
_PAUSE_SECONDS: Final = 0.1
# The kernel doubles it (socket(7)); most reviews fit into that.
_RECEIVED_AT_ONCE: Final = 32 * 1024
_AGAIN_SECONDS: Final = 0.02
# A TLS record begins with its type, version and length. A ClientHello has at least some 50 bytes, and comes
# in records of at most 16 KiB (RFC 8446, sections 4.1.2 and 5.1).
_RECORD_HEAD: Final = 5
_SHORTEST_HELLO: Final = 48
_EXHAUSTED: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
_MAPPED: Final = "::ffff:"


async def bind(host: str | None, port: int, *, shared: bool) -> Sequence[socket.socket]:
    """Bind a socket for each address of a host.

    Args:
        host: a name or an address; None for all addresses.
        port: 0 for a free one.
        shared: whether other processes listen on the port too.

    Returns:
        The sockets; they listen.

    Raises:
        OSError: when an address cannot be used.
    """
    if host is None and socket.has_dualstack_ipv6():
        address = ("", port)
        return [
            socket.create_server(
                address,
                family=socket.AF_INET6,
                dualstack_ipv6=True,
                backlog=_BACKLOG,
                reuse_port=shared,
            )
        ]
    addresses = await asyncio.get_running_loop().getaddrinfo(
        host or "0.0.0.0",  # noqa: S104  # the caller asks for all addresses
        port,
        type=socket.SOCK_STREAM,
        flags=socket.AI_PASSIVE,
    )
    sockets: list[socket.socket] = []
    try:
        for family, name in dict.fromkeys((entry[0], str(entry[4][0])) for entry in addresses):
            # The second address of a name gets the same port as the first.
            number = port or (sockets[0].getsockname()[1] if sockets else 0)
            sockets.append(
                socket.create_server((name, number), family=family, backlog=_BACKLOG, reuse_port=shared)
            )
    except OSError:
        for listening in sockets:
            listening.close()
        raise
    return sockets


class Listener:
    """Accepts the connections of a port.

    Args:
        sockets: the listening sockets.
        pool: takes the connections.
        make_protocol: makes the HTTP protocol of a connection.
        context: for HTTPS; None for plain HTTP.

    Attributes:
        pool: the open connections.
        sockets: the listening sockets.
    """

    def __init__(
        self,
        sockets: Sequence[socket.socket],
        pool: Pool,
        make_protocol: Callable[[], asyncio.Protocol],
        context: ssl.SSLContext | None,
    ) -> None:
        self.pool, self.sockets = pool, sockets
        self._make_protocol, self._context = make_protocol, context
        self._loop = asyncio.get_running_loop()
        self._handshakes: set[asyncio.Task[None]] = set()
        self._sweep: asyncio.Task[None] | None = None
        self._is_open = False

    def start(self) -> None:
        """Start to accept connections."""
        self._is_open = True
        self._sweep = asyncio.create_task(self.pool.sweep())
        for listening in self.sockets:
            # Accepted sockets inherit it. One turn of the event loop reads from all of them, and three
            # buffers of each connection grow with the bytes of one read.
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVED_AT_ONCE)
            listening.setblocking(False)
            self._loop.add_reader(listening, self._accept, listening, _MOST_AT_ONCE)

    def stop(self) -> None:
        """Accept the connections that the kernel has already, and no more."""
        if not self._is_open:
            return
        self._is_open = False
        for listening in self.sockets:
            self._loop.remove_reader(listening)
            self._accept(listening, 2 * _BACKLOG)
            listening.close()

    async def close(self) -> None:
        """End the connections that are left."""
        self.stop()
        if self._sweep:
            self._sweep.cancel()
        self.pool.abort_all()
        await asyncio.gather(*self._handshakes, return_exceptions=True)

    def _accept(self, listening: socket.socket, most: int) -> None:
        for _ in range(most):
            try:
                accepted, peer = listening.accept()
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno in _EXHAUSTED:
                    self.pool.make_room()
                    if self._is_open:
                        self._pause(listening)
                        return
                # The caller may have gone before it was accepted.
                continue
            accepted.setblocking(False)
            with suppress(OSError):
                accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._add(accepted, str(peer[0]).removeprefix(_MAPPED))

    def _pause(self, listening: socket.socket) -> None:
        """Wait a moment before the next connection: the process has no file descriptor left."""
        self._loop.remove_reader(listening)
        self._loop.call_later(_PAUSE_SECONDS, self._resume, listening)

    def _resume(self, listening: socket.socket) -> None:
        if self._is_open:
            self._loop.add_reader(listening, self._accept, listening, _MOST_AT_ONCE)

    def _add(self, accepted: socket.socket, address: str) -> None:
        connection = Connection(self.pool, address, self._make_protocol)
        connection.close_with(lambda: self._close_silent(accepted))
        self._loop.add_reader(accepted, self._begin, connection, accepted)
        self.pool.add(connection)

    def _close_silent(self, accepted: socket.socket) -> None:
        self._loop.remove_reader(accepted)
        accepted.close()

    def _begin(self, connection: Connection, accepted: socket.socket) -> None:
        """Start the handshake of a caller that has sent bytes; drop a caller that has gone."""
        self._loop.remove_reader(accepted)
        missing = _missing(accepted, is_tls=self._context is not None)
        if missing is None:
            accepted.close()
            self.pool.discard(connection)
            return
        if missing and connection in self.pool:
            # A caller that has sent one byte counts as silent.
            again = self._loop.call_later(_AGAIN_SECONDS, self._begin, connection, accepted)
            connection.close_with(lambda: _close_waiting(again, accepted))
            return
        # The time of the handshake counts from the start of the connection.
        connection.stage = Stage.HANDSHAKE
        handshake = self._loop.create_task(self._connect(connection, accepted))
        connection.close_with(handshake.cancel)
        self._handshakes.add(handshake)
        handshake.add_done_callback(self._handshakes.discard)

    async def _connect(self, connection: Connection, accepted: socket.socket) -> None:
        timeouts = (
            {
                "ssl_handshake_timeout": self.pool.limits.handshake_seconds,
                "ssl_shutdown_timeout": _TLS_SHUTDOWN_SECONDS,
            }
            if self._context
            else {}
        )
        try:
            await self._loop.connect_accepted_socket(
                lambda: connection, accepted, ssl=self._context, **timeouts
            )
        except (OSError, asyncio.CancelledError):
            # No TLS, no version that we speak, no certificate that we trust, or the caller has gone.
            accepted.close()
            if connection in self.pool:
                self.pool.refuse(connection, "handshake")


def _close_waiting(again: asyncio.TimerHandle, accepted: socket.socket) -> None:
    again.cancel()
    accepted.close()


def _missing(accepted: socket.socket, *, is_tls: bool) -> bool | None:
    """Check whether the first bytes of a handshake are still missing.

    No buffers of TLS are made for a caller that has gone, or that sends one byte and waits.

    Args:
        accepted: the connection.
        is_tls: whether the caller has to send a TLS record; else one byte is enough.

    Returns:
        True when bytes are missing; None when the caller has gone.
    """
    try:
        head = accepted.recv(_SHORTEST_HELLO, socket.MSG_PEEK)
        if not head:
            return None
        if not is_tls or head[:1] != b"\x16":
            # TLS itself refuses bytes that are no handshake.
            return False
        if len(head) < _SHORTEST_HELLO:
            return True
        whole = _RECORD_HEAD + int.from_bytes(head[3:_RECORD_HEAD])
        return len(accepted.recv(whole, socket.MSG_PEEK)) < whole
    except BlockingIOError:
        return True
    except OSError:
        return None
