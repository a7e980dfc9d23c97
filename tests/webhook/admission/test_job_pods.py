"""Pods that never complete get the key with which they do, only where somebody asks for it."""

from __future__ import annotations

from typing import Any

import jsonpatch
import pytest
from builders import ALPHA, BETA, GA, IGNORE, WAIT, WRONG
from webhook_client import Start, load, patch_of, with_annotations

INJECT = "linkerd.io/inject"
MESHED = {INJECT: "enabled"}
COMPLETE = "linkerd-autofix.io/complete-jobs"
JOB_POD = load("06-pod-create-from-job")
KEY_TO_WRITE = {"2.15": ALPHA, "2.17": ALPHA, "2.19": BETA, "2.20": GA, None: ALPHA}


def an_owner(api_version: str, kind: str) -> dict[str, Any]:
    return {"apiVersion": api_version, "kind": kind, "name": "x", "uid": "1", "controller": True}


WORKFLOW = an_owner("argoproj.io/v1alpha1", "Workflow")
VOLCANO_JOB = an_owner("batch.volcano.sh/v1alpha1", "Job")
REPLICA_SET = an_owner("apps/v1", "ReplicaSet")


def a_pod(
    annotations: dict[str, str] | None = None, owner: dict[str, Any] | None = None, **spec: Any
) -> dict[str, Any]:
    review = with_annotations(JOB_POD, annotations)
    obj = review["request"]["object"]
    obj["spec"] |= spec
    if owner is not None:
        obj["metadata"]["ownerReferences"] = [owner] if owner else []
    return review


def runs(*command: str) -> dict[str, Any]:
    return {"containers": [{"name": "main", "image": "i", "command": list(command)}]}


@pytest.mark.parametrize("release", KEY_TO_WRITE)
@pytest.mark.parametrize("by", ["setting", "namespace"])
async def test_the_pod_of_a_job_gets_the_key_that_its_release_reads(
    start: Start, release: str | None, by: str
) -> None:
    namespace = {**MESHED, COMPLETE: "enabled"} if by == "namespace" else MESHED
    client = await start(
        linkerd=release,
        native_sidecar_default=False,
        complete_jobs=by == "setting",
        namespaces={"default": namespace},
    )
    others: tuple[dict[str, str] | None, ...] = (None, {}, {"team": "a"})
    for other in others:
        review = a_pod(other)
        response = await client.review(review)
        patched = jsonpatch.apply_patch(review["request"]["object"], patch_of(response))
        assert patched["metadata"]["annotations"] == {**(other or {}), KEY_TO_WRITE[release]: "true"}
        assert response["warnings"] == [
            f'linkerd-autofix: pod job-a-…: AFX603: set {KEY_TO_WRITE[release]} to "true"'
        ]
        # Once is enough.
        review["request"]["object"] = patched
        assert set(await client.review(review)) == {"uid", "allowed"}
    _, metrics = await client.get("/metrics")
    assert 'outcome="completed"} 3.0' in metrics
    assert 'autofix_fixes_total{code="AFX603",kind="Pod"} 3.0' in metrics


@pytest.mark.parametrize(
    ("pod", "namespace", "setting"),
    [
        pytest.param(a_pod(), {}, False, id="nobody asks"),
        pytest.param(a_pod(), {COMPLETE: "disabled"}, True, id="the Namespace opts out"),
        pytest.param(a_pod(), {COMPLETE: "yes"}, False, id="a value that says nothing"),
        pytest.param(a_pod(), {IGNORE: "*"}, True, id="the Namespace ignores all"),
        pytest.param(a_pod({IGNORE: "*"}), {}, True, id="the pod ignores all"),
        pytest.param(a_pod({ALPHA: "false"}), {}, True, id="a key of its own"),
        pytest.param(a_pod(), {ALPHA: "false"}, True, id="a key of its Namespace"),
        pytest.param(a_pod({WRONG: "maybe"}), {}, True, id="a key that nobody can read"),
        pytest.param(a_pod({INJECT: "disabled"}), {}, True, id="no proxy"),
        pytest.param(a_pod(), {INJECT: "disabled"}, True, id="no proxy in the Namespace"),
        pytest.param(a_pod(hostNetwork=True), {}, True, id="host network"),
        pytest.param(a_pod(restartPolicy="Always"), {}, True, id="does not end"),
        pytest.param(a_pod(owner=REPLICA_SET, restartPolicy="Always"), {}, True, id="of a Deployment"),
        pytest.param(a_pod(**runs("linkerd-await", "--", "x")), {}, True, id="linkerd-await"),
        pytest.param(
            a_pod(**runs("sh", "-c", "x; curl -X POST http://localhost:4191/shutdown")),
            {},
            True,
            id="a call of /shutdown",
        ),
        pytest.param(
            a_pod({"config.linkerd.io/proxy-admin-shutdown": "enabled"}), {}, True, id="shutdown switched on"
        ),
        pytest.param(
            a_pod(), {"config.linkerd.io/proxy-admin-shutdown": "enabled"}, True, id="in the Namespace"
        ),
        pytest.param(a_pod(containers=[{"name": "linkerd-proxy"}]), {}, True, id="has its proxy"),
    ],
)
async def test_any_other_pod_is_left_alone_without_a_word(
    start: Start, pod: dict[str, Any], namespace: dict[str, str], setting: bool
) -> None:
    namespaces = {"default": {**MESHED, **namespace}}
    client = await start(
        linkerd="2.17", native_sidecar_default=False, complete_jobs=setting, namespaces=namespaces
    )
    response = await client.review(pod)
    assert "patch" not in response
    assert not any("AFX603" in warning for warning in response.get("warnings", []))


@pytest.mark.parametrize("default", [None, True])
async def test_a_pod_that_gets_a_native_sidecar_anyway_is_left_alone(
    start: Start, default: bool | None
) -> None:
    client = await start(linkerd="2.20", native_sidecar_default=default, complete_jobs=True)
    assert set(await client.review(a_pod(MESHED))) == {"uid", "allowed"}


@pytest.mark.parametrize(
    ("pod", "changes", "outcome", "text"),
    [
        pytest.param(
            a_pod({WAIT: "5"}),
            {"linkerd": "2.17"},
            "withheld",
            "AFX603 not fixed: set wait-before-exit to 0 first: AFX402",
            id="denied",
        ),
        pytest.param(
            a_pod(),
            {"linkerd": "2.17", "wait_before_exit_seconds": 5},
            "withheld",
            "AFX402",
            id="denied by Helm's wait",
        ),
        pytest.param(
            a_pod(),
            {"linkerd": "2.17", "kubernetes": "1.28"},
            "withheld",
            "upgrade to 1.29",
            id="old Kubernetes",
        ),
        pytest.param(
            a_pod(), {"linkerd": "2.14"}, "warned", "AFX603: upgrade Linkerd 2.14", id="old Linkerd"
        ),
    ],
)
async def test_a_closed_gate_is_said(
    start: Start, pod: dict[str, Any], changes: dict[str, Any], outcome: str, text: str
) -> None:
    client = await start(complete_jobs=True, namespaces={"default": MESHED}, **changes)
    response = await client.review(pod)
    assert "patch" not in response
    assert any(text in warning for warning in response["warnings"])
    _, metrics = await client.get("/metrics")
    assert f'outcome="{outcome}"}} 1.0' in metrics


@pytest.mark.parametrize("owner", [{}, WORKFLOW, VOLCANO_JOB, an_owner("apps/v1", "Job")])
@pytest.mark.parametrize("policy", ["Never", "OnFailure"])
async def test_a_pod_that_no_job_owns_is_only_warned_of(
    start: Start, owner: dict[str, Any], policy: str
) -> None:
    client = await start(linkerd="2.17", complete_jobs=True, namespaces={"default": MESHED})
    response = await client.review(a_pod(owner=owner, restartPolicy=policy))
    assert "patch" not in response
    assert response["warnings"] == [f'linkerd-autofix: pod job-a-…: AFX603: set {ALPHA} to "true"']


async def test_a_debug_sidecar_keeps_a_pod_from_completing_whatever_the_key(start: Start) -> None:
    client = await start(linkerd="2.17", complete_jobs=True, namespaces={"default": MESHED})
    response = await client.review(a_pod({"config.linkerd.io/enable-debug-sidecar": "true"}))
    assert "patch" not in response
    assert "remove config.linkerd.io/enable-debug-sidecar" in response["warnings"][0]


async def test_a_namespace_that_is_not_known_counts_as_one_that_asks_for_proxies(start: Start) -> None:
    client = await start(linkerd="2.17", complete_jobs=True)
    assert patch_of(await client.review(a_pod()))


async def test_words_beside_the_programs_are_no_programs(start: Start) -> None:
    client = await start(linkerd="2.17", complete_jobs=True, namespaces={"default": MESHED})
    env = [{"name": "URL", "value": "http://x/shutdown"}]
    containers = [{"name": "main", "image": "linkerd-await:1", "env": env}]
    assert patch_of(await client.review(a_pod(containers=containers)))
