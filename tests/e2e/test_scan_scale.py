"""A scan of fifty thousand objects, and of an API server that is in a bad way."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import re
import signal
import socket
import ssl
import subprocess
import termios
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from builders import WRONG
from control_plane import Cluster, control_plane
from mesh import VERSIONS, programs
from processes import wait_for
from scanning import Ran, autofix, command, environment

from autofix.kubeapi.api_path import ApiPath
from autofix.kubeapi.client import connect
from autofix.kubeapi.list import Resource, pages
from autofix.kubeapi.types import Object

OBJECTS, CONNECTIONS, SPACES = 50_000, 24, 20
MOST_MEMORY = 200 * 2**20
PAGE = 500
# One in a hundred is wrong.
EVERY = 100


def pod_template(number: int) -> dict[str, Any]:
    annotations = {"linkerd.io/inject": "enabled"} if number % 10 == 0 else {"team": "shop"}
    if number % EVERY == 0:
        annotations[WRONG] = "true"
    spec = {"containers": [{"name": "app", "image": "registry.example.com/team/app:1.2.3"}]}
    return {
        "metadata": {"name": f"t{number}", "annotations": {"note": "x" * 500}},
        "template": {"metadata": {"labels": {"app": "x"}, "annotations": annotations}, "spec": spec},
    }


# What Linkerd's injector writes on a pod.
INJECTED = {
    "linkerd.io/inject": "enabled",
    "linkerd.io/created-by": "linkerd/proxy-injector edge-24.10.1",
    "linkerd.io/proxy-version": "edge-24.10.1",
    "linkerd.io/trust-root-sha256": "8dc603abd4e755c25c94da05abbf29b9b283a784733651020d72f97ca8ab98e4",
    "viz.linkerd.io/tap-enabled": "true",
}


def pod(number: int) -> dict[str, Any]:
    """A pod of a ReplicaSet, with a proxy."""
    owner = {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "name": f"r{number // 10}",
        "uid": str(number // 10),
    }
    metadata = {
        "name": f"p{number}",
        "annotations": INJECTED,
        "labels": {"linkerd.io/control-plane-ns": "linkerd", "linkerd.io/workload-ns": "shop"},
        "ownerReferences": [{**owner, "controller": True}],
    }
    containers = [
        {"name": name, "image": "registry.example.com/team/app:1.2.3"} for name in ("app", "linkerd-proxy")
    ]
    return {"metadata": metadata, "spec": {"containers": containers}}


async def fill(cluster: Cluster) -> None:
    """Create the objects over a few connections."""
    context = ssl.create_default_context()
    cluster.authority.configure_trust(context)
    numbers = iter(range(OBJECTS))
    headers = {"Authorization": f"Bearer {cluster.token}"}
    connector = aiohttp.TCPConnector(limit=CONNECTIONS, ssl=context)

    async with aiohttp.ClientSession(cluster.url, headers=headers, connector=connector) as session:

        async def work() -> None:
            for number in numbers:
                space = f"many-{number % SPACES}"
                kind, body = ("pods", pod(number)) if number % 2 else ("podtemplates", pod_template(number))
                async with session.post(f"/api/v1/namespaces/{space}/{kind}", json=body) as answer:
                    assert answer.status == 201, await answer.text()

        await asyncio.gather(*(work() for _ in range(CONNECTIONS)))


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A control plane of its own, thrown away whole: to delete so much would keep another busy."""
    # It forgets the past after a second, so that a list that takes longer is too old to go on.
    forgetful = "--etcd-compaction-interval=1s"
    with control_plane(programs(VERSIONS[-1]), tmp_path_factory.mktemp("crowded"), forgetful) as cluster:
        names = [f"many-{number}" for number in range(SPACES)]
        cluster.apply(
            *({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}} for name in names)
        )
        # Else they would remove the pods whose owner was never made.
        with cluster.without_controllers():
            asyncio.run(fill(cluster))
            yield cluster


def requests_of(cluster: Cluster, resource: str, code: str = "200") -> int:
    """How many lists of a resource the API server has answered with a code."""
    text = cluster.kubectl("get", "--raw", "/metrics").out
    return sum(
        int(line.rpartition(" ")[2])
        for line in text.splitlines()
        if line.startswith("apiserver_request_total{")
        and 'verb="LIST"' in line
        and f'resource="{resource}"' in line
        and f'code="{code}"' in line
    )


def measured(cluster: Cluster, *arguments: str) -> Ran:
    """Run a command, and read from the kernel how much memory it had."""
    code = (
        "import json, resource, subprocess, sys\n"
        "ran = subprocess.run(sys.argv[1:], capture_output=True, text=True)\n"
        "memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024\n"
        "json.dump([ran.returncode, ran.stdout, ran.stderr, memory], sys.stdout)\n"
    )
    whole = command(*arguments)
    ran = subprocess.run(
        [whole[0], "-c", code, *whole],
        capture_output=True,
        text=True,
        env=environment(cluster.kubeconfig),
        timeout=300,
        check=True,
    )
    status, out, err, memory = json.loads(ran.stdout)
    return Ran(status, out, err, memory=memory)


def test_fifty_thousand_objects_are_read_once_in_little_memory(crowded: Cluster) -> None:
    before = requests_of(crowded, "pods"), requests_of(crowded, "podtemplates")
    ran = measured(crowded, "scan", "-A", "-o", "json", "-t", "2.17")
    after = requests_of(crowded, "pods"), requests_of(crowded, "podtemplates")
    assert ran.code == 1, ran.err
    wrong = [one for one in ran.objects if any(found["code"] == "AFX101" for found in one["findings"])]
    assert len(wrong) == OBJECTS // EVERY
    print(f"{ran.memory / 2**20:.0f} MB; {ran.err.splitlines()[-1]}")
    assert ran.memory < MOST_MEMORY, f"{ran.memory / 2**20:.0f} MB"
    pages = OBJECTS // 2 // PAGE
    # The pods of Linkerd's injector are one list more.
    assert [late - early for early, late in zip(before, after, strict=True)] == [pages + 1, pages]
    assert "objects, read in " in ran.err


def test_a_person_at_a_terminal_sees_how_far_it_is(crowded: Cluster) -> None:
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    child = subprocess.Popen(
        command("scan", "-A", "-t", "2.17", "--statistics"),
        stdout=subprocess.PIPE,
        stderr=theirs,
        env=environment(crowded.kubeconfig),
    )
    os.close(theirs)
    said = b"".join(iter(lambda: _read(ours), b""))
    out, _ = child.communicate(timeout=60)
    os.close(ours)
    assert re.search(rb"autofix: +\d+%.* objects/s", said), said[-500:]
    # What is for a machine has none of it.
    assert b"%" not in out
    assert b"AFX101" in out


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:
        # Linux says so when nobody is at the other end any more.
        return b""


async def test_a_list_that_the_server_has_forgotten_goes_on(crowded: Cluster) -> None:
    names: set[str] = set()
    gone = requests_of(crowded, "podtemplates", "410")
    async with connect(str(crowded.kubeconfig)) as api:
        resource = Resource("podtemplates", ApiPath("api", "v1", "podtemplates"), Object)
        async for page in pages(api, resource, consistent=False):
            if not names:
                await asyncio.to_thread(wait_until_forgotten, crowded, page.continue_token)
            names |= {one.metadata.name for one in page.items}
    # One for the test's own asking, and one for the list itself, which went on all the same.
    assert requests_of(crowded, "podtemplates", "410") >= gone + 2
    assert len(names) == OBJECTS // 2


def wait_until_forgotten(cluster: Cluster, token: str) -> None:
    """Wait until a list cannot go on where it was; the past is forgotten only when something happens."""
    turns = count()

    def forgotten() -> bool:
        cluster.kubectl("annotate", "namespace", "many-0", f"turn={next(turns)}", "--overwrite")
        raw = f"/api/v1/podtemplates?limit=1&continue={token}"
        return "too old" in cluster.kubectl("get", "--raw", raw, check=False).err

    wait_for("the server has forgotten", forgotten)


class Silence:
    """Listens on loopback and never answers."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"


@pytest.fixture
def silent(tmp_path: Path) -> Iterator[Path]:
    """A kubeconfig that leads to a server that never answers."""
    silence = Silence()
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "test",
        "contexts": [{"name": "test", "context": {"cluster": "test", "user": "admin"}}],
        "clusters": [{"name": "test", "cluster": {"server": silence.url}}],
        "users": [{"name": "admin", "user": {"token": "x"}}],
    }
    path = tmp_path / "config"
    path.write_text(json.dumps(config))
    with silence.socket:
        yield path


@pytest.mark.parametrize("words", [("scan", "-A"), ("doctor",), ("probe",)])
def test_a_command_that_waits_for_a_slow_server_can_be_interrupted(
    silent: Path, words: tuple[str, ...]
) -> None:
    child = subprocess.Popen(
        command(*words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(silent)
    )
    try:
        # It has begun when it has a connection that waits.
        wait_for("it waits", lambda: _connections(child.pid) > 0)
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=30)
    finally:
        child.kill()
    assert (child.returncode, out) == (130, "")
    assert err.splitlines()[-1] == "autofix: interrupted"
    assert "Traceback" not in err


def test_a_server_that_never_answers_is_said_in_one_line(silent: Path) -> None:
    # All at once, for each waits as long.
    children = [
        subprocess.Popen(
            command(*words),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(silent),
        )
        for words in (("scan", "-A"), ("doctor",), ("probe",))
    ]
    for child in children:
        out, err = child.communicate(timeout=60)
        assert (child.returncode, out) == (2, "")
        assert err == "autofix: error: API server: no answer within 10 seconds\n"


def _connections(pid: int) -> int:
    folder = Path(f"/proc/{pid}/fd")
    try:
        return sum(str(link.readlink()).startswith("socket:") for link in folder.iterdir()) - 2
    except OSError:
        return 0


def test_a_server_that_nobody_can_reach_is_one_clear_line(tmp_path: Path, cluster: Cluster) -> None:
    config = json.loads(cluster.kubeconfig.read_text())
    config["clusters"][0]["cluster"]["server"] = "https://127.0.0.1:1"
    path = tmp_path / "config"
    path.write_text(json.dumps(config))
    ran = autofix(cluster, "scan", "-A", kubeconfig=path)
    assert (ran.code, ran.out) == (2, "")
    assert "Traceback" not in ran.err
    assert "127.0.0.1" in ran.err
