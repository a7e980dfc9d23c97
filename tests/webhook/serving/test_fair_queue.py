"""Who is answered first: who has cost least, by address and then by connection."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable

import pytest

from webhook.serving import fair_queue
from webhook.serving.fair_queue import FairQueue, Flow, OverloadedError


class Clock:
    """A processor whose work takes as long as it says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        monkeypatch.setattr(fair_queue, "perf_counter", lambda: self.now)

    def work(self, log: list[str], name: str, seconds: float) -> Callable[[], str]:
        def do() -> str:
            self.now += seconds
            log.append(name)
            return name

        return do


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


async def ask(queue: FairQueue, clock: Clock, log: list[str], flow: Flow, name: str, seconds: float) -> None:
    assert await queue.run(flow, int(seconds / 50e-9), clock.work(log, name, seconds)) == name


async def served(queue: FairQueue, clock: Clock, *requests: tuple[Flow, str, float]) -> list[str]:
    """Ask for all at once, behind work that uses the turn up; return the order in which they are done."""
    log: list[str] = []
    first = ask(queue, clock, [], queue.flow("first"), "first", 0.010)
    await asyncio.gather(first, *(ask(queue, clock, log, *request) for request in requests))
    return log


async def test_where_nobody_waits_work_is_done_at_once(clock: Clock) -> None:
    queue = FairQueue(10)
    log: list[str] = []
    running = queue.run(queue.flow("a"), 9000, clock.work(log, "x", 0.0002))
    with pytest.raises(StopIteration) as done:
        running.send(None)
    assert (log, done.value.value) == (["x"], "x")


async def test_who_floods_waits_behind_who_does_not(clock: Clock) -> None:
    queue = FairQueue(1000)
    flooding = [(queue.flow("flood"), f"flood {number}", 0.010) for number in range(100)]
    order = await served(queue, clock, *flooding, (queue.flow("api server"), "review", 0.0003))
    assert order.index("review") <= 1


async def test_within_an_address_a_short_review_does_not_wait_for_all_dear_ones(clock: Clock) -> None:
    queue = FairQueue(1000)
    dear = [(queue.flow("shared"), f"dear {number}", 0.010) for number in range(100)]
    order = await served(queue, clock, *dear, (queue.flow("shared"), "review", 0.0003))
    assert order.index("review") <= 1


async def test_addresses_share_the_processor_however_many_connections_they_have(clock: Clock) -> None:
    queue = FairQueue(1000)
    many = [(queue.flow("many"), "many", 0.005) for _ in range(90)]
    few = [(queue.flow("few"), "few", 0.005) for _ in range(10)]
    order = await served(queue, clock, *many, *few)
    # Who comes first may be one ahead.
    assert 9 <= Counter(order[:20])["few"] <= 10


async def test_a_good_review_first_buys_nothing(clock: Clock) -> None:
    queue = FairQueue(1000)
    log: list[str] = []
    flows = [queue.flow("shared") for _ in range(50)]
    for flow in flows:
        await queue.run(flow, 9000, clock.work(log, "good", 0.0001))
    dear = [(flow, "dear", 0.010) for flow in flows]
    order = await served(queue, clock, *dear, (queue.flow("shared"), "review", 0.0003))
    assert order.index("review") <= 1


async def test_nobody_waits_for_ever(clock: Clock) -> None:
    queue = FairQueue(1000)
    log: list[str] = []
    first = asyncio.create_task(ask(queue, clock, log, queue.flow("first"), "first", 0.010))
    dear = asyncio.create_task(ask(queue, clock, log, queue.flow("shared"), "dear", 0.010))
    rounds = 0
    while not dear.done():
        rounds += 1
        short = (ask(queue, clock, log, queue.flow("shared"), "short", 0.002) for _ in range(6))
        await asyncio.gather(*short)
    await first
    assert rounds < 5


async def test_what_is_too_much_is_refused_to_who_has_the_most(clock: Clock) -> None:
    queue = FairQueue(5)
    log: list[str] = []
    asked = [ask(queue, clock, [], queue.flow("first"), "first", 0.010)]
    asked += [ask(queue, clock, log, queue.flow("many"), "many", 0.001) for _ in range(8)]
    asked += [ask(queue, clock, log, queue.flow("few"), "few", 0.001)]
    results = await asyncio.gather(*asked, return_exceptions=True)
    assert Counter(log) == {"many": 4, "few": 1}
    assert sum(isinstance(result, OverloadedError) for result in results) == 4
    assert queue.waiting == 0


async def test_work_of_who_has_gone_is_not_done(clock: Clock) -> None:
    queue = FairQueue(10)
    log: list[str] = []
    first = asyncio.create_task(ask(queue, clock, [], queue.flow("first"), "first", 0.010))
    gone = asyncio.create_task(ask(queue, clock, log, queue.flow("a"), "gone", 0.001))
    there = asyncio.create_task(ask(queue, clock, log, queue.flow("a"), "there", 0.001))

    async def leave() -> None:
        gone.cancel()

    await asyncio.gather(leave(), first, gone, there, return_exceptions=True)
    assert log == ["there"]


async def test_an_error_goes_to_whose_work_it_was(clock: Clock) -> None:
    queue = FairQueue(10)

    def broken() -> None:
        raise ValueError("planted")

    await queue.run(queue.flow("first"), 0, clock.work([], "first", 0.010))
    results = await asyncio.gather(
        queue.run(queue.flow("a"), 1, broken),
        queue.run(queue.flow("b"), 1, clock.work([], "good", 0.001)),
        return_exceptions=True,
    )
    assert isinstance(results[0], ValueError)
    assert results[1] == "good"
