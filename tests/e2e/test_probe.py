"""The lifecycle test on a real cluster; the test writes what a kubelet would."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from builders import ALPHA, BETA
from control_plane import Cluster
from installing import CONTROL_PLANE, control_plane_of
from looking import CONTAINER, NATIVE, proxy_of
from mesh import VERSIONS, Mesh
from processes import wait_for
from scanning import Ran, command, environment

# Nothing in these depends on the version of Kubernetes, and they take their time.
pytestmark = pytest.mark.parametrize("cluster", VERSIONS[-1:], indirect=True)

WORK, PROXY = "work", "linkerd-proxy"
RUNS: dict[str, Any] = {"running": {"startedAt": "2026-01-01T08:00:00Z"}}
# Its last argument is a release that has no default of its own for native sidecars.
RELEASE = "edge-25.10.7"


def ended(second: int, code: int = 0) -> dict[str, Any]:
    at = f"2026-01-01T09:00:{second:02}Z"
    return {"terminated": {"exitCode": code, "startedAt": at, "finishedAt": at}}


@contextmanager
def probing(cluster: Cluster, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    child = subprocess.Popen(
        command("probe", "-t", RELEASE, *arguments),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(cluster.kubeconfig),
    )
    try:
        yield child
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()


def done(child: subprocess.Popen[str]) -> Ran:
    out, err = child.communicate(timeout=90)
    return Ran(child.returncode, out, err)


def namespaces(cluster: Cluster) -> list[str]:
    """The probes' Namespaces that are there and not on their way out."""
    found = cluster.get("namespaces", "-l", "app.kubernetes.io/managed-by=autofix")["items"]
    return [one["metadata"]["name"] for one in found if "deletionTimestamp" not in one["metadata"]]


def the_pod(cluster: Cluster) -> dict[str, Any]:
    found: list[Any] = []

    def there() -> bool:
        for name in namespaces(cluster):
            found[:] = cluster.get("pods", "-n", name)["items"]
        return bool(found)

    wait_for("the probe's pod", there)
    pod: dict[str, Any] = found[0]
    return pod


def write(cluster: Cluster, pod: dict[str, Any], states: dict[str, Any], phase: str = "Running") -> None:
    """Write a status as a kubelet would."""
    init = {one["name"] for one in pod["spec"].get("initContainers", [])}
    status: dict[str, Any] = {"phase": phase, "containerStatuses": [], "initContainerStatuses": []}
    for name, state in states.items():
        place = "initContainerStatuses" if name in init else "containerStatuses"
        one = {"name": name, "image": "x", "imageID": "", "ready": False, "restartCount": 0, "state": state}
        status[place].append(one)
    metadata = pod["metadata"]
    cluster.kubectl(
        "patch",
        "pod",
        metadata["name"],
        "-n",
        metadata["namespace"],
        "--subresource=status",
        "--type=merge",
        "-p",
        json.dumps({"status": status}),
    )


def test_a_pod_that_completes_passes(newest: Mesh) -> None:
    with newest.linkerd(), probing(newest.cluster) as child:
        pod = the_pod(newest.cluster)
        assert proxy_of(pod) == NATIVE
        assert pod["metadata"]["annotations"][BETA] == "true"
        write(newest.cluster, pod, {PROXY: RUNS, WORK: RUNS})
        write(newest.cluster, pod, {PROXY: ended(2, 143), WORK: ended(1)}, "Succeeded")
        ran = done(child)
    assert ran.code == 0, ran.err
    assert ran.out.splitlines() == [
        "passed: completed: the proxy, a native sidecar, ended by itself and the pod completed",
        "  1. work ended at 09:00:01 with exit code 0",
        "  2. linkerd-proxy ended at 09:00:02 with exit code 143",
    ]
    assert "created Job autofix-probe-" in ran.err
    assert "Namespace autofix-probe-" in ran.err.splitlines()[-1]
    assert namespaces(newest.cluster) == []


def test_a_proxy_that_keeps_running_fails(workshop: Any) -> None:
    # An injector of a release that does not read the key that the probe is told to write.
    mesh = workshop("edge-24.10.1")
    with mesh.linkerd(), probing(mesh.cluster) as child:
        pod = the_pod(mesh.cluster)
        assert proxy_of(pod) == CONTAINER
        assert ALPHA not in pod["metadata"]["annotations"]
        write(mesh.cluster, pod, {PROXY: RUNS, WORK: ended(1)})
        ran = done(child)
    assert ran.code == 1
    assert ran.out.startswith("FAILED: proxy kept running: work ended and the proxy, an ordinary container")
    assert namespaces(mesh.cluster) == []


def test_a_pod_without_a_proxy_fails(cluster: Cluster) -> None:
    with probing(cluster, "-o", "json") as child:
        ran = done(child)
    assert ran.code == 1
    told = json.loads(ran.out)
    assert (told["ending"], told["passed"]) == ("not injected", False)
    assert namespaces(cluster) == []


def test_a_pod_that_no_node_takes_fails_when_time_is_over(newest: Mesh) -> None:
    with newest.linkerd(), probing(newest.cluster, "--timeout", "3") as child:
        ran = done(child)
    assert ran.code == 1
    assert ran.out == "FAILED: never scheduled: no node had started the pod after 3 s\n"
    assert namespaces(newest.cluster) == []


def no_pods(cluster: Cluster, namespace: str) -> None:
    """Give a Namespace a quota that leaves no room; its controller sleeps, so its status is written here."""
    hard = {"hard": {"pods": "0"}}
    metadata = {"name": "no-room", "namespace": namespace}
    cluster.apply({"apiVersion": "v1", "kind": "ResourceQuota", "metadata": metadata, "spec": hard})
    status = json.dumps({"status": {**hard, "used": {"pods": "0"}}})
    what = ("resourcequota", "no-room", "-n", namespace)
    cluster.kubectl("patch", *what, "--subresource=status", "--type=merge", "-p", status)


def test_a_pod_that_a_quota_denies_fails_with_the_servers_words(cluster: Cluster) -> None:
    with ExitStack() as awake:
        awake.enter_context(cluster.without_controllers())
        with probing(cluster) as child:
            wait_for("the probe's Namespace", lambda: bool(namespaces(cluster)))
            [name] = namespaces(cluster)
            no_pods(cluster, name)
            awake.close()
            ran = done(child)
    assert ran.code == 1
    assert ran.out.startswith("FAILED: denied: no pod can be created: ")
    assert "exceeded quota: no-room" in ran.out
    assert namespaces(cluster) == []


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_probe_that_is_interrupted_cleans_up(newest: Mesh, how: signal.Signals) -> None:
    with newest.linkerd(), probing(newest.cluster) as child:
        the_pod(newest.cluster)
        child.send_signal(how)
        ran = done(child)
    assert ran.code == 130
    assert ran.err.splitlines()[-1] == "autofix: interrupted"
    assert "Traceback" not in ran.err
    assert namespaces(newest.cluster) == []


def test_a_probe_that_is_to_be_kept_is_kept(cluster: Cluster) -> None:
    with probing(cluster, "--keep") as child:
        ran = done(child)
    [name] = namespaces(cluster)
    assert f"remove it with kubectl delete namespace {name}" in ran.err
    cluster.kubectl("delete", "namespace", name)


def test_a_release_without_native_sidecars_is_not_probed(cluster: Cluster) -> None:
    cluster.apply(*control_plane_of("stable-2.14.10"))
    child = subprocess.run(
        command("probe"), capture_output=True, text=True, env=environment(cluster.kubeconfig), check=False
    )
    cluster.kubectl("delete", "namespace", CONTROL_PLANE)
    assert child.returncode == 2
    assert "stable-2.14.10 has no native sidecars; upgrade it" in child.stderr
    time.sleep(0.2)
    assert namespaces(cluster) == []
