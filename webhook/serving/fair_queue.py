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
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from time import perf_counter
from typing import Any, Final, Generic, TypeVar

T = TypeVar("T")

# Work of one turn of the event loop; then new bytes are read, so that whoever came meanwhile has a say.
_TURN_SECONDS: Final = 0.010
# What a byte of a body stands for before the work is done: more than the mean, so that short ones go first.
_SECONDS_OF_A_BYTE: Final = 50e-9
# To read a body, from TLS to HTTP.
_READING_SECONDS_OF_A_BYTE: Final = 5e-9
# Addresses whose cost is remembered; who is forgotten owes nothing.
_MOST_ADDRESSES: Final = 1024


class OverloadedError(Exception):
    """Too many requests wait, and this one belongs to who has the most of them."""


@dataclass(slots=True)
class Flow:
    """What a caller has cost.

    Attributes:
        finish: virtual time, in seconds, at which its last work ends.
    """

    finish: float = 0.0


@dataclass(slots=True, order=True)
class _Waiting(Generic[T]):
    tag: float
    number: int
    flow: Flow = field(compare=False)
    size: int = field(compare=False)
    work: Callable[[], T] = field(compare=False)
    result: asyncio.Future[T] = field(compare=False)


@dataclass(slots=True)
class _Address:
    """An address, with its own clock for its connections."""

    flow: Flow = field(default_factory=Flow)
    clock: float = 0.0
    waiting: list[_Waiting[Any]] = field(default_factory=list)


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
        self._addresses: OrderedDict[str, _Address] = OrderedDict()

    async def run(self, address: str, flow: Flow, size: int, work: Callable[[], T]) -> T:
        """Do work when its caller's turn has come; at once where nobody waits.

        Args:
            address: the caller's address.
            flow: what the caller has cost, among those of its address.
            size: of the request in bytes.
            work: what to do; it does not wait for anything.

        Returns:
            What the work returned.

        Raises:
            OverloadedError: when too much work waits.
        """
        caller = self._address(address)
        if not self.waiting and self._spent < _TURN_SECONDS:
            return self._do(caller, flow, size, work)
        tag = max(caller.clock, flow.finish) + size * _SECONDS_OF_A_BYTE
        entry = _Waiting(
            tag, next(self._numbers), flow, size, work, asyncio.get_running_loop().create_future()
        )
        heapq.heappush(caller.waiting, entry)
        self.waiting += 1
        if self.waiting > self._most_waiting:
            self._drop()
        self._turn_soon()
        result: T = await entry.result
        return result

    def _address(self, address: str) -> _Address:
        known = self._addresses.get(address)
        if known is None:
            if len(self._addresses) >= _MOST_ADDRESSES:
                oldest = next((name for name, other in self._addresses.items() if not other.waiting), None)
                self._addresses.pop(oldest or "", None)
            known = self._addresses[address] = _Address()
        else:
            self._addresses.move_to_end(address)
        return known

    def _do(self, caller: _Address, flow: Flow, size: int, work: Callable[[], T]) -> T:
        self._clock = max(self._clock, caller.flow.finish)
        caller.clock = max(caller.clock, flow.finish)
        began = perf_counter()
        try:
            return work()
        finally:
            seconds = perf_counter() - began
            self._spent += seconds
            cost = seconds + size * _READING_SECONDS_OF_A_BYTE
            caller.flow.finish, flow.finish = self._clock + cost, caller.clock + cost
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
            caller = min(
                (other for other in self._addresses.values() if other.waiting),
                key=lambda other: other.flow.finish,
            )
            entry = heapq.heappop(caller.waiting)
            self.waiting -= 1
            if entry.result.done():
                # Its connection has ended.
                continue
            try:
                entry.result.set_result(self._do(caller, entry.flow, entry.size, entry.work))
            except Exception as error:  # noqa: BLE001  # it belongs to who waits for the work
                entry.result.set_exception(error)
        if self.waiting:
            self._turn_soon()

    def _drop(self) -> None:
        """Refuse the last of the address that waits for the most."""
        caller = max(self._addresses.values(), key=lambda other: len(other.waiting))
        last = max(caller.waiting)
        caller.waiting.remove(last)
        heapq.heapify(caller.waiting)
        self.waiting -= 1
        if not last.result.done():
            last.result.set_exception(OverloadedError)
