"""When the pool of connections gives memory back."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest

from webhook.serving.connection import Connection
from webhook.serving.pool import Limits, Pool

MIB = 1024 * 1024
LIMITS = Limits(512, 512, 24 * MIB, 5, 5, 10, 300)


@dataclass
class CountingPool:
    """A pool, and how often it gave memory back."""

    times: int = 0

    def __post_init__(self) -> None:
        self.pool = Pool(LIMITS, lambda _address, _reason: None, self.count)

    def count(self) -> None:
        self.times += 1

    def connections(self, number: int) -> list[Connection]:
        connections = [Connection(self.pool, "127.0.0.1", asyncio.Protocol) for _ in range(number)]
        for connection in connections:
            self.pool.add(connection)
        return connections

    def sweep(self) -> int:
        self.pool.sweep_once(asyncio.get_running_loop().time())
        return self.times


@pytest.fixture
async def counting() -> CountingPool:
    return CountingPool()


async def test_memory_of_large_bodies_is_given_back_while_the_connections_stay_open(
    counting: CountingPool,
) -> None:
    connections = counting.connections(4)
    for connection in connections:
        counting.pool.received(connection, MIB)
    assert counting.sweep() == 0
    for connection in connections:
        counting.pool.received(connection, -MIB)
    assert [counting.sweep() for _ in range(4)] == [0, 1, 1, 1]


async def test_nothing_is_given_back_while_bodies_come_again_and_again(counting: CountingPool) -> None:
    connections = counting.connections(4)
    for _ in range(5):
        # At the moment of the sweep, none is there.
        for size in (MIB, -MIB):
            for connection in connections:
                counting.pool.received(connection, size)
        assert counting.sweep() == 0


async def test_memory_of_many_connections_is_given_back_when_most_have_gone(counting: CountingPool) -> None:
    for connection in counting.connections(64)[8:]:
        counting.pool.discard(connection)
    assert [counting.sweep() for _ in range(4)] == [0, 1, 1, 1]


async def test_memory_of_eight_connections_is_worth_giving_back(counting: CountingPool) -> None:
    # Each took buffers of up to 640 KiB, however early its body was refused.
    for connection in counting.connections(8):
        counting.pool.discard(connection)
    assert [counting.sweep() for _ in range(3)] == [0, 1, 1]


async def test_usual_reviews_give_nothing_back(counting: CountingPool) -> None:
    # The API server keeps its connections open.
    for connection in counting.connections(16):
        for size in (9000, -9000):
            counting.pool.received(connection, size)
    assert [counting.sweep() for _ in range(4)] == [0, 0, 0, 0]
