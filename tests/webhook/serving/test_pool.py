"""Which connection has to go when there are too many, and what a connection may hold."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace

import pytest

from webhook.serving.connection import Connection, Stage
from webhook.serving.pool import Limits, Pool

LIMITS = Limits(
    connections=20,
    connections_per_address=12,
    bytes_in_flight=1000,
    handshake_seconds=5,
    head_seconds=5,
    body_seconds=10,
    idle_seconds=300,
)


@dataclass
class House:
    """A pool, and what it has turned away."""

    refused: list[tuple[str, str]] = field(default_factory=list)
    aborted: list[Connection] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.pool = Pool(LIMITS, lambda address, reason: self.refused.append((address, reason)))

    def connect(
        self, address: str, stage: Stage = Stage.SILENT, answers: int = 0, since: float = 0
    ) -> Connection:
        connection = Connection(self.pool, address, asyncio.Protocol)
        connection.close_with(lambda: self.aborted.append(connection))
        connection.stage, connection.answers, connection.since = stage, answers, since
        self.pool.add(connection)
        return connection


@pytest.fixture
async def house() -> House:
    return House()


async def test_within_the_bounds_nobody_is_closed(house: House) -> None:
    for number in range(20):
        house.connect(f"10.0.0.{number % 2}")
    assert house.refused == []
    assert len(house.pool) == 20


async def test_an_address_that_has_its_share_loses_its_own(house: House) -> None:
    others = [house.connect("10.0.0.1") for _ in range(8)]
    for _ in range(30):
        house.connect("10.0.0.2")
    assert not set(house.aborted) & set(others)
    assert house.refused == [("10.0.0.2", "connections")] * 18


async def test_a_full_pool_closes_one_of_the_address_with_the_most(house: House) -> None:
    for _ in range(12):
        house.connect("10.0.0.2")
    for _ in range(8):
        house.connect("10.0.0.3")
    fresh = house.connect("10.0.0.1")
    assert house.refused == [("10.0.0.2", "connections")]
    assert fresh not in house.aborted


async def test_silent_callers_push_out_each_other_and_not_a_handshake(house: House) -> None:
    greeting = house.connect("10.0.0.1", Stage.HANDSHAKE)
    for _ in range(100):
        house.connect("10.0.0.1")
    assert greeting not in house.aborted


async def test_a_connection_with_good_reviews_is_not_pushed_out_by_strangers(house: House) -> None:
    known = house.connect("10.0.0.1", Stage.IDLE, answers=3)
    for stage in (Stage.SILENT, Stage.HANDSHAKE, Stage.HEAD, Stage.BODY):
        for _ in range(100):
            house.connect("10.0.0.1", stage)
    assert known not in house.aborted


async def test_a_new_caller_has_a_place_beside_many_that_were_good_once(house: House) -> None:
    known = [house.connect("10.0.0.1", Stage.IDLE, answers=1, since=number) for number in range(12)]
    fresh = house.connect("10.0.0.1", Stage.HANDSHAKE)
    assert fresh not in house.aborted
    # The one that was idle for the longest time.
    assert house.aborted == known[:1]


async def test_of_the_good_ones_those_at_work_stay(house: House) -> None:
    at_work = [house.connect("10.0.0.1", Stage.ANSWER, answers=1) for _ in range(6)]
    idle = [house.connect("10.0.0.1", Stage.IDLE, answers=1, since=9) for _ in range(6)]
    house.connect("10.0.0.1")
    assert house.aborted == idle[:1]
    assert not set(house.aborted) & set(at_work)


async def test_among_many_addresses_to_have_a_few_more_is_no_reason_to_lose_one(house: House) -> None:
    api_server = [house.connect("10.0.0.1", Stage.IDLE, answers=9, since=100) for _ in range(2)]
    for number in range(100):
        house.connect(f"10.0.1.{number}", Stage.IDLE, answers=1, since=number)
    assert not set(house.aborted) & set(api_server)


async def test_who_holds_the_most_bytes_is_closed_and_a_short_review_is_not(house: House) -> None:
    short = house.connect("10.0.0.1", Stage.BODY)
    house.pool.received(short, 9)
    for _ in range(30):
        house.pool.received(house.connect("10.0.0.2", Stage.BODY), 90)
    assert short not in house.aborted
    assert house.pool.bytes_in_flight <= LIMITS.bytes_in_flight
    assert set(house.refused) <= {("10.0.0.2", "bytes"), ("10.0.0.2", "connections")}
    house.pool.received(short, -9)
    assert short.size == 0


async def test_what_is_closed_is_not_counted_any_more(house: House) -> None:
    connections = [house.connect("10.0.0.1", Stage.BODY) for _ in range(5)]
    for connection in connections:
        house.pool.received(connection, 10)
        house.pool.discard(connection)
        house.pool.discard(connection)
    assert (len(house.pool), house.pool.bytes_in_flight) == (0, 0)


@pytest.mark.parametrize(
    ("stage", "blocked", "age", "reason"),
    [
        pytest.param(Stage.SILENT, False, 5.1, "handshake", id="silent"),
        pytest.param(Stage.HANDSHAKE, False, 5.1, "handshake", id="handshake"),
        pytest.param(Stage.HEAD, False, 5.1, "head", id="head"),
        pytest.param(Stage.BODY, False, 10.1, "body", id="body"),
        pytest.param(Stage.IDLE, True, 10.1, "answer", id="an answer that nobody reads"),
        pytest.param(Stage.SILENT, False, 4.9, "", id="soon"),
        pytest.param(Stage.BODY, False, 9.9, "", id="in time"),
        pytest.param(Stage.ANSWER, False, 1000, "", id="our own time"),
        pytest.param(Stage.IDLE, False, 299, "", id="idle"),
    ],
)
async def test_what_takes_too_long_is_named(
    house: House, stage: Stage, blocked: bool, age: float, reason: str
) -> None:
    connection = house.connect("10.0.0.1", stage, since=100)
    connection.blocked = blocked
    house.pool.sweep_once(100 + age)
    assert house.refused == ([("10.0.0.1", reason)] if reason else [])


@pytest.mark.parametrize("addresses", [1, 3, 10, 19])
async def test_who_opens_connection_after_connection_pushes_out_its_own(house: House, addresses: int) -> None:
    greeting = house.connect("10.0.0.1", Stage.HANDSHAKE)
    for number in range(200):
        house.connect(f"10.0.2.{number % addresses}", Stage.HANDSHAKE)
    assert greeting not in house.aborted


async def test_what_buffers_keep_behind_long_requests_is_bounded(house: House) -> None:
    house.pool = Pool(
        replace(LIMITS, connections=1000, connections_per_address=1000, bytes_in_flight=10**9),
        lambda address, reason: house.refused.append((address, reason)),
    )

    def answer_long_request() -> Connection:
        connection = house.connect("10.0.0.2", Stage.IDLE, answers=1)
        house.pool.received(connection, 500_000)
        house.pool.received(connection, -500_000)
        return connection

    short = house.connect("10.0.0.1", Stage.IDLE, answers=1)
    house.pool.received(short, 9000)
    connections = [answer_long_request() for _ in range(100)]
    # 48 MiB for all, and 640 KiB for each.
    assert len(house.pool) == 1 + 76
    assert set(house.refused) == {("10.0.0.2", "bytes")}
    assert short not in house.aborted
    for connection in connections:
        house.pool.discard(connection)
    house.refused.clear()
    for _ in range(76):
        answer_long_request()
    assert house.refused == []
