"""The open connections of a port: how many, how long, and with how many bytes.

A full pool closes a connection to let a new one in: one of the address that has the most, if any has many.
Two thirds of the places are for those that have sent nothing good so far, and there the oldest goes, so a new
caller has time for its handshake however many others come. In the other places the one that was idle for the
longest time goes.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from webhook.serving.connection import Connection, Stage
from webhook.serving.memory import give_back

_LOG: Final = logging.getLogger("webhook")
_SWEEP_SECONDS: Final = 0.5
_QUIET_SECONDS: Final = 0.01
# aiohttp closes what is idle for too long; then this much is left for TLS to end.
_GRACE: Final = 5.0
_FRESH_PART: Final = 2 / 3
# What the buffers of a connection keep: so many times the longest request, or so much beside it, at most so
# much; and what all may keep.
_KEPT_FACTOR: Final = 8
_KEPT_AT_ONCE: Final = 250 * 1024
_MOST_KEPT_OF_ONE: Final = 640 * 1024
_MOST_KEPT: Final = 48 * 1024 * 1024
# Where so many addresses or more share the places, all are looked at together.
_MANY_ADDRESSES: Final = 8
# From here on memory is worth giving back: so many connections, or so many bytes. A connection leaves buffers
# behind even when its body is refused at once: with eight the process kept 18 % more than before.
_CROWD: Final = (8, 2 * 1024 * 1024)


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of a port.

    Attributes:
        connections: open connections.
        connections_per_address: of these, from one IP address.
        bytes_in_flight: bytes of requests that are not answered yet, of all connections together.
        handshake_seconds: from a connection to the end of its TLS handshake.
        head_seconds: for the head of a request, and for the first one to begin.
        body_seconds: for the body, and for the caller to read its answer.
        idle_seconds: between two requests.
    """

    connections: int
    connections_per_address: int
    bytes_in_flight: int
    handshake_seconds: float
    head_seconds: float
    body_seconds: float
    idle_seconds: float


# Called for every connection that is ended or turned away: the caller's address, and the reason in one word.
Refused = Callable[[str, str], None]


class Pool:
    """The open connections.

    Attributes:
        limits: their bounds.
        bytes_in_flight: bytes that they hold together.
    """

    def __init__(self, limits: Limits, refused: Refused) -> None:
        self.limits = limits
        self.bytes_in_flight = 0
        # The most of both, since memory was given back and since the last sweep.
        self._most, self._lately = (0, 0), (0, 0)
        self._kept = 0
        self._refused = refused
        # In the order in which they came.
        self._connections: dict[Connection, None] = {}
        self._by_address: Counter[str] = Counter()

    def __contains__(self, connection: object) -> bool:
        return connection in self._connections

    def __len__(self) -> int:
        return len(self._connections)

    def add(self, connection: Connection) -> None:
        """Take a new connection in; where there is no place, close another one."""
        self._connections[connection] = None
        self._by_address[connection.address] += 1
        self._lately = max(self._lately[0], len(self._connections)), self._lately[1]
        of_address = self._by_address[connection.address]
        if of_address > self.limits.connections_per_address:
            self._close_one(connection.address, self.limits.connections_per_address, connection)
        elif len(self._connections) > self.limits.connections:
            self.make_room(connection)

    def make_room(self, newcomer: Connection | None = None) -> None:
        """Close a connection of the address that has the most; the newcomer is spared."""
        if not self._connections:
            return
        fresh = Counter(connection.address for connection in self._connections if connection.is_fresh)
        address, places = self._by_address.most_common(1)[0]
        if fresh.total() >= len(self._connections) * _FRESH_PART:
            # Who opens connection after connection pushes out its own.
            self._close_one(fresh.most_common(1)[0][0], 0, newcomer)
        elif places * _MANY_ADDRESSES < len(self._connections):
            # None has many: to have a few more than others is no reason to lose one.
            self._close_one(None, len(self._connections), newcomer)
        else:
            self._close_one(address, places, newcomer)

    def discard(self, connection: Connection) -> None:
        """Forget a connection that has ended."""
        if connection not in self._connections:
            return
        del self._connections[connection]
        self.bytes_in_flight -= connection.size
        self._kept -= connection.kept
        connection.size = connection.kept = 0
        self._by_address[connection.address] -= 1
        if not self._by_address[connection.address]:
            del self._by_address[connection.address]

    def received(self, connection: Connection, size: int) -> None:
        """Count bytes that a connection holds from now on; end one of the largest when there are too many."""
        if connection not in self._connections:
            return
        connection.size += size
        self.bytes_in_flight += size
        if self.bytes_in_flight > self._lately[1]:
            self._lately = self._lately[0], self.bytes_in_flight
        while self.bytes_in_flight > self.limits.bytes_in_flight:
            self.refuse(self._holding_most(), "bytes")
        if _KEPT_FACTOR * connection.size > connection.kept:
            self._keep(connection)

    def _keep(self, connection: Connection) -> None:
        """Count what the buffers of a connection keep behind a long request, however idle it is then.

        uvloop and OpenSSL let them grow with the request, and never shrink. Measured: 60 KB after 2 KB, 290
        after 60 KB, 420 after 250 KB, 620 from 400 KB on.
        """
        size = connection.size
        kept = min(_KEPT_FACTOR * size, _KEPT_AT_ONCE + size, _MOST_KEPT_OF_ONE)
        if kept <= connection.kept or connection not in self._connections:
            return
        self._kept += kept - connection.kept
        connection.kept = kept
        while self._kept > _MOST_KEPT:
            others = [other for other in self._connections if other is not connection]
            self.refuse(max(others, key=lambda other: (other.stage is Stage.IDLE, other.kept)), "bytes")

    def refuse(self, connection: Connection, reason: str) -> None:
        """End a connection, count it and say why."""
        self.discard(connection)
        connection.abort()
        self._refused(connection.address, reason)

    def busy(self) -> bool:
        """Tell whether any connection waits for something of ours: a handshake, or an answer."""
        return any(connection.stage is not Stage.IDLE for connection in self._connections)

    async def quiet(self, seconds: float) -> None:
        """Wait until no connection waits for anything, at most for the given time."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while self.busy() and loop.time() < end:  # noqa: ASYNC110  # stages change in many places
            await asyncio.sleep(_QUIET_SECONDS)

    def abort_all(self) -> None:
        """End all connections."""
        for connection in tuple(self._connections):
            self.discard(connection)
            connection.abort()

    async def sweep(self) -> None:
        """End the connections that take too long, again and again until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(_SWEEP_SECONDS)
            try:
                self._sweep_once(loop.time())
            except Exception:  # noqa: BLE001  # without it no deadline would hold any more; it is logged
                _LOG.exception("cannot look after the open connections")

    def _sweep_once(self, now: float) -> None:
        for connection in tuple(self._connections):
            connection.look_whether_read()
            if reason := self._overdue(connection, now):
                self.refuse(connection, reason)
            elif (
                connection.stage is Stage.IDLE and now - connection.since > self.limits.idle_seconds + _GRACE
            ):
                # aiohttp has closed it, and its caller does not take the end.
                self.discard(connection)
                connection.abort()
        self._give_back_memory()

    def _give_back_memory(self) -> None:
        """Behind a crowd, let the kernel have what only the crowd needed.

        The API server's connections stay open, so a crowd of bytes ends by itself.
        """
        lately, self._lately = self._lately, (len(self._connections), self.bytes_in_flight)
        pairs = zip(self._most, lately, _CROWD, strict=True)
        if any(most >= crowd and now <= most // 2 for most, now, crowd in pairs):
            self._most = lately
            give_back()
        else:
            self._most = max(self._most[0], lately[0]), max(self._most[1], lately[1])

    def _overdue(self, connection: Connection, now: float) -> str:
        """Name what takes a connection too long; empty when nothing does."""
        limits, age = self.limits, now - connection.since
        if connection.blocked:
            return "answer" if age > limits.body_seconds else ""
        match connection.stage:
            case Stage.SILENT | Stage.HANDSHAKE:
                return "handshake" if age > limits.handshake_seconds else ""
            case Stage.HEAD:
                return "head" if age > limits.head_seconds else ""
            case Stage.BODY:
                return "body" if age > limits.body_seconds else ""
            case Stage.ANSWER if connection.is_over:
                return "answer" if age > limits.body_seconds else ""
        return ""

    def _close_one(self, address: str | None, places: int, newcomer: Connection | None) -> None:
        """Close the least valuable connection of an address, or of all."""
        others = [
            connection
            for connection in self._connections
            if address in (None, connection.address) and connection is not newcomer
        ]
        if others:
            self.refuse(least_valuable(others, places), "connections")
        elif newcomer is not None:
            self.refuse(newcomer, "connections")

    def _holding_most(self) -> Connection:
        sizes: Counter[str] = Counter()
        for connection in self._connections:
            sizes[connection.address] += connection.size
        address = max(sizes, key=lambda name: sizes[name])
        return max(
            (connection for connection in self._connections if connection.address == address),
            key=lambda connection: connection.size,
        )


def least_valuable(connections: Sequence[Connection], places: int) -> Connection:
    """Choose which connection of an address has to go.

    Args:
        connections: those of the address, in the order in which they came, without the newest; at least one.
        places: how many the address may have.
    """
    fresh = [connection for connection in connections if connection.is_fresh]
    known = [connection for connection in connections if not connection.is_fresh]
    if not known or len(fresh) >= max(1, int(places * _FRESH_PART)):
        # Who has not even begun its handshake loses least.
        return next((connection for connection in fresh if connection.stage is Stage.SILENT), fresh[0])
    idle = [connection for connection in known if connection.stage is Stage.IDLE]
    return min(idle or known, key=lambda connection: connection.since)
