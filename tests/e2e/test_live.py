"""What the webhook learns from a real API server, with the rights that we ship and with none."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from builders import ALPHA, BETA, GA, WRONG
from control_plane import Cluster
from installing import CONTROL_PLANE, NAMESPACE, Installation, Replica, control_plane_of, installed
from looking import pod_of, pods_when, workload_of
from processes import wait_for

INJECT = "linkerd.io/inject"
IMAGE = "image of Deployment linkerd-proxy-injector"
ROLLOUT = "rollout of Deployment linkerd-proxy-injector"
READY = {"status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}}


@pytest.fixture(scope="module")
def installation(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    cluster.apply(*control_plane_of("edge-25.10.7"))
    with installed(cluster, tmp_path_factory.mktemp("live"), "linkerd-upgrades") as installation:
        yield installation
    cluster.kubectl("delete", "namespace", CONTROL_PLANE)


@pytest.fixture(scope="module")
def replica(installation: Installation) -> Replica:
    return installation.started(shutdown_delay_seconds="0")


def keys_of_next_pod(cluster: Cluster, namespace: str, annotations: dict[str, str]) -> dict[str, str]:
    """The annotations of a pod that is created now."""
    attempt = pod_of(f"web-{secrets.token_hex(3)}", namespace, {INJECT: "enabled", **annotations})
    pod = cluster.kubectl("create", "-f", "-", "-o", "json", given=attempt).object
    found: dict[str, str] = pod["metadata"].get("annotations", {})
    return {key: value for key, value in found.items() if "sidecar" in key}


def test_with_the_shipped_rights_everything_is_learned(replica: Replica) -> None:
    def told() -> str:
        return replica.get("/readyz?verbose")[1]

    wait_for("everything is learned", lambda: "edge-25.10.7" in told(), log=replica.log)
    assert {line[:3] for line in told().splitlines()[:-1]} == {"[+]"}, told()
    assert "image of Deployment linkerd-proxy-injector" in told()
    assert replica.metric('autofix_watch_last_contact_timestamp_seconds{resource="namespaces"}')
    assert "forbidden" not in replica.log.read_text()


def test_the_next_pod_sees_what_became_of_its_namespace(
    cluster: Cluster, replica: Replica, space: str
) -> None:
    for value in ("true", "false", "true", None):
        expected = {BETA: value} if value else {}
        change = f"{WRONG}={value}" if value else f"{WRONG}-"
        cluster.kubectl("annotate", "namespace", space, "--overwrite", change)
        assert keys_of_next_pod(cluster, space, {}) == expected
    cluster.kubectl("annotate", "namespace", space, f"{WRONG}=true")
    cluster.kubectl("delete", "namespace", space)
    cluster.kubectl("create", "namespace", space)
    assert keys_of_next_pod(cluster, space, {}) == {}


def test_after_an_upgrade_of_linkerd_the_next_pod_gets_the_new_key(
    cluster: Cluster, replica: Replica, space: str
) -> None:
    for release, key in (("edge-24.10.1", ALPHA), ("edge-26.6.3", GA), ("edge-25.10.7", BETA)):
        cluster.apply(*control_plane_of(release, {"proxy": {"nativeSidecar": False}}))
        info = f'autofix_linkerd_info{{release="{release}",source="{IMAGE}"}}'
        wait_for("the upgrade is seen", partial(is_one, replica, info), 5, log=replica.log)
        assert keys_of_next_pod(cluster, space, {WRONG: "true"}) == {key: "true"}


def test_while_a_rollout_is_half_done_the_key_is_one_that_both_releases_read(
    cluster: Cluster, replica: Replica, space: str
) -> None:
    """There are no nodes, so no pod becomes ready by itself, and the rollout stops half way."""
    old, new = "edge-24.10.1", "edge-26.6.3"
    infos = [
        f'autofix_linkerd_info{{release="{release}",source="{source}"}}'
        for release, source in ((old, ROLLOUT), (new, IMAGE))
    ]
    roll_out(cluster, old)
    let_a_pod_be_ready(cluster, old)
    roll_out(cluster, new)
    for info in infos:
        wait_for("both releases are seen", partial(is_one, replica, info), 10, log=replica.log)
    assert f"[!]linkerd release: {old} and {new}" in replica.get("/readyz?verbose")[1]
    assert replica.is_ready()
    assert keys_of_next_pod(cluster, space, {WRONG: "true"}) == {ALPHA: "true"}
    let_a_pod_be_ready(cluster, new)
    wait_for("one release is left", lambda: replica.metric(infos[0]) is None, 60, log=replica.log)
    assert is_one(replica, infos[1])
    assert keys_of_next_pod(cluster, space, {WRONG: "true"}) == {GA: "true"}
    cluster.apply(*control_plane_of("edge-25.10.7"))


def roll_out(cluster: Cluster, release: str) -> None:
    *others, deployment = control_plane_of(release, {"proxy": {"nativeSidecar": False}})
    deployment["spec"]["replicas"] = 1
    cluster.apply(*others, deployment)


def let_a_pod_be_ready(cluster: Cluster, release: str) -> None:
    """Do what the kubelet does, as soon as there is a pod of the release."""
    image = control_plane_of(release)[-1]["spec"]["template"]["spec"]["containers"][0]["image"]

    def names() -> list[str]:
        pods = cluster.get("pods", "-n", CONTROL_PLANE)["items"]
        return [pod["metadata"]["name"] for pod in pods if pod["spec"]["containers"][0]["image"] == image]

    wait_for("the Deployment has a pod", lambda: bool(names()), 60)
    patch = f"--patch={json.dumps(READY)}"
    cluster.kubectl("patch", "pod", names()[0], "-n", CONTROL_PLANE, "--subresource=status", patch)


def is_one(replica: Replica, metric: str) -> bool:
    return replica.metric(metric) == 1


def test_helm_values_are_respected(cluster: Cluster, replica: Replica, space: str) -> None:
    """With a wait before exit the injector would deny the pod, so it is left as it is."""
    cluster.apply(*control_plane_of("edge-25.10.7", {"proxy": {"waitBeforeExitSeconds": 10}}))

    def withheld() -> bool:
        return keys_of_next_pod(cluster, space, {WRONG: "true"}) == {WRONG: "true"}

    wait_for("the value is seen", withheld, 5, log=replica.log)
    cluster.apply(*control_plane_of("edge-25.10.7"))
    wait_for("the value is gone", lambda: not withheld(), 5, log=replica.log)


@pytest.mark.parametrize("kind", ["Deployment", "CronJob", "StatefulSet"])
def test_the_owner_of_a_repaired_pod_gets_one_event(
    cluster: Cluster, replica: Replica, space: str, kind: str
) -> None:
    cluster.apply(workload_of(kind, "web", space, {INJECT: "enabled", WRONG: "true"}))
    if kind == "CronJob":
        cluster.kubectl("create", "job", "web-1", "--from=cronjob/web", "-n", space)
    elif kind == "Deployment":
        cluster.kubectl("scale", "deployment/web", "--replicas=3", "-n", space)
    pods_when(cluster, space, bool)

    def events() -> list[dict[str, object]]:
        selector = f"involvedObject.kind={kind},reason=LinkerdAnnotationFixed"
        return list(cluster.get("events", "-n", space, f"--field-selector={selector}")["items"])

    wait_for("the Event is there", lambda: bool(events()), 10, log=replica.log)
    [event] = events()
    assert event["message"] == f"AFX101: use {BETA}, not {WRONG}"
    assert event["type"] == "Normal"
    assert BETA in cluster.kubectl("describe", kind.lower(), "web", "-n", space).out.partition("Events:")[2]


@pytest.mark.parametrize("kind", ["Job", "CronJob"])
def test_the_owner_of_a_job_that_was_made_native_gets_one_event(
    cluster: Cluster, replica: Replica, space: str, kind: str
) -> None:
    cluster.kubectl("annotate", "namespace", space, "linkerd-autofix.io/complete-jobs=enabled")
    owner = {"apiVersion": "batch/v1", "kind": "Job", "name": "x", "uid": "1", "controller": True}
    attempt = pod_of("x-1", space, {INJECT: "enabled"})
    attempt["metadata"]["ownerReferences"] = [owner]
    attempt["spec"]["restartPolicy"] = "Never"

    def is_seen() -> bool:
        made = cluster.kubectl("create", "-f", "-", "--dry-run=server", "-o", "json", given=attempt).object
        return BETA in made["metadata"]["annotations"]

    wait_for("the Namespace's annotation is seen", is_seen, 10, log=replica.log)
    cluster.apply(workload_of(kind, "web", space, {INJECT: "enabled"}))
    if kind == "CronJob":
        cluster.kubectl("create", "job", "web-1", "--from=cronjob/web", "-n", space)
    [pod] = pods_when(cluster, space, bool).values()
    assert pod["metadata"]["annotations"][BETA] == "true"

    def events() -> list[dict[str, object]]:
        selector = f"involvedObject.kind={kind},involvedObject.name=web"
        found = cluster.get("events", "-n", space, f"--field-selector={selector}")["items"]
        return [event for event in found if event["reason"].startswith("Linkerd")]

    wait_for("the Event is there", lambda: bool(events()), 10, log=replica.log)
    [event] = events()
    assert BETA in str(event["message"])
    # Nobody's key was wrong.
    assert (event["type"], event["reason"]) == ("Normal", "LinkerdAnnotationAdded")


def test_a_dry_run_makes_no_event(cluster: Cluster, replica: Replica, space: str) -> None:
    owner = {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "db", "uid": "1", "controller": True}
    pod = pod_of("db-0", space, {INJECT: "enabled", WRONG: "true"})
    pod["metadata"]["ownerReferences"] = [owner]
    before = replica.metric('autofix_events_total{outcome="sent"}')
    cluster.kubectl("create", "-f", "-", "--dry-run=server", given=pod)
    cluster.kubectl("create", "-f", "-", given={**pod, "metadata": {**pod["metadata"], "name": "db-1"}})
    wait_for(
        "the other Event was sent",
        lambda: replica.metric('autofix_events_total{outcome="sent"}') == (before or 0) + 1,
        10,
        log=replica.log,
    )


def test_without_any_right_it_serves_with_the_portable_key_and_says_so(
    cluster: Cluster, installation: Installation, replica: Replica, space: str, tmp_path: Path
) -> None:
    """Its certificate comes from files then, as with cert-manager."""
    for name, content in installation.secret().items():
        (tmp_path / name).write_bytes(base64.b64decode(content))
    replica.process.terminate()
    replica.process.wait(20)
    files: dict[str, Any] = {
        "tls_secret": "",
        "tls_cert": str(tmp_path / "tls.crt"),
        "tls_key": str(tmp_path / "tls.key"),
    }
    powerless = installation.start(account=False, shutdown_delay_seconds="0", **files)
    wait_for("it is ready", powerless.is_ready, log=powerless.log)
    assert keys_of_next_pod(cluster, space, {WRONG: "true"}) == {ALPHA: "true"}
    wait_for("it says so", lambda: powerless.get("/readyz?verbose")[1].count("forbidden") == 6, 10)
    assert f"system:serviceaccount:{NAMESPACE}:default" in powerless.log.read_text()
    assert "linkerd release: unknown" in powerless.get("/readyz?verbose")[1]
