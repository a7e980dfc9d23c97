"""Pods as they run: held by Linkerd's containers, or with another kind of sidecar than they would get now."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from builders import ALPHA

from autofix.cluster.evaluate import evaluate
from autofix.cluster.inventory import Inventory, OwnedPod
from autofix.cluster.models import live_object, running_pod
from autofix.engine.options import options
from autofix.kubeapi.types import BuiltInObject, Pod
from autofix.kubernetes.kinds import KINDS, NAMESPACE
from autofix.linkerd.injection import traits_of
from autofix.rules.context import Door

NOW = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
ENDED = {"terminated": {"exitCode": 0, "finishedAt": "2026-01-01T09:00:00Z"}}
FAILED = {"terminated": {"exitCode": 1, "finishedAt": "2026-01-01T09:00:00Z"}}
RUNS: dict[str, Any] = {"running": {"startedAt": "2026-01-01T08:00:00Z"}}
WAITS = {"waiting": {"reason": "CrashLoopBackOff"}}
PROXY, DEBUG = "linkerd-proxy", "linkerd-debug"


def pod(
    states: dict[str, dict[str, Any]],
    restart: str = "Never",
    init: tuple[str, ...] = (),
    **metadata: Any,
) -> Pod:
    containers = [name for name in states if name not in init]
    body = {
        "metadata": {"name": "backup-x", "namespace": "shop", **metadata},
        "spec": {
            "restartPolicy": restart,
            "containers": [{"name": name} for name in containers],
            "initContainers": [{"name": name, "restartPolicy": "Always"} for name in init],
        },
        "status": {"containerStatuses": [{"name": name, "state": states[name]} for name in containers]},
    }
    return msgspec.json.decode(msgspec.json.encode(body), type=Pod)


@pytest.mark.parametrize(
    ("raw", "held_by"),
    [
        (pod({"app": ENDED, PROXY: RUNS}), PROXY),
        (pod({"app": FAILED, PROXY: RUNS}), PROXY),
        (pod({"app": ENDED, "more": ENDED, PROXY: RUNS}), PROXY),
        (pod({"app": ENDED, PROXY: RUNS}, "OnFailure"), PROXY),
        (pod({"app": ENDED, DEBUG: RUNS, PROXY: RUNS}, init=(PROXY,)), DEBUG),
        (pod({"app": FAILED, PROXY: RUNS}, "OnFailure"), ""),
        (pod({"app": ENDED, PROXY: RUNS}, "Always"), ""),
        (pod({"app": RUNS, PROXY: RUNS}), ""),
        (pod({"app": WAITS, PROXY: RUNS}), ""),
        (pod({"app": ENDED, "more": RUNS, PROXY: RUNS}), ""),
        (pod({"app": ENDED, PROXY: ENDED}), ""),
        (pod({PROXY: RUNS}), ""),
    ],
)
def test_a_pod_is_held_when_only_linkerds_containers_still_run(raw: Pod, held_by: str) -> None:
    found = running_pod(raw)
    assert found is not None
    assert found.held_by == held_by
    assert (found.ended is not None) == bool(held_by)


@pytest.mark.parametrize(
    ("place", "policy", "native"),
    [
        ("initContainers", "Always", True),
        # It would run before the others, and end.
        ("initContainers", None, False),
        ("containers", "Always", False),
    ],
)
def test_a_sidecar_is_native_as_the_model_says(place: str, policy: str | None, native: bool) -> None:
    spec = {place: [{"name": PROXY, "restartPolicy": policy}]}
    raw = msgspec.convert({"metadata": {"name": "backup-x", "namespace": "shop"}, "spec": spec}, type=Pod)
    running = running_pod(raw)
    assert running is not None
    assert running.native is traits_of(spec).has_native_proxy is native


def test_pods_without_a_proxy_and_those_being_deleted_are_left_alone() -> None:
    assert running_pod(pod({"app": ENDED})) is None
    assert running_pod(pod({"app": ENDED, PROXY: RUNS}, deletionTimestamp="2026-01-01T10:00:00Z")) is None


def namespace(value: str) -> BuiltInObject:
    body = {"metadata": {"name": "shop", "annotations": {ALPHA: value, "linkerd.io/inject": "enabled"}}}
    return msgspec.json.decode(msgspec.json.encode(body), type=BuiltInObject)


def found_with(value: str, raw: Pod, select: str = "ALL") -> list[tuple[str, str]]:
    """What is said of a pod whose Namespace has this value."""
    running = running_pod(raw)
    assert running is not None
    inventory = Inventory(
        namespaces={"shop": live_object(NAMESPACE, namespace(value))},
        pods=[OwnedPod(running, None)],
        kinds=KINDS,
    )
    settings = options(release="2.17", select=select, door=Door.CLUSTER)
    return [
        (finding.code, finding.message)
        for evaluation in evaluate(inventory, settings, KINDS, NOW)
        for finding in evaluation.result.findings
        if finding.code.startswith("AFX6")
    ]


@pytest.mark.parametrize(
    ("value", "native", "is_other"),
    [("true", False, True), ("true", True, False), ("false", True, True), ("false", False, False)],
)
def test_a_running_pod_is_compared_with_what_it_would_get_now(
    value: str, native: bool, is_other: bool
) -> None:
    raw = pod({"app": RUNS, PROXY: RUNS}, init=(PROXY,) if native else ())
    assert bool(found_with(value, raw)) == is_other


def test_what_is_said_names_the_age_and_the_way_out() -> None:
    [(code, message)] = found_with("false", pod({"app": ENDED, PROXY: RUNS}))
    assert code == "AFX601"
    assert "ended 3h ago and linkerd-proxy still runs" in message
    assert f'add {ALPHA}: "true" to the manifest' in message
    [(code, message)] = found_with("true", pod({"app": RUNS, PROXY: RUNS}))
    assert code == "AFX602"
    assert message.endswith("the annotations ask for a native sidecar: delete and create it again")


def test_rules_that_are_not_wanted_say_nothing() -> None:
    assert found_with("true", pod({"app": RUNS, PROXY: RUNS}), select="AFX601") == []
    assert found_with("false", pod({"app": ENDED, PROXY: RUNS}), select="AFX1") == []
