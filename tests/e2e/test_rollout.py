"""An upgrade of Linkerd: while injectors of two releases answer, each pod gets what its author meant."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from builders import ALPHA, BETA, GA, WRONG
from control_plane import Cluster
from injector import Injector, service_over, writers_of
from installing import CONTROL_PLANE, Installation, Replica, control_plane_of, installed
from looking import CONTAINER, NATIVE, pod_of, proxies, proxy_of, workload_of
from mesh import RELEASES, VERSIONS, Mesh, Spaces
from processes import wait_for
from reviews import tried
from rollout import Rollout
from scanning import autofix

# Nothing in these depends on the version of Kubernetes, and they take their time.
pytestmark = pytest.mark.parametrize("cluster", VERSIONS[-1:], indirect=True)

OLD, MIDDLE, NEW = RELEASES
MOVES = [(OLD, NEW), (MIDDLE, NEW), (OLD, MIDDLE), (NEW, OLD)]
# The chart's default of Helm's proxy.nativeSidecar.
NATIVE_BY_DEFAULT = {OLD: False, MIDDLE: False, NEW: True}
# Annotations of the pod and of its Namespace that say the same to every reader.
FORMS: dict[str, tuple[dict[str, str], str]] = {
    "wrong": ({WRONG: "true"}, "plain"),
    "word": ({ALPHA: "yes"}, "plain"),
    "alpha": ({ALPHA: "true"}, "plain"),
    "beta": ({BETA: "true"}, "plain"),
    "ga": ({GA: "true"}, "plain"),
    "namespace": ({}, "on"),
    "off": ({WRONG: "false"}, "plain"),
    "alpha-off": ({ALPHA: "false"}, "plain"),
    "beta-off": ({BETA: "false"}, "plain"),
    "ga-off": ({GA: "false"}, "plain"),
    "namespace-off": ({}, "off"),
}
SPACES: dict[str, dict[str, str]] = {"plain": {}, "on": {WRONG: "true"}, "off": {WRONG: "false"}}
MEANT = {name: CONTAINER if name.endswith("off") else NATIVE for name in FORMS}


@pytest.fixture(scope="module")
def installation(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    # Our rights in Linkerd's Namespace need the Namespace.
    cluster.apply(*control_plane_of(OLD))
    with installed(cluster, tmp_path_factory.mktemp("rollout"), "linkerd-upgrades") as found:
        yield found
    cluster.kubectl("delete", "namespace", CONTROL_PLANE)


@pytest.fixture(scope="module")
def replica(installation: Installation) -> Replica:
    return installation.started(shutdown_delay_seconds="0")


@pytest.fixture(scope="module")
def spaces(workshop: Callable[[str], Mesh], replica: Replica) -> Iterator[Spaces]:
    with workshop(OLD).namespaces(**SPACES) as found:
        yield found


def releases_of(replica: Replica) -> set[str]:
    """The releases that the webhook says are in force."""
    lines = [
        line for line in replica.get("/metrics")[1].splitlines() if line.startswith("autofix_linkerd_info{")
    ]
    return {release for release in RELEASES for line in lines if release in line}


def learned(replica: Replica, *releases: str) -> None:
    wait_for(
        f"the webhook knows of {', '.join(releases)} only",
        lambda: releases_of(replica) == set(releases),
        20,
        log=replica.log,
    )


def made_by(cluster: Cluster, spaces: Spaces, injectors: int) -> dict[str, list[Any]]:
    """Pods of every form, as many of each as there are injectors: they answer in turns."""
    pods = [
        pod_of(f"{name}.{number}", spaces[space], own)
        for name, (own, space) in FORMS.items()
        for number in range(injectors)
    ]
    answer = tried(cluster, pods)
    assert len(answer.objects) == len(pods), answer.err
    made: dict[str, list[Any]] = {name: [] for name in FORMS}
    for pod in answer.objects:
        made[pod["metadata"]["name"].partition(".")[0]].append(pod)
    return made


def kinds_of(made: dict[str, list[Any]]) -> dict[str, set[str]]:
    return {name: {proxy_of(pod) for pod in pods} for name, pods in made.items()}


@pytest.mark.parametrize(("old", "new"), MOVES)
def test_before_during_and_after_a_rollout_pods_get_what_was_meant(
    cluster: Cluster,
    workshop: Callable[[str], Mesh],
    replica: Replica,
    spaces: Spaces,
    old: str,
    new: str,
) -> None:
    mesh = workshop(old)
    meant = {name: {kind} for name, kind in MEANT.items()}
    rollout = Rollout(cluster)
    rollout.start(old)
    rollout.finish(old)
    learned(replica, old)
    with (
        workshop(old).start_injector(native=NATIVE_BY_DEFAULT[old]) as before,
        workshop(new).start_injector(native=NATIVE_BY_DEFAULT[new]) as after,
    ):
        with mesh.injecting(before):
            assert kinds_of(made_by(cluster, spaces, 1)) == meant
        rollout.start(new)
        # The new pod is not ready: old ones answer, and the new one may answer as soon as it is.
        learned(replica, old, new)
        assert answers_of_both(mesh, spaces, before, after) == meant
        rollout.half_finish(new)
        learned(replica, old, new)
        assert answers_of_both(mesh, spaces, before, after) == meant
        rollout.finish(new)
        learned(replica, new)
        with mesh.injecting(after):
            assert kinds_of(made_by(cluster, spaces, 1)) == meant


def answers_of_both(mesh: Mesh, spaces: Spaces, *injectors: Injector) -> dict[str, set[str]]:
    with service_over(*injectors) as service, mesh.injecting(service):
        made = made_by(mesh.cluster, spaces, len(injectors))
    releases = {injector.release for injector in injectors}
    assert {name: writers_of(pods) for name, pods in made.items()} == dict.fromkeys(FORMS, releases)
    return kinds_of(made)


def test_scan_and_doctor_know_both_releases_and_fix_with_a_key_that_both_read(
    cluster: Cluster, replica: Replica, spaces: Spaces
) -> None:
    rollout = Rollout(cluster)
    rollout.start(OLD)
    rollout.finish(OLD)
    rollout.start(NEW)
    rollout.half_finish(NEW)
    wrong = workload_of(
        "StatefulSet", "web", spaces["plain"], {WRONG: "true", "linkerd.io/inject": "enabled"}
    )
    wrong["spec"]["replicas"] = 0
    cluster.apply(wrong)
    ran = autofix(cluster, "scan", "-n", spaces["plain"], "-o", "json", "sts")
    [patch] = [document["patch"] for document in json.loads(ran.out)["documents"]]
    assert ALPHA in json.dumps(patch).replace("~1", "/")
    assert GA not in json.dumps(patch).replace("~1", "/")
    for command in (["scan", "-n", spaces["plain"]], ["doctor"]):
        told = autofix(cluster, *command)
        assert OLD in told.out + told.err, command
        assert NEW in told.out + told.err, command


def test_the_injector_lags_behind_its_values_and_pods_get_what_was_meant(
    workshop: Callable[[str], Mesh], replica: Replica, spaces: Spaces
) -> None:
    mesh = workshop(NEW)
    rollout = Rollout(mesh.cluster)
    for native in (True, False):
        # We see the ConfigMap at once; the injector reads the old values.
        rollout.start(NEW, {"proxy": {"nativeSidecar": native}})
        rollout.finish(NEW)
        learned(replica, NEW)
        with mesh.linkerd(native=not native) as injector:
            meant = {name: {kind} for name, kind in MEANT.items()}
            assert kinds_of(made_by(mesh.cluster, spaces, 1)) == meant
            injector.refresh(native=native)
            assert kinds_of(made_by(mesh.cluster, spaces, 1)) == meant


@pytest.mark.parametrize("native", [False, True])
def test_without_values_that_we_can_read_pods_get_what_was_meant(
    workshop: Callable[[str], Mesh], replica: Replica, spaces: Spaces, native: bool
) -> None:
    mesh = workshop(NEW)
    rollout = Rollout(mesh.cluster)
    rollout.start(NEW)
    rollout.finish(NEW)
    learned(replica, NEW)
    mesh.cluster.kubectl("delete", "configmap", "linkerd-config", "-n", CONTROL_PLANE)
    wait_for("the webhook says so", lambda: "linkerd-config" in replica.get("/readyz?verbose")[1], 20)
    with mesh.linkerd(native=native):
        made = made_by(mesh.cluster, spaces, 1)
    assert kinds_of(made) == {name: {kind} for name, kind in MEANT.items()}


def test_the_owner_of_a_pod_that_arrives_with_another_proxy_is_told_once(
    cluster: Cluster, replica: Replica, spaces: Spaces
) -> None:
    own = {WRONG: "true", "linkerd.io/inject": "enabled"}
    workload = workload_of("StatefulSet", "late", spaces["plain"], own)
    proxy = {"name": "linkerd-proxy", "image": "proxy"}
    workload["spec"]["template"]["spec"]["containers"].append(proxy)
    cluster.apply(workload)

    def events() -> list[dict[str, Any]]:
        selector = "involvedObject.kind=StatefulSet,involvedObject.name=late,type=Warning"
        found = cluster.get("events", "-n", spaces["plain"], f"--field-selector={selector}")["items"]
        return [one for one in found if one["reason"].startswith("LinkerdAnnotation")]

    wait_for("the Event is there", lambda: bool(events()), 20, log=replica.log)
    [event] = events()
    assert event["reason"] == "LinkerdAnnotationTooLate"
    assert replica.metric(
        'autofix_admission_requests_total{kind="Pod",operation="CREATE",outcome="too_late"}'
    )
    [pod] = cluster.get("pods", "-n", spaces["plain"], "-l", "app=late")["items"]
    assert proxies([pod]) == {"late-0": CONTAINER}
