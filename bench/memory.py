"""Memory of a serving replica, and how soon it serves."""

from __future__ import annotations

import statistics
from typing import Final

from bench.figure import Figure
from bench.load import load
from bench.measure import process_cpu, resident_mb
from bench.reviews import deployment_update, pod
from bench.servers import certificates, webhook

_REVIEWS: Final = 200_000
_STARTS: Final = 9


def measure() -> list[Figure]:
    """Measure a replica without access to a cluster; ``tests/cluster/test_soak.py`` has one with watches."""
    return [_memory(), *_starts()]


def _memory() -> Figure:
    bodies = [pod(size, fix=fix) for size in (3, 9, 40) for fix in (False, True)]
    bodies.append(deployment_update(9, fix=True))
    with certificates() as files, webhook(files) as replica, load(files.client) as client:
        before = resident_mb(replica.target.pid)
        client.sample(replica.target, bodies, _REVIEWS)
        after = resident_mb(replica.target.pid)
    return Figure(
        f"webhook, memory after {_REVIEWS} reviews, without cluster access",
        after,
        "MB",
        goal=55,
        detail=f"resident; {before:.1f} MB before the first",
    )


def _starts() -> list[Figure]:
    wall, cpu = [], []
    with certificates() as files:
        for _ in range(_STARTS):
            with webhook(files) as replica:
                wall.append(replica.started)
                cpu.append(process_cpu(replica.target.pid))
    detail = f"median of {_STARTS}, {min(wall):.2f} to {max(wall):.2f} s; CPU {statistics.median(cpu):.2f} s"
    return [
        Figure(
            "webhook, from start to listening, without cluster access",
            statistics.median(wall),
            "s",
            goal=0.4,
            detail=detail,
        )
    ]
