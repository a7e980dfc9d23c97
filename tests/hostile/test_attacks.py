"""S2 to S5: whoever reaches the port can harm neither the process nor the API server's reviews.

The replica runs with the memory limit that deploy/base ships. What it may do is counted in connections,
bytes, seconds of its processor and answers; nothing here depends on how fast the machine is.
"""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

import pytest
from attacks import ATTACKS, attacking
from certificates import Certificates
from honest import Tally, honest
from replica import MIB, Replica, memory_cgroup, replica

OWN, OTHER = "127.0.0.1", "127.0.0.2"
CONNECTIONS, IN_FLIGHT = 256, 24 * MIB
WARMING, REVIEWS, ATTACK_SECONDS = 2000, 40, 4
# As deployed a replica needs some 50 MiB more than this one, which watches nothing. There it may have 256,
# and one body alone may take it to 160.
MOST_RESIDENT = 190 * MIB
MOST_RESIDENT_OF = {"all_structures": 110 * MIB}
GROWTH = 1.2


async def highest(target: Replica, name: str, **labels: str) -> float:
    """Look at a metric again and again until cancelled, and return its highest value."""
    most = 0.0
    try:
        while True:
            most = max(most, await asyncio.to_thread(target.samples, name, **labels))
            await asyncio.sleep(0.1)
    except asyncio.CancelledError:
        return most


async def under_attack(
    name: str, target: Replica, source: str, client: ssl.SSLContext
) -> tuple[Tally, Tally, float, float]:
    """Send honest reviews while an attack goes on; return them and the most connections and bytes."""
    watches = [
        asyncio.create_task(highest(target, "autofix_connections", port="webhook")),
        asyncio.create_task(highest(target, "autofix_bytes_in_flight")),
    ]
    async with attacking(name, target.port, source, ATTACK_SECONDS):
        kept, fresh = await asyncio.gather(
            honest(target.host, target.port, client, REVIEWS),
            honest(target.host, target.port, client, REVIEWS, fresh=True),
        )
    for watch in watches:
        watch.cancel()
    connections, in_flight = await asyncio.gather(*watches)
    return kept, fresh, connections, in_flight


async def settled(target: Replica, base: int) -> int:
    """Wait until memory is given back, for a bounded number of looks; return what is resident then."""
    for _ in range(100):
        if target.resident <= GROWTH * base:
            break
        await asyncio.sleep(0.1)
    return target.resident


@pytest.mark.parametrize("name", ATTACKS)
async def test_an_attack_harms_neither_the_process_nor_the_api_server(
    name: str, certificates: Certificates, tmp_path: Path
) -> None:
    client = certificates.client
    with memory_cgroup() as memory:
        async with replica(certificates, tmp_path / "log", memory=memory) as target:
            await honest(target.host, target.port, client, WARMING, rate=2000)
            base = target.resident
            quiet = await honest(target.host, target.port, client, REVIEWS)
            for source in (OTHER, OWN):
                target.forget_peak()
                kept, fresh, connections, in_flight = await under_attack(name, target, source, client)
                assert memory.killed == 0
                assert target.is_alive()
                assert (kept.answered, kept.failures) == (quiet.answered, [])
                assert (fresh.answered, fresh.failures) == (quiet.answered, [])
                assert connections <= CONNECTIONS
                assert in_flight <= IN_FLIGHT
                assert target.peak <= MOST_RESIDENT_OF.get(name, MOST_RESIDENT)
                # What the attacker left behind is not worked on.
                before = target.cpu_seconds
                behind = await honest(target.host, target.port, client, REVIEWS)
                assert (behind.answered, behind.failures) == (quiet.answered, [])
                assert target.cpu_seconds - before < 1
                assert await settled(target, base) <= GROWTH * base
