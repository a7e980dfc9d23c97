"""What the API server notices of an attack, by the clock; tests/hostile counts, and does not time.

A replica with the memory limit that deploy/base ships is attacked from the honest client's address and from
another. The honest client sends real reviews over a connection that stays open and over new ones.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

import pytest
import uvloop
from attacks import ATTACKS, attacking
from bodies import dear, structures
from honest import Tally, connect, honest
from replica import Memory, Replica, memory_cgroup, replica

from bench.figure import Figure, Goal
from bench.servers import Certificates, certificates

_PATIENCE: Final = 2.0
_REVIEWS: Final = 100
_SECONDS: Final = 6
_SOURCES: Final = ("127.0.0.1", "127.0.0.2")
# What the attacks of S4 and S5 in docs/security.md may cost the honest client, and what the others may.
_PROCESSOR: Final = frozenset(
    name for name in ATTACKS if name.startswith(("tiny", "gzip", "refused", "dear", "long"))
)
_GOALS: Final = {True: 95, False: 99}
_USER: Final = "who creates Pods during an attack"


def measure() -> list[Figure]:
    """Measure answers in time, recovery, and the dearest reviews."""
    with certificates() as files:
        return uvloop.run(_attacks(files)) + uvloop.run(_reviews(files))


async def _attacks(files: Certificates) -> list[Figure]:
    figures: list[Figure] = []
    for name in ATTACKS:
        with _memory() as memory:
            async with replica(files, files.folder / "log", memory=memory) as target:
                for source in _SOURCES:
                    figures += await _attack(name, source, target, files)
    return figures


@contextmanager
def _memory() -> Iterator[Memory | None]:
    """Limit memory where a cgroup can be made."""
    with ExitStack() as stack:
        try:
            memory = stack.enter_context(memory_cgroup())
        except pytest.skip.Exception as reason:
            print(f"without a limit: {reason}", file=sys.stderr)
            memory = None
        yield memory


async def _attack(name: str, source: str, target: Replica, files: Certificates) -> list[Figure]:
    async def reviews(*, fresh: bool) -> Tally:
        return await honest(target.host, target.port, files.client, _REVIEWS, patience=_PATIENCE, fresh=fresh)

    async with attacking(name, target.port, source, _SECONDS):
        tallies = await asyncio.gather(reviews(fresh=False), reviews(fresh=True))
    recovery = await _recovery(target, files)
    what = (
        f"attack {name.replace('_', ' ')}, from {'the same' if source == _SOURCES[0] else 'another'} address"
    )
    seconds = [second for tally in tallies for second in tally.seconds]
    share = min(tally.share(_PATIENCE) for tally in tallies) * 100
    slowest = statistics.quantiles(seconds, n=100)[-1] * 1e3 if len(seconds) > 1 else float("inf")
    return [
        Figure(
            what,
            share,
            "%",
            goal=Goal(_GOALS[name in _PROCESSOR], _USER, "at least"),
            detail=f"of {_REVIEWS} and {_REVIEWS} reviews within 2 s, p99 {slowest:.0f} ms",
        ),
        Figure(
            f"{what}: recovery", recovery, "s", goal=Goal(5, _USER), detail="to ten answers within 50 ms each"
        ),
    ]


async def _recovery(target: Replica, files: Certificates) -> float:
    """Return how long it takes until ten reviews in turn are answered as fast as ever."""
    began = time.perf_counter()
    while time.perf_counter() - began < 60:
        tally = await honest(target.host, target.port, files.client, 10, rate=100, patience=_PATIENCE)
        if tally.share(0.05) == 1:
            break
    return time.perf_counter() - began


async def _reviews(files: Certificates) -> list[Figure]:
    """Measure what single reviews cost: the dearest under the bounds, and bodies full of structure."""
    async with replica(files, files.folder / "log") as target:

        async def seconds(body: bytes) -> float:
            connection = await connect(target.host, target.port, files.client)
            began = time.perf_counter()
            await connection.send(body)
            connection.close()
            return time.perf_counter() - began

        dearest = statistics.median([await seconds(dear()) for _ in range(21)])
        slowest = max([await seconds(body) for body in structures().values()])
    detail = "wall, over loopback"
    return [
        Figure(
            "webhook, the dearest Pod under the bounds",
            dearest * 1e3,
            "ms",
            goal=Goal(10, _USER),
            detail=detail,
        ),
        Figure(
            "webhook, a body full of structure",
            slowest,
            "s",
            goal=Goal(0.25, _USER),
            detail=f"the slowest, {detail}",
        ),
    ]
