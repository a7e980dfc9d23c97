"""The order of answers when callers send more than one core can answer: start-time fair queueing.

It has two steps: the addresses share the core, and the connections of an address share the part of that
address. The cost of a caller counts, in seconds, not the number of its requests or connections. So a caller
that floods waits behind a caller that does not. A new caller starts at the cost of the others: a quiet past
brings no advantage, and a new connection has no debt.

Source: Goyal, Vin and Cheng, "Start-time Fair Queueing", IEEE/ACM Transactions on Networking 5(5), 1997.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from time import perf_counter
from typing import Any, Final, Generic, TypeVar
from weakref import WeakValueDictionary

T = TypeVar("T")

# Work between two turns of the event loop. After it the loop reads new bytes, so new requests join the queue.
_TURN_SECONDS: Final = 0.010
# Expected cost of a byte of a body, before the work: more than the mean, so that short bodies go first.
_SECONDS_OF_A_BYTE: Final = 50e-9
# Cost of reading a byte of a body, from TLS to HTTP.
_READING_SECONDS_OF_A_BYTE: Final = 5e-9


class OverloadedError(Exception):
    """Too many requests wait, and this request belongs to the address with the most of them."""


@dataclass(slots=True, order=True)
class _Waiting(Generic[T]):
    tag: float
    number: int
    flow: Flow = field(compare=False)
    size: int = field(compare=False)
    work: Callable[[], T] = field(compare=False)
    result: asyncio.Future[T] = field(compare=False)


@dataclass(slots=True, eq=False, weakref_slot=True)
class _Address:
    """The cost of an address, and its work that waits.

    Attributes:
        finish: virtual time, in seconds, at which its last work ends.
        clock: virtual time among its own connections, in seconds.
        waiting: a heap of its work that waits.
    """

    finish: float = 0.0
    clock: float = 0.0
    waiting: list[_Waiting[Any]] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Flow:
    """The cost of a connection, compared with the other connections of its address.

    Attributes:
        address: its address.
        finish: virtual time of its address, in seconds, at which its last work ends.
    """

    address: _Address
    finish: float = 0.0


class FairQueue:
    """Does the work of all connections in a fair order.

    Args:
        most_waiting: how many pieces of work may wait.

    Attributes:
        waiting: how many pieces of work wait.
    """

    def __init__(self, most_waiting: int) -> None:
        self.waiting = 0
        self._most_waiting = most_waiting
        self._clock = 0.0
        self._spent = 0.0
        self._is_turning = False
        self._numbers = count()
        # An address without a connection is forgotten, with its cost.
        self._addresses: WeakValueDictionary[str, _Address] = WeakValueDictionary()
        self._with_work: dict[_Address, None] = {}

    def flow(self, address: str) -> Flow:
        """Start to count the cost of a new connection.

        Args:
            address: the caller's IP address.

        Returns:
            The cost of the connection.
        """
        known = self._addresses.get(address)
        if known is None:
            known = self._addresses[address] = _Address()
        return Flow(known)

    async def run(self, flow: Flow, size: int, work: Callable[[], T]) -> T:
        """Do work when its turn comes; at once when nothing waits.

        Args:
            flow: the cost of the caller's connection.
            size: of the request in bytes.
            work: the function to call; it does not block.

        Returns:
            The result of the function.

        Raises:
            OverloadedError: when too much work waits.
        """
        if not self.waiting and self._spent < _TURN_SECONDS:
            return self._do(flow, size, work)
        address = flow.address
        tag = max(address.clock, flow.finish) + size * _SECONDS_OF_A_BYTE
        entry = _Waiting(
            tag, next(self._numbers), flow, size, work, asyncio.get_running_loop().create_future()
        )
        heapq.heappush(address.waiting, entry)
        self._with_work[address] = None
        self.waiting += 1
        if self.waiting > self._most_waiting:
            self._drop()
        self._turn_soon()
        result: T = await entry.result
        return result

    def _do(self, flow: Flow, size: int, work: Callable[[], T]) -> T:
        address = flow.address
        self._clock = max(self._clock, address.finish)
        address.clock = max(address.clock, flow.finish)
        began = perf_counter()
        try:
            return work()
        finally:
            seconds = perf_counter() - began
            cost = seconds + size * _READING_SECONDS_OF_A_BYTE
            address.finish, flow.finish = self._clock + cost, address.clock + cost
            self._spent += seconds
            if self._spent >= _TURN_SECONDS:
                self._turn_soon()

    def _turn_soon(self) -> None:
        if not self._is_turning:
            self._is_turning = True
            asyncio.get_running_loop().call_soon(self._turn)

    def _turn(self) -> None:
        """Do work that waits, until the time of this turn is used up."""
        self._is_turning = False
        self._spent = 0.0
        while self.waiting and self._spent < _TURN_SECONDS:
            address = min(self._with_work, key=lambda other: other.finish)
            entry = heapq.heappop(address.waiting)
            self._count_removed(address)
            if entry.result.done():
                # Its connection has ended.
                continue
            try:
                entry.result.set_result(self._do(entry.flow, entry.size, entry.work))
            except Exception as error:  # noqa: BLE001  # the error belongs to the caller of run
                entry.result.set_exception(error)
        if self.waiting:
            self._turn_soon()

    def _count_removed(self, address: _Address) -> None:
        self.waiting -= 1
        if not address.waiting:
            del self._with_work[address]

    def _drop(self) -> None:
        """Refuse the last work of the address that waits for the most."""
        address = max(self._with_work, key=lambda other: len(other.waiting))
        last = max(address.waiting)
        address.waiting.remove(last)
        heapq.heapify(address.waiting)
        self._count_removed(address)
        if not last.result.done():
            last.result.set_exception(OverloadedError)
