"""Who is answered first when several callers want more than one core can do.

Start-time fair queueing, in two steps: addresses share the core, and the connections of an address share
what it gets. What counts is what a caller cost, in seconds, and not how many requests or connections it has:
who floods waits behind who does not. A caller that comes anew begins where the others are, so a good past
buys nothing and a new connection owes nothing.

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

# Work between two turns of the event loop; then new bytes are read, and whoever came meanwhile has a say.
_TURN_SECONDS: Final = 0.010
# What a byte of a body stands for before the work is done: more than the mean, so that short ones go first.
_SECONDS_OF_A_BYTE: Final = 50e-9
# To read a body, from TLS to HTTP.
_READING_SECONDS_OF_A_BYTE: Final = 5e-9


class OverloadedError(Exception):
    """Too many requests wait, and this one belongs to who has the most of them."""


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
    """What an address has cost, and what of it waits.

    Attributes:
        finish: virtual time, in seconds, at which its last work ends.
        clock: virtual time among its own connections.
        waiting: a heap of what waits.
    """

    finish: float = 0.0
    clock: float = 0.0
    waiting: list[_Waiting[Any]] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Flow:
    """What a connection has cost, beside others of its address.

    Attributes:
        address: its address.
        finish: virtual time of its address, in seconds, at which its last work ends.
    """

    address: _Address
    finish: float = 0.0


class FairQueue:
    """Does work one after the other.

    Attributes:
        waiting: how much work waits.
    """

    def __init__(self, most_waiting: int) -> None:
        self.waiting = 0
        self._most_waiting = most_waiting
        self._clock = 0.0
        self._spent = 0.0
        self._is_turning = False
        self._numbers = count()
        # An address without a connection owes nothing.
        self._addresses: WeakValueDictionary[str, _Address] = WeakValueDictionary()
        self._with_work: dict[_Address, None] = {}

    def flow(self, address: str) -> Flow:
        """Begin to count what a new connection costs.

        Args:
            address: the caller's IP address.
        """
        known = self._addresses.get(address)
        if known is None:
            known = self._addresses[address] = _Address()
        return Flow(known)

    async def run(self, flow: Flow, size: int, work: Callable[[], T]) -> T:
        """Do work when its caller's turn has come; at once where nobody waits.

        Args:
            flow: what the caller's connection has cost.
            size: of the request in bytes.
            work: what to do; it does not wait for anything.

        Returns:
            What the work returned.

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
        """Do what waits, until the time of this turn is used up."""
        self._is_turning = False
        self._spent = 0.0
        while self.waiting and self._spent < _TURN_SECONDS:
            address = min(self._with_work, key=lambda other: other.finish)
            entry = heapq.heappop(address.waiting)
            self._took(address)
            if entry.result.done():
                # Its connection has ended.
                continue
            try:
                entry.result.set_result(self._do(entry.flow, entry.size, entry.work))
            except Exception as error:  # noqa: BLE001  # it belongs to who waits for the work
                entry.result.set_exception(error)
        if self.waiting:
            self._turn_soon()

    def _took(self, address: _Address) -> None:
        self.waiting -= 1
        if not address.waiting:
            del self._with_work[address]

    def _drop(self) -> None:
        """Refuse the last of the address that waits for the most."""
        address = max(self._with_work, key=lambda other: len(other.waiting))
        last = max(address.waiting)
        address.waiting.remove(last)
        heapq.heapify(address.waiting)
        self._took(address)
        if not last.result.done():
            last.result.set_exception(OverloadedError)
