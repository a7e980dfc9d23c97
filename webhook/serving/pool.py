"""The open connections of a port, and the limits of their number, their time and their bytes.

A full pool closes a connection to make place for a new one. It chooses a connection of the address that has
the most connections, if one address has many. Two thirds of the places are for connections that have sent no
good request yet. Among these the oldest goes, so a new caller has time for its handshake, however many others
come. Among the others the connection goes that has been idle for the longest time.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from webhook.serving.connection import Connection, Stage
from webhook.serving.memory import Crowd, give_back

_LOG: Final = logging.getLogger("webhook")
_SWEEP_SECONDS: Final = 0.5
_QUIET_SECONDS: Final = 0.01
# aiohttp closes an idle connection after its time; TLS has so many seconds more to end.
_GRACE: Final = 5.0
_FRESH_PART: Final = 2 / 3
# The bytes that the buffers of a connection keep: a multiple of its longest request, or a constant more than
# it, up to a maximum for one connection. The last constant is the maximum for all connections together.
_KEPT_FACTOR: Final = 8
_KEPT_AT_ONCE: Final = 250 * 1024
_MOST_KEPT_EACH: Final = 640 * 1024
_MOST_KEPT: Final = 48 * 1024 * 1024
# With so many addresses or more, the pool chooses among the connections of all addresses.
_MANY_ADDRESSES: Final = 8


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of a port.

    Attributes:
        connections: open connections.
        connections_per_address: of these, from one IP address.
        bytes_in_flight: bytes of requests that are not answered yet, of all connections together.
        handshake_seconds: time from a new connection to the end of its TLS handshake.
        head_seconds: time for the head of a request; for the first one from the handshake on.
        body_seconds: time for the body of a request, and for the caller to read its answer.
        idle_seconds: time between two requests.
    """

    connections: int
    connections_per_address: int
    bytes_in_flight: int
    handshake_seconds: float
    head_seconds: float
    body_seconds: float
    idle_seconds: float


# Called for every connection that is refused, with the caller's address and the reason in one word.
OnRefused = Callable[[str, str], None]


class Pool:
    """The open connections.

    Args:
        limits: the limits of the port.
        on_refused: called for every connection that the pool refuses.
        give_back: called when a crowd of connections or bytes is over.

    Attributes:
        limits: the limits of the port.
        bytes_in_flight: bytes of their requests that are not answered yet, all together.
    """

    def __init__(
        self, limits: Limits, on_refused: OnRefused, give_back: Callable[[], object] = give_back
    ) -> None:
        self.limits = limits
        self.bytes_in_flight = 0
        self._kept = 0
        self._on_refused, self._give_back, self._crowd = on_refused, give_back, Crowd()
        # In the order in which they were opened.
        self._connections: dict[Connection, None] = {}
        self._by_address: Counter[str] = Counter()

    def __contains__(self, connection: object) -> bool:
        return connection in self._connections

    def __len__(self) -> int:
        return len(self._connections)

    def add(self, connection: Connection) -> None:
        """Add a new connection; when there is no place, close another connection.

        Args:
            connection: the new connection.
        """
        self._connections[connection] = None
        self._by_address[connection.address] += 1
        self._crowd.observe(len(self._connections), self.bytes_in_flight)
        of_address = self._by_address[connection.address]
        if of_address > self.limits.connections_per_address:
            self._close_least_valuable(connection.address, self.limits.connections_per_address, connection)
        elif len(self._connections) > self.limits.connections:
            self.make_room(connection)

    def make_room(self, newcomer: Connection | None = None) -> None:
        """Close a connection of the address that has the most.

        Args:
            newcomer: a new connection, which stays if another can go; None when there is none.
        """
        if not self._connections:
            return
        fresh = Counter(connection.address for connection in self._connections if connection.is_fresh)
        address, places = self._by_address.most_common(1)[0]
        if fresh.total() >= len(self._connections) * _FRESH_PART:
            # A caller that opens many connections pushes out its own.
            self._close_least_valuable(fresh.most_common(1)[0][0], 0, newcomer)
        elif places * _MANY_ADDRESSES < len(self._connections):
            # No address has many. A few more than others is no reason to lose a connection.
            self._close_least_valuable(None, len(self._connections), newcomer)
        else:
            self._close_least_valuable(address, places, newcomer)

    def discard(self, connection: Connection) -> None:
        """Remove a connection that has ended.

        Args:
            connection: the connection; the pool may have removed it before.
        """
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
        """Count bytes of a connection; end the largest connections when there are too many bytes.

        Args:
            connection: the connection.
            size: bytes that it holds from now on; negative for bytes that it does not hold any more.
        """
        if connection not in self._connections:
            return
        connection.size += size
        self.bytes_in_flight += size
        if size > 0:
            self._crowd.observe(len(self._connections), self.bytes_in_flight)
        while self.bytes_in_flight > self.limits.bytes_in_flight:
            self.refuse(self._largest(), "bytes")
        if _KEPT_FACTOR * connection.size > connection.kept:
            self._keep(connection)

    def _keep(self, connection: Connection) -> None:
        """Count the bytes that the buffers of a connection keep after a long request, also while it is idle.

        uvloop and OpenSSL let the buffers grow with the request, and never shrink them. Measured: 60 KB after
        2 KB, 290 after 60 KB, 420 after 250 KB, 620 from 400 KB on.
        """
        size = connection.size
        kept = min(_KEPT_FACTOR * size, _KEPT_AT_ONCE + size, _MOST_KEPT_EACH)
        if kept <= connection.kept or connection not in self._connections:
            return
        self._kept += kept - connection.kept
        connection.kept = kept
        while self._kept > _MOST_KEPT:
            others = [other for other in self._connections if other is not connection]
            self.refuse(max(others, key=lambda other: (other.stage is Stage.IDLE, other.kept)), "bytes")

    def refuse(self, connection: Connection, reason: str) -> None:
        """End a connection, count it and log the reason.

        Args:
            connection: the connection.
            reason: one word, the label in metrics.
        """
        self.discard(connection)
        connection.abort()
        self._on_refused(connection.address, reason)

    def busy(self) -> bool:
        """Check whether the server owes something to a connection: a handshake, or an answer.

        Returns:
            True when it does.
        """
        return any(connection.stage is not Stage.IDLE for connection in self._connections)

    async def quiet(self, seconds: float) -> None:
        """Wait until the server owes nothing to any connection.

        Args:
            seconds: the longest wait.
        """
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
        """End the connections that take too long; repeat that until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(_SWEEP_SECONDS)
            try:
                self.sweep_once(loop.time())
            except Exception:  # noqa: BLE001  # an error must not end the deadlines; it is logged
                _LOG.exception("cannot look after the open connections")

    def sweep_once(self, now: float) -> None:
        """End the connections that take too long, and give memory back when a crowd is over.

        Args:
            now: seconds of the event loop's clock.
        """
        for connection in tuple(self._connections):
            connection.check_answer_read()
            if reason := self._overdue(connection, now):
                self.refuse(connection, reason)
            elif (
                connection.stage is Stage.IDLE and now - connection.since > self.limits.idle_seconds + _GRACE
            ):
                # aiohttp has closed it, and the caller does not answer the end of TLS.
                self.discard(connection)
                connection.abort()
        if self._crowd.is_over(len(self._connections), self.bytes_in_flight):
            self._give_back()

    def _overdue(self, connection: Connection, now: float) -> str:
        """Return the reason why a connection takes too long; empty when it does not."""
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

    def _close_least_valuable(self, address: str | None, places: int, newcomer: Connection | None) -> None:
        """Close the least valuable connection of an address, or of all addresses for None."""
        others = [
            connection
            for connection in self._connections
            if address in (None, connection.address) and connection is not newcomer
        ]
        if others:
            self.refuse(least_valuable(others, places), "connections")
        elif newcomer is not None:
            self.refuse(newcomer, "connections")

    def _largest(self) -> Connection:
        sizes: Counter[str] = Counter()
        for connection in self._connections:
            sizes[connection.address] += connection.size
        address = max(sizes, key=lambda name: sizes[name])
        return max(
            (connection for connection in self._connections if connection.address == address),
            key=lambda connection: connection.size,
        )


def least_valuable(connections: Sequence[Connection], places: int) -> Connection:
    """Choose the connection that makes place for a new one.

    Args:
        connections: the candidates, in the order in which they were opened; at least one.
        places: how many places these connections share.

    Returns:
        The connection whose caller loses least.
    """
    fresh = [connection for connection in connections if connection.is_fresh]
    known = [connection for connection in connections if not connection.is_fresh]
    if not known or len(fresh) >= max(1, int(places * _FRESH_PART)):
        # A caller that has not even begun its handshake loses least.
        return next((connection for connection in fresh if connection.stage is Stage.SILENT), fresh[0])
    idle = [connection for connection in known if connection.stage is Stage.IDLE]
    return min(idle or known, key=lambda connection: connection.since)
