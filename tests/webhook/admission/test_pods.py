"""What a Pod gets: what Linkerd will obey, whatever the default is; nothing where it gets no proxy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jsonpatch
import pytest
from builders import ALPHA, BETA, GA, IGNORE, WAIT, WRONG
from webhook_client import Start, load, patch_of, with_annotations

from autofix.linkerd.release import key_to_write, parse_release

INJECT = "linkerd.io/inject"
MESHED = {INJECT: "enabled"}
LOG, FORMAT = "config.linkerd.io/proxy-log-level", "config.linkerd.io/proxy-log-format"
JOB_POD = load("06-pod-create-from-job")


def a_pod(annotations: dict[str, str] | None, **spec: Any) -> dict[str, Any]:
    review = with_annotations(JOB_POD, annotations)
    review["request"]["object"]["spec"] |= spec
    return review


def annotations_after(review: dict[str, Any], response: dict[str, Any]) -> dict[str, Any]:
    patched = jsonpatch.apply_patch(review["request"]["object"], patch_of(response))
    annotations: dict[str, Any] = patched["metadata"].get("annotations", {})
    return annotations


@pytest.mark.parametrize("default", [None, False, True])
@pytest.mark.parametrize("release", ["2.15", "2.17", "2.19", "2.20", "edge-26.5.2", None])
@pytest.mark.parametrize("value", ["true", "false", "no", '"true"', "F"])
async def test_what_is_written_does_not_depend_on_helms_default(
    start: Start, release: str | None, default: bool | None, value: str
) -> None:
    key = key_to_write(parse_release(release), "pod")
    assert key is not None
    meant = {"no": "false", '"true"': "true"}.get(value, value)
    client = await start(
        linkerd=release,
        native_sidecar_default=default,
        namespaces={"shop": {INJECT: "enabled", WRONG: value}},
    )
    review = a_pod({WRONG: value})
    assert annotations_after(review, await client.review(review)) == {key: meant}
    # Also what the Namespace means reaches its pods for sure.
    review = with_annotations(review, {})
    review["request"]["namespace"] = "shop"
    assert annotations_after(review, await client.review(review)) == {key: meant}
    review = with_annotations(review, {key: meant, INJECT: "enabled"})
    assert set(await client.review(review)) == {"uid", "allowed"}


@pytest.mark.parametrize("default", [None, False, True])
@pytest.mark.parametrize(
    ("namespace", "pod"),
    [
        pytest.param({GA: "true"}, {ALPHA: "false"}, id="opts out"),
        pytest.param({GA: "false"}, {ALPHA: "true"}, id="opts in"),
        pytest.param({}, {GA: "yes", ALPHA: "true"}, id="a value that hides the good one"),
    ],
)
async def test_a_key_that_another_one_overrules_is_made_good_under_both_defaults(
    start: Start, namespace: dict[str, str], pod: dict[str, str], default: bool | None
) -> None:
    client = await start(
        linkerd="2.20",
        native_sidecar_default=default,
        namespaces={"default": {**namespace, INJECT: "enabled"}},
    )
    review = a_pod(pod)
    assert annotations_after(review, await client.review(review))[GA] == pod[ALPHA]


@pytest.mark.parametrize("value", ['"false"', "no"])
async def test_a_value_that_means_the_default_is_repaired_and_nothing_is_withheld(
    start: Start, value: str
) -> None:
    client = await start(linkerd="2.17", native_sidecar_default=False)
    review = a_pod({WRONG: value})
    assert annotations_after(review, await client.review(review)) == {ALPHA: "false"}
    deployment = with_annotations(load("12-deployment-create"), {WRONG: value}, "spec", "template")
    # What Helm's value says anyway needs no word to the user.
    assert set(await client.review(deployment)) == {"uid", "allowed"}
    _, metrics = await client.get("/metrics")
    assert 'outcome="withheld"' not in metrics


PROXY = {"name": "linkerd-proxy", "image": "cr.l5d.io/linkerd/proxy"}
NATIVE = {**PROXY, "restartPolicy": "Always"}
HELPER = {"name": "linkerd-proxy-helper", "image": "linkerd-proxy"}


# Each with what the annotations, the Namespace and the spec say.
@pytest.mark.parametrize(
    ("pod", "namespace", "spec", "gets_a_proxy"),
    [
        pytest.param({}, MESHED, {}, True, id="namespace asks"),
        pytest.param(MESHED, {}, {}, True, id="pod asks"),
        pytest.param({INJECT: "ingress"}, {}, {}, True, id="pod asks for ingress"),
        pytest.param({}, None, {}, True, id="a namespace that is not known counts as one that asks"),
        pytest.param({INJECT: ""}, MESHED, {}, True, id="an empty value does not opt out"),
        pytest.param({}, {}, {}, False, id="nobody asks"),
        pytest.param({}, {"team": "a"}, {}, False, id="nobody asks, other annotations"),
        pytest.param({INJECT: "disabled"}, MESHED, {}, False, id="pod opts out"),
        pytest.param({INJECT: "disabled"}, None, {}, False, id="pod opts out, namespace is not known"),
        pytest.param({INJECT: "true"}, MESHED, {}, False, id="a value that Linkerd does not know"),
        pytest.param(MESHED, {INJECT: "true"}, {}, False, id="one of the Namespace"),
        pytest.param({}, MESHED, {"hostNetwork": True}, False, id="host network"),
        pytest.param({}, MESHED, {"hostNetwork": False}, True, id="no host network"),
        pytest.param({}, MESHED, {"containers": [PROXY]}, False, id="has a proxy"),
        pytest.param({}, MESHED, {"initContainers": [NATIVE]}, False, id="has a native proxy"),
        pytest.param({}, MESHED, {"containers": [HELPER]}, True, id="another container's name"),
    ],
)
async def test_a_pod_is_patched_only_if_it_gets_a_proxy(
    start: Start,
    pod: dict[str, str],
    namespace: dict[str, str] | None,
    spec: dict[str, Any],
    gets_a_proxy: bool,
) -> None:
    client = await start(linkerd="2.17", namespaces={} if namespace is None else {"default": namespace})
    review = a_pod({**pod, WRONG: "true"}, **spec)
    response = await client.review(review)
    assert bool(patch_of(response)) is gets_a_proxy
    _, metrics = await client.get("/metrics")
    assert ('outcome="fixed"' in metrics) is gets_a_proxy


@pytest.mark.parametrize(
    ("pod", "namespace", "warning"),
    [
        ({INJECT: "true"}, MESHED, 'set linkerd.io/inject to "enabled" or "disabled" on the pod: no proxy: '),
        ({}, {INJECT: "on"}, 'set linkerd.io/inject to "enabled" or "disabled" on the Namespace: no proxy: '),
        ({}, {**MESHED, LOG: '"warn"'}, f"set {LOG} on the pod: no proxy: "),
        ({}, {**MESHED, LOG: '"a"', FORMAT: '"b"'}, f"set {LOG} and 1 more on the pod: no proxy: "),
        ({INJECT: "disabled"}, MESHED, None),
        ({}, {}, None),
    ],
)
async def test_a_reason_for_no_proxy_that_nobody_means_is_said(
    start: Start, pod: dict[str, str], namespace: dict[str, str], warning: str | None
) -> None:
    client = await start(linkerd="2.17", namespaces={"default": namespace})
    response = await client.review(a_pod({**pod, WRONG: "true"}))
    assert "patch" not in response
    if warning is None:
        assert "warnings" not in response
    else:
        [text] = response["warnings"]
        assert text.startswith(f"linkerd-autofix: pod job-a-…: {warning[:60]}")
        assert "no proxy" in text


async def test_a_value_that_breaks_the_injectors_patch_is_repaired_on_the_pod(start: Start) -> None:
    namespace = {**MESHED, ALPHA: '"true"'}
    client = await start(linkerd="2.17", namespaces={"default": namespace})
    review = a_pod({})
    assert annotations_after(review, await client.review(review)) == {ALPHA: "true"}


@pytest.mark.parametrize(
    ("pod", "kubernetes", "gate"), [({}, "1.27", "AFX403"), ({WAIT: "5"}, None, "AFX402")]
)
async def test_a_gate_that_forbids_to_repair_a_broken_patch_is_said_and_nothing_that_it_forbids(
    start: Start, pod: dict[str, str], kubernetes: str | None, gate: str
) -> None:
    client = await start(
        linkerd="2.17", kubernetes=kubernetes, namespaces={"default": {**MESHED, ALPHA: '"true"'}}
    )
    response = await client.review(a_pod(pod))
    assert "patch" not in response
    [text, *_] = response["warnings"]
    assert text.startswith("linkerd-autofix: pod job-a-…: AFX406 not fixed: ")
    assert not any(f"set {ALPHA}" in warning for warning in response["warnings"])
    [audit] = response["auditAnnotations"].values()
    assert f"AFX406 {ALPHA}: {gate}: " in audit
    _, metrics = await client.get("/metrics")
    assert 'outcome="withheld"} 1.0' in metrics


@pytest.mark.parametrize("key", [ALPHA, LOG])
@pytest.mark.parametrize(
    ("pod", "around"), [({IGNORE: "*"}, {}), ({IGNORE: "AFX406"}, {}), ({}, {IGNORE: "AFX4"})]
)
async def test_who_opts_out_hears_nothing_of_a_broken_patch(
    start: Start, pod: dict[str, str], around: dict[str, str], key: str
) -> None:
    client = await start(linkerd="2.17", namespaces={"default": {**MESHED, **around, key: '"true"'}})
    assert set(await client.review(a_pod(pod))) == {"uid", "allowed"}


@pytest.mark.parametrize(
    ("pod", "namespace", "is_native", "is_too_late"),
    [
        pytest.param({ALPHA: "true"}, {}, False, True, id="asked for native"),
        pytest.param({ALPHA: "true"}, {}, True, False, id="is native"),
        pytest.param({ALPHA: "false"}, {}, True, True, id="asked for an ordinary container"),
        pytest.param({ALPHA: "false"}, {}, False, False, id="is ordinary"),
        pytest.param({WRONG: "yes"}, {}, False, True, id="a wrong key, a wrong word"),
        pytest.param({}, {WRONG: "true"}, False, True, id="the Namespace asks"),
        pytest.param({}, {WRONG: "true"}, True, False, id="the Namespace gets it"),
        pytest.param({ALPHA: "false"}, {GA: "true"}, False, False, id="the pod goes before the Namespace"),
        pytest.param({ALPHA: "yes"}, {ALPHA: "yes", BETA: "false"}, False, False, id="copied"),
        pytest.param({ALPHA: "true", WRONG: "false"}, {}, False, False, id="keys that disagree"),
        pytest.param({WRONG: "maybe"}, {}, False, False, id="a value nobody can read"),
        pytest.param({}, {}, False, False, id="nobody asks"),
        pytest.param({WRONG: "true", IGNORE: "*"}, {}, False, False, id="opted out"),
    ],
)
async def test_a_pod_that_has_its_proxy_is_left_alone_and_its_kind_is_judged(
    start: Start, pod: dict[str, str], namespace: dict[str, str], is_native: bool, is_too_late: bool
) -> None:
    client = await start(linkerd="2.17", namespaces={"default": {**MESHED, **namespace}})
    spec = {"initContainers": [NATIVE]} if is_native else {"containers": [{"name": "main"}, PROXY]}
    response = await client.review(a_pod(pod, **spec))
    assert "patch" not in response
    there = "a native sidecar" if is_native else "an ordinary container"
    expected = "linkerd-autofix: pod job-a-…: create it again without a proxy: "
    warnings = response.get("warnings", [])
    assert [warning.startswith(expected) for warning in warnings] == [True] * is_too_late
    assert all(there in warning for warning in warnings)
    _, metrics = await client.get("/metrics")
    outcome = "too_late" if is_too_late else "unchanged"
    assert (
        f'autofix_admission_requests_total{{kind="Pod",operation="CREATE",outcome="{outcome}"}} 1.0'
        in metrics
    )


@pytest.mark.parametrize(
    ("own", "around", "changes", "is_too_late"),
    [
        ({ALPHA: "true"}, {}, {"kubernetes": "1.27"}, False),
        ({ALPHA: "true"}, {}, {"kubernetes": "1.29"}, True),
        ({ALPHA: "true", WAIT: "5"}, {}, {}, False),
        ({WRONG: "yes", WAIT: "5"}, {}, {}, False),
        ({WRONG: "true"}, {WAIT: "5"}, {}, False),
        ({}, {GA: "true", WAIT: "5"}, {}, False),
        ({ALPHA: "true"}, {}, {"wait_before_exit_seconds": 5}, False),
        ({ALPHA: "true", WAIT: "0"}, {}, {"wait_before_exit_seconds": 5}, True),
        ({GA: "true", WAIT: "5"}, {}, {"linkerd": "2.20"}, True),
    ],
)
async def test_it_is_not_too_late_for_what_would_be_refused(
    start: Start, own: dict[str, str], around: dict[str, str], changes: dict[str, Any], is_too_late: bool
) -> None:
    known = {"linkerd": "2.17", "namespaces": {"default": {**MESHED, **around}}}
    client = await start(**(known | changes))
    response = await client.review(a_pod(own, containers=[PROXY]))
    assert ("warnings" in response) is is_too_late


async def test_an_ordinary_container_that_was_meant_is_not_refused_by_a_gate(start: Start) -> None:
    client = await start(linkerd="2.17", kubernetes="1.27")
    response = await client.review(a_pod({ALPHA: "false", WAIT: "5"}, initContainers=[NATIVE]))
    assert "warnings" in response


async def test_a_release_without_native_sidecars_is_never_too_late(start: Start) -> None:
    client = await start(linkerd="2.14")
    assert set(await client.review(a_pod({GA: "true"}, containers=[PROXY]))) == {"uid", "allowed"}


async def test_a_second_look_at_a_repaired_pod_changes_and_counts_nothing(start: Start) -> None:
    client = await start(linkerd="2.17")
    review = a_pod({WRONG: "true"})
    review["request"]["object"] = jsonpatch.apply_patch(
        review["request"]["object"], patch_of(await client.review(review))
    )
    review["request"]["object"]["spec"]["initContainers"] = [NATIVE]
    assert set(await client.review(review)) == {"uid", "allowed"}
    _, metrics = await client.get("/metrics")
    assert 'autofix_fixes_total{code="AFX101",kind="Pod"} 1.0' in metrics


async def test_gates_take_the_worse_default(start: Start) -> None:
    for default in (None, False, True):
        client = await start(linkerd="2.17", native_sidecar_default=default)
        response = await client.review(a_pod({WRONG: "true", WAIT: "5"}))
        assert "patch" not in response
        assert any("set wait-before-exit to 0 first" in warning for warning in response["warnings"])
        assert patch_of(await client.review(a_pod({WRONG: "false", WAIT: "5"})))
        client = await start(linkerd="2.17", native_sidecar_default=default, kubernetes="1.28")
        assert "patch" not in await client.review(a_pod({WRONG: "true"}))
        assert patch_of(await client.review(a_pod({WRONG: "false"})))


BROKEN: list[Callable[[dict[str, Any]], None]] = [
    lambda spec: spec.update(containers="linkerd-proxy"),
    lambda spec: spec.update(containers=["linkerd-proxy", {"name": 1}]),
    lambda spec: spec.update(initContainers=None),
    lambda spec: spec.update(hostNetwork="true"),
    lambda spec: spec.update(restartPolicy=["Never"]),
    lambda spec: spec.update(template=[]),
]


@pytest.mark.parametrize("breaks", BROKEN)
async def test_a_spec_of_any_shape_is_no_reason_to_leave_the_annotations(
    start: Start, breaks: Callable[[dict[str, Any]], None]
) -> None:
    client = await start(linkerd="2.17")
    review = a_pod({WRONG: "true"})
    breaks(review["request"]["object"]["spec"])
    assert annotations_after(review, await client.review(review)) == {ALPHA: "true"}


async def test_of_containers_that_cannot_be_decoded_in_a_moment_nothing_counts(start: Start) -> None:
    client = await start(linkerd="2.17")
    many = [{"name": f"c{number}"} for number in range(5000)]
    assert patch_of(await client.review(a_pod({WRONG: "true"}, containers=many)))
    assert patch_of(await client.review(a_pod({WRONG: "true"}, containers=[*many, PROXY])))
    few = a_pod({WRONG: "true"}, containers=[*many[:10], PROXY])
    assert "patch" not in await client.review(few)
