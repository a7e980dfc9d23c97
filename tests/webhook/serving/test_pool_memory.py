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
class Crowd:
    """A pool, and how often it gave memory back."""

    pool: Pool
    given_back: int = 0

    def connections(self, number: int) -> list[Connection]:
        found = [Connection(self.pool, "127.0.0.1", asyncio.Protocol) for _ in range(number)]
        for connection in found:
            self.pool.add(connection)
        return found

    def swept(self) -> int:
        self.pool._give_back_memory()
        return self.given_back


@pytest.fixture
async def crowd(monkeypatch: pytest.MonkeyPatch) -> Crowd:
    found = Crowd(Pool(LIMITS, lambda _address, _reason: None))

    def give_back() -> None:
        found.given_back += 1

    monkeypatch.setattr("webhook.serving.pool.give_back", give_back)
    return found


async def test_memory_of_large_bodies_is_given_back_while_the_connections_stay_open(crowd: Crowd):
    for connection in crowd.connections(4):
        crowd.pool.received(connection, MIB)
    assert crowd.swept() == 0
    for connection in tuple(crowd.pool._connections):
        crowd.pool.received(connection, -MIB)
    assert [crowd.swept() for _ in range(4)] == [0, 1, 1, 1]


async def test_nothing_is_given_back_while_bodies_come_again_and_again(crowd: Crowd):
    connections = crowd.connections(4)
    for _ in range(5):
        # At the moment of the sweep, none is there.
        for size in (MIB, -MIB):
            for connection in connections:
                crowd.pool.received(connection, size)
        assert crowd.swept() == 0


async def test_memory_of_many_connections_is_given_back_when_most_have_gone(crowd: Crowd):
    for connection in crowd.connections(64)[8:]:
        crowd.pool.discard(connection)
    assert [crowd.swept() for _ in range(4)] == [0, 1, 1, 1]


async def test_memory_of_eight_connections_is_worth_giving_back(crowd: Crowd):
    # Each took buffers of up to 640 KiB, however early its body was refused.
    for connection in crowd.connections(8):
        crowd.pool.discard(connection)
    assert [crowd.swept() for _ in range(3)] == [0, 1, 1]


async def test_usual_reviews_give_nothing_back(crowd: Crowd):
    # The API server keeps its connections open.
    for connection in crowd.connections(16):
        for size in (9000, -9000):
            crowd.pool.received(connection, size)
    assert [crowd.swept() for _ in range(4)] == [0, 0, 0, 0]
