"""Restarts, rotations and outages under a constant load of real pods: none fails, none stays unrepaired."""

from __future__ import annotations

import asyncio
import base64
import json
import secrets
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from balancer import balancer
from builders import BETA, WRONG
from control_plane import Cluster, control_plane
from installing import Installation, Replica, control_plane_of, installed
from looking import MESHED, pod_of
from mesh import VERSIONS, programs
from paths import DEPLOY
from processes import free_port, stopped, wait_for
from webhook_client import REVIEWS

SETTINGS = {"linkerd": "edge-25.10.7", "shutdown_delay_seconds": "2"}
CLIENTS = 4
PODS = 1000


@dataclass
class Load:
    """What became of the pods that were created so far."""

    created: int = 0
    wrong: list[str] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)


async def _create_pods(cluster: Cluster, namespace: str, load: Load) -> None:
    context = ssl.create_default_context()
    cluster.authority.configure_trust(context)
    url = f"{cluster.url}/api/v1/namespaces/{namespace}/pods"
    headers = {"Authorization": f"Bearer {cluster.token}"}

    wrong, right = {**MESHED, WRONG: "true"}, {**MESHED, BETA: "true"}

    async def one_client(session: aiohttp.ClientSession, number: int) -> None:
        while not load.stop.is_set():
            name = f"web-{number}-{secrets.token_hex(4)}"
            async with session.post(url, json=pod_of(name, namespace, wrong)) as answer:
                pod = await answer.json()
                load.created += 1
                if answer.status != 201 or pod["metadata"]["annotations"] != right:
                    load.wrong.append(f"{answer.status} {json.dumps(pod)[:300]}")

    connector = aiohttp.TCPConnector(ssl=context)
    async with aiohttp.ClientSession(connector=connector, headers=headers) as session:
        await asyncio.gather(*(one_client(session, number) for number in range(CLIENTS)))


@contextmanager
def under_load(cluster: Cluster, namespace: str, at_least: int) -> Iterator[Load]:
    """Create pods as fast as a few clients can; go on until there are enough."""
    load = Load()
    thread = threading.Thread(target=lambda: asyncio.run(_create_pods(cluster, namespace, load)))
    thread.start()
    try:
        yield load
        wait_for("there are enough pods", lambda: load.created >= at_least or not thread.is_alive())
    finally:
        load.stop.set()
        thread.join()
    assert load.wrong == [], f"{len(load.wrong)} of {load.created}"
    assert load.created >= at_least


@contextmanager
def behind_one_address(installation: Installation) -> Iterator[None]:
    def ready() -> list[int]:
        return [one.port for one in list(installation.replicas) if one.is_ready()]

    with balancer(installation.port, ready):
        yield


def started(installation: Installation, **changes: Any) -> Replica:
    settings: dict[str, Any] = {**SETTINGS, **changes}
    replica = installation.start(port=free_port(), **settings)
    installation.wait_until_trusted(replica)
    return replica


# A load of a thousand pods says the same on every server.
@pytest.mark.parametrize("cluster", VERSIONS[-1:], indirect=True)
def test_a_rolling_restart_of_two_replicas_loses_no_pod(
    cluster: Cluster, space: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with (
        installed(cluster, tmp_path_factory.mktemp("rolling")) as installation,
        behind_one_address(installation),
    ):
        for _ in range(2):
            started(installation)
        with under_load(cluster, space, PODS):
            for replica in installation.replicas[:2]:
                started(installation)
                assert stopped(replica.process) == 0


@pytest.mark.parametrize("cluster", VERSIONS[-1:], indirect=True)
def test_rotation_of_certificate_and_authority_loses_no_pod(
    cluster: Cluster, space: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    lives = {"authority_lifetime_seconds": "30", "certificate_lifetime_seconds": "10"}
    with (
        installed(cluster, tmp_path_factory.mktemp("rotation")) as installation,
        behind_one_address(installation),
    ):
        for _ in range(2):
            replica = started(installation, **lives)
        first = installation.bundle()
        with under_load(cluster, space, PODS):
            # The second CA signs, and the first is no longer trusted.
            certificates = base64.b64decode(first).decode().strip()
            wait_for(
                "the first CA is forgotten",
                lambda: certificates not in base64.b64decode(installation.bundle()).decode(),
                log=replica.log,
            )


def test_while_the_api_server_is_away_reviews_are_answered_and_then_watches_go_on(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """On a control plane of its own; the reviews come from a client in the API server's stead."""
    body = (REVIEWS / "05-pod-create-from-replicaset.json").read_bytes()
    review = json.loads(body)
    review["request"]["object"]["metadata"]["annotations"] = {**MESHED, WRONG: "true"}
    body = json.dumps(review).encode()
    with (
        control_plane(programs(VERSIONS[-1]), tmp_path) as cluster,
        installed(cluster, tmp_path, remove=False) as ours,
    ):
        cluster.apply(*control_plane_of("edge-25.10.7"))
        cluster.kubectl("apply", "-k", str(DEPLOY / "components" / "linkerd-upgrades"))
        replica = ours.started(linkerd="edge-25.10.7", shutdown_delay_seconds="0")
        cluster.kubectl("create", "namespace", "shop")
        context = ssl.create_default_context(cadata=base64.b64decode(ours.bundle()).decode())
        cluster.server.stop()
        answers = asyncio.run(_reviews_for(20, replica, context, body))
        assert len(answers) > 100
        assert set(answers) == {True}
        assert "cannot watch" in replica.log.read_text()
        cluster.server.start()
        wait_for("the API server is ready", cluster.is_ready, log=cluster.server.log)
        wait_for("the watches go on", lambda: "[!]" not in replica.get("/readyz?verbose")[1], 15)
        cluster.kubectl("annotate", "namespace", "shop", f"{WRONG}=true", "linkerd.io/inject=enabled")
        pod = cluster.kubectl("create", "-f", "-", "-o", "json", given=pod_of("web", "shop", {})).object
        assert pod["metadata"]["annotations"] == {BETA: "true"}


async def _reviews_for(seconds: float, replica: Replica, context: ssl.SSLContext, body: bytes) -> list[bool]:
    """Whether each of the reviews sent in this time was answered with a patch."""
    end, answers = asyncio.get_running_loop().time() + seconds, []
    connector = aiohttp.TCPConnector(ssl=context)
    async with aiohttp.ClientSession(connector=connector) as session:
        while asyncio.get_running_loop().time() < end:
            async with session.post(
                f"https://127.0.0.1:{replica.port}/mutate",
                data=body,
                headers={"Content-Type": "application/json"},
                server_hostname="linkerd-autofix.linkerd-autofix.svc",
            ) as answer:
                answers.append("patch" in (await answer.json())["response"])
            await asyncio.sleep(0.05)
    return answers
