"""S1: a tenant who may create pods, and may have none, writes into our reviews what he likes.

The API server calls us before it looks at the quota. All that a tenant writes reaches us so, as often as he
likes, and what we write of it into Events and logs is no part of his quota.
"""

from __future__ import annotations

import http.client
import json
import ssl
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from builders import BETA, WRONG
from control_plane import Cluster, control_plane
from installing import NAME, Replica, installed
from looking import MESHED, pod_of
from mesh import VERSIONS, programs
from processes import wait_for
from prometheus_client.parser import text_string_to_metric_families
from replica import Memory, memory_cgroup

MB = 1_000_000
CLIENTS = 4
TENANT, HONEST = "tenant", "honest"
HONEST_REVIEWS = 2000
MOST_GROWTH = 1.2
LONGEST_LINE = 16 * 1024
# What webhook.cluster.events promises of one Namespace.
MOST_EVENTS = 100
Metadata = dict[str, Any]


def owned(**changes: str) -> Metadata:
    owner = {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "db", "uid": "1", "controller": True}
    return {"ownerReferences": [{**owner, **changes}]}


def of_many(name: str) -> Metadata:
    [last] = owned(name=name)["ownerReferences"]
    others = [{**last, "uid": f"other-{number}", "controller": False} for number in range(10_000)]
    return {"ownerReferences": [*others, last]}


def annotated(key: str, value: str = "true") -> Metadata:
    return {**owned(name="annotated"), "annotations": {**MESHED, WRONG: "true", key: value}}


@dataclass(frozen=True)
class Attack:
    """Pods that differ in a number.

    Attributes:
        times: how many.
        metadata: of the pod of that number.
        refusals: statuses with which the API server refuses them: 403 for the quota, 422 for a pod that is
            none (what is checked first differs from field to field).
        query: of the URL.
    """

    times: int
    metadata: Callable[[int], Metadata]
    refusals: frozenset[int] = frozenset({403})
    query: str = ""


INVALID = frozenset({422})
ATTACKS = {
    "a long owner name": Attack(209, lambda _: owned(name="x" * 1_200_000)),
    "other long owner names": Attack(20, lambda n: owned(name=f"web-{n}." + "a.b-" * (MB // 4) + "c")),
    "a long owner uid": Attack(20, lambda n: owned(name=f"uid-{n}", uid="1" * MB)),
    "a long owner kind": Attack(20, lambda n: owned(name=f"kind-{n}", kind="K" * MB)),
    "a long group": Attack(20, lambda n: owned(name=f"group-{n}", apiVersion=f"{'g' * MB}/v1")),
    "a long version": Attack(20, lambda n: owned(name=f"version-{n}", apiVersion=f"apps/v{'1' * MB}")),
    "ways up": Attack(50, lambda n: owned(kind="ReplicaSet", name="../" * n + "api/v1/nodes")),
    "escaped ways up": Attack(50, lambda n: owned(kind="ReplicaSet", name=f"..%2f..%2f{n}?watch=true#")),
    "forged lines": Attack(50, lambda n: owned(name=f'db\n{{"level": "ERROR", "message": "{n}"}}\x1b[2J')),
    "other alphabets": Attack(50, lambda n: owned(name=f"db\u202e{n}", kind="Stateful\u200bSet")),
    "a long name": Attack(20, lambda _: {**owned(name="named"), "name": "x" * MB}, INVALID),
    "a long generateName": Attack(
        20, lambda _: {**owned(name="generated"), "name": "", "generateName": "x" * MB}, INVALID
    ),
    "a long annotation key": Attack(20, lambda _: annotated("x" * MB), INVALID),
    "a long key of Linkerd's": Attack(20, lambda _: annotated(f"{WRONG}{'x' * MB}"), INVALID),
    "a long annotation value": Attack(20, lambda _: annotated("example.com/x", "x" * MB), INVALID),
    "a long value of ours": Attack(20, lambda _: annotated(WRONG, "x" * MB), INVALID),
    "control characters in keys": Attack(
        50, lambda n: annotated(f"{WRONG}\x1b]0;{n}\x07\n::stop-commands::\x9b"), INVALID
    ),
    "many keys": Attack(
        20,
        lambda _: {**owned(name="keys"), "annotations": {f"{WRONG}-{k}": "true" for k in range(20_000)}},
        INVALID,
    ),
    # The API server leaves out what has the same uid.
    "many owners": Attack(20, lambda n: of_many(f"many-{n}")),
    "dry runs": Attack(300, lambda n: owned(name=f"dry-{n}"), query="?dryRun=All"),
    # The last ones use up what Events a Namespace may have; the others must get none of them.
    "short owner names": Attack(5000, lambda n: owned(name=f"short-{n}")),
    "owner uids": Attack(300, lambda n: owned(name="short-uids", uid=str(n))),
    "the longest owner names": Attack(300, lambda n: owned(name=f"short-{n}.".ljust(253, "x"))),
}
# Owners that the API server would store, whatever else is wrong with their pods.
STORABLE = ("annotated", "named", "generated", "short-")


class Caller:
    """A client of the API server over one connection."""

    def __init__(self, cluster: Cluster, token: str) -> None:
        context = ssl.create_default_context()
        cluster.authority.configure_trust(context)
        where = urlsplit(cluster.url)
        assert where.hostname
        self._connection = http.client.HTTPSConnection(
            where.hostname, where.port, context=context, timeout=60
        )
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def create(self, namespace: str, metadata: Metadata, query: str = "") -> tuple[int, Any]:
        pod = pod_of("web", namespace, {**MESHED, WRONG: "true"})
        pod["metadata"] |= metadata
        path = f"/api/v1/namespaces/{namespace}/pods{query}"
        self._connection.request("POST", path, json.dumps(pod), self._headers)
        with self._connection.getresponse() as answer:
            return answer.status, json.load(answer)

    def close(self) -> None:
        self._connection.close()


@contextmanager
def callers(cluster: Cluster, token: str) -> Iterator[Callable[[str, Attack], set[int]]]:
    """Several clients at a time; yields what creates pods and returns the statuses of the answers."""
    with ExitStack() as stack, ThreadPoolExecutor(CLIENTS) as pool:
        clients = [Caller(cluster, token) for _ in range(CLIENTS)]
        for client in clients:
            stack.callback(client.close)

        def create(namespace: str, attack: Attack) -> set[int]:
            def part(start: int) -> set[int]:
                numbers = range(start, attack.times, CLIENTS)
                answers = (
                    clients[start].create(namespace, attack.metadata(number), attack.query)
                    for number in numbers
                )
                return {status for status, _ in answers}

            return set().union(*pool.map(part, range(CLIENTS)))

        yield create


@dataclass(frozen=True)
class Stage:
    """The installed webhook, and the tenant's token."""

    cluster: Cluster
    replica: Replica
    memory: Memory
    token: str


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """On a control plane of its own, so that nobody else writes into its etcd."""
    with ExitStack() as stack:
        memory = stack.enter_context(memory_cgroup())
        cluster = stack.enter_context(control_plane(programs(VERSIONS[-1]), tmp_path))
        installation = stack.enter_context(installed(cluster, tmp_path, remove=False))
        _wait_as_long_as_it_takes(cluster)
        join = f"import os; open({str(memory.folder / 'cgroup.procs')!r}, 'w').write(str(os.getpid()))"
        replica = installation.started(before=join, linkerd="edge-25.10.7")
        for name in (TENANT, HONEST):
            cluster.kubectl("create", "namespace", name)
        for words in (
            "serviceaccount tenant",
            "role tenant --verb=create --resource=pods",
            f"rolebinding tenant --role=tenant --serviceaccount={TENANT}:tenant",
            "quota none --hard=pods=0",
        ):
            cluster.kubectl("create", *words.split(), "-n", TENANT)
        token = cluster.kubectl("create", "token", "tenant", "-n", TENANT).out.strip()
        found = Stage(cluster, replica, memory, token)
        wait_for("the quota is in force", lambda: _try(found) == 403)
        # What the controllers write is none of ours.
        stack.enter_context(cluster.without_controllers())
        yield found


def _wait_as_long_as_it_takes(cluster: Cluster) -> None:
    """A review that takes more than two seconds on a busy machine would be no review of ours."""
    patch = [{"op": "replace", "path": f"/webhooks/{n}/timeoutSeconds", "value": 30} for n in range(2)]
    cluster.kubectl(
        "patch", "mutatingwebhookconfiguration", NAME, "--type=json", f"--patch={json.dumps(patch)}"
    )


def _try(stage: Stage) -> int:
    caller = Caller(stage.cluster, stage.token)
    try:
        return caller.create(TENANT, {}, "?dryRun=All")[0]
    finally:
        caller.close()


def samples(text: str, name: str) -> float:
    found = [
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name
    ]
    assert found, f"no {name}"
    return sum(found)


def etcd_sizes(cluster: Cluster) -> tuple[float, float]:
    """Bytes that etcd uses, and all that were ever put into it, whatever was compacted."""
    with urllib.request.urlopen(f"{cluster.etcd}/metrics", timeout=30) as answer:  # noqa: S310  # always loopback
        text = answer.read().decode()
    return (
        samples(text, "etcd_mvcc_db_total_size_in_use_in_bytes"),
        samples(text, "etcd_debugging_mvcc_total_put_size_in_bytes"),
    )


def events_in(cluster: Cluster, namespace: str) -> list[Any]:
    path = f"/apis/events.k8s.io/v1/namespaces/{namespace}/events"
    found: list[Any] = json.loads(cluster.kubectl("get", "--raw", path).out)["items"]
    return found


def owners_of(events: Sequence[Any]) -> list[str]:
    return [event["regarding"]["name"] for event in events]


def has_event_for(stage: Stage, owner: str) -> None:
    """Ask until there is an Event for an honest owner; all that were queued before it were sent then."""
    wait_for(
        f"{owner} has its Event",
        lambda: owner in owners_of(events_in(stage.cluster, HONEST)),
        log=stage.replica.log,
    )


def create_honest(stage: Stage, caller: Caller, name: str) -> None:
    status, pod = caller.create(HONEST, {**owned(name=name), "name": name})
    assert (status, pod["metadata"]["annotations"][BETA]) == (201, "true")


def test_a_tenant_without_quota_fills_neither_etcd_nor_a_replica(stage: Stage) -> None:
    cluster, replica = stage.cluster, stage.replica
    with callers(cluster, cluster.token) as create:
        honest = Attack(HONEST_REVIEWS, lambda n: {"labels": {"n": str(n)}}, query="?dryRun=All")
        assert create(HONEST, honest) == {201}
    administrator = Caller(cluster, cluster.token)
    create_honest(stage, administrator, "before")
    has_event_for(stage, "before")
    memory = replica.metric("process_resident_memory_bytes")
    used, put = etcd_sizes(cluster)
    reviews = samples(replica.get("/metrics")[1], "autofix_admission_requests_total")

    with callers(cluster, stage.token) as create:
        for number, (name, attack) in enumerate(ATTACKS.items()):
            assert create(TENANT, attack) <= attack.refusals, name
            create_honest(stage, administrator, f"honest-{number}")
    administrator.close()

    last = f"honest-{len(ATTACKS) - 1}"
    has_event_for(stage, last)
    sent = sum(attack.times for attack in ATTACKS.values()) + len(ATTACKS)
    answered = samples(replica.get("/metrics")[1], "autofix_admission_requests_total") - reviews
    assert answered == sent, "the API server asked about all of them"
    expected = {"before", *(f"honest-{number}" for number in range(len(ATTACKS)))}
    assert set(owners_of(events_in(cluster, HONEST))) == expected
    _check_etcd(stage, used, put)
    _check_replica(stage, memory)
    _check_log(replica.log, sent)


def _check_etcd(stage: Stage, used: float, put: float) -> None:
    now_used, now_put = etcd_sizes(stage.cluster)
    events = events_in(stage.cluster, TENANT)
    size = len(json.dumps(events))
    print(f"etcd: {now_used - used:,.0f} bytes used, {now_put - put:,.0f} put")
    print(
        f"Events of the tenant: {len(events)}, {size:,} bytes",
        Counter(name[:6] for name in owners_of(events)),
    )
    assert now_used - used < MB
    assert now_put - put < MB
    assert size < MB
    assert 0 < len(events) <= MOST_EVENTS
    assert all(name.startswith(STORABLE) and len(name) <= 253 for name in owners_of(events))
    assert all(event["note"].isprintable() for event in events)


def _check_replica(stage: Stage, before: float | None) -> None:
    replica = stage.replica
    assert replica.process.poll() is None
    assert stage.memory.killed == 0
    assert replica.is_ready()
    after = replica.metric("process_resident_memory_bytes")
    print(f"memory: {before:,.0f} bytes before, {after:,.0f} after")
    assert before
    assert after
    assert after <= before * MOST_GROWTH


def _check_log(log: Path, reviews: int) -> None:
    lines = log.read_text().splitlines()
    longest = max(map(len, lines))
    print(f"log: {len(lines)} lines, the longest has {longest}, {log.stat().st_size:,} bytes")
    assert longest < LONGEST_LINE
    # A line each, and as many of all other kinds together as an hour would have.
    assert len(lines) <= HONEST_REVIEWS + reviews + 500
    for line in lines:
        # Nobody else's line, and nothing in it that steers a terminal.
        assert json.loads(line)["logger"]
        assert line.isascii()
        assert line.isprintable()
