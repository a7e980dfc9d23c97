"""Memory of a serving replica, and how soon it serves."""

from __future__ import annotations

import base64
import ssl
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from installing import installed

from bench.cluster import newest
from bench.figure import Figure, Goal
from bench.load import Load, Target, load
from bench.measure import process_cpu, resident_mb
from bench.reviews import deployment_update, pod
from bench.servers import certificates, webhook

_REVIEWS: Final = 200_000
_STARTS: Final = 9


def measure() -> list[Figure]:
    """Measure replicas without and with a cluster, and starts without one."""
    return [_without_a_cluster(), *_with_watches(), *_starts()]


def _without_a_cluster() -> Figure:
    with certificates() as files, webhook(files) as replica, load(files.client) as client:
        return _after_reviews("with certificates from files", replica.target, client, limit=65)


def _with_watches() -> Iterator[Figure]:
    """Measure a replica as it is installed: with its certificate, its watches and its Events."""
    with tempfile.TemporaryDirectory() as scratch, newest(Path(scratch)) as cluster:
        if cluster is None:
            return
        with installed(cluster, Path(scratch), remove=False) as ours:
            replica = ours.started(tls_names="127.0.0.1")
            trusted = ssl.create_default_context(cadata=base64.b64decode(ours.bundle()).decode())
            with load(trusted) as client:
                target = Target(replica.process.pid, replica.port)
                yield _after_reviews("with watches", target, client, limit=110)


def _after_reviews(case: str, target: Target, client: Load, limit: float) -> Figure:
    bodies = [pod(size, fix=fix) for size in (3, 9, 40) for fix in (False, True)]
    bodies.append(deployment_update(9, fix=True))
    before = resident_mb(target.pid)
    client.sample(target, bodies, _REVIEWS)
    return Figure(
        f"webhook, memory after {_REVIEWS} reviews, {case}",
        resident_mb(target.pid),
        "MB",
        goal=Goal(limit, "who sets the memory limit of the replicas"),
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
            goal=Goal(0.4, "who creates Pods during a rollout"),
            detail=detail,
        )
    ]
