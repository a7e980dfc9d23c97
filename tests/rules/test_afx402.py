"""AFX402: the fix would make the injector deny the pod."""

from __future__ import annotations

from typing import Any

import pytest
from builders import ALPHA, ALPHA_ERA, BETA_ERA, GA, GA_ERA, WAIT, WRONG, a_list, namespace, pod, workload
from fixing import codes, fix, fixed, found

from autofix.rules.context import Door

DENYING = [ALPHA_ERA, BETA_ERA, "edge-23.11.4", "edge-26.5.1", None]


@pytest.mark.parametrize("release", DENYING)
@pytest.mark.parametrize(
    ("annotations", "known"),
    [
        ({WRONG: "true", WAIT: "5"}, {}),
        ({WRONG: "true"}, {"namespace": {WAIT: "5"}}),
        ({WRONG: "true"}, {"wait_before_exit": 5}),
        ({WRONG: "true", WAIT: "soon"}, {"wait_before_exit": 5}),
        ({WRONG: "yes", WAIT: 30}, {}),
    ],
)
def test_the_fix_is_withheld(release: str | None, annotations: dict[str, Any], known: dict[str, Any]) -> None:
    result = fix(pod(annotations), release=release, **known)
    assert WRONG in result.object["metadata"]["annotations"]  # type: ignore[index]
    assert "AFX402" in [finding.code for finding in result.findings]
    [finding] = [finding for finding in result.findings if finding.code == "AFX101"]
    assert finding.withheld
    assert finding.withheld.startswith("AFX402")
    assert "set wait-before-exit to 0 first" in finding.withheld


@pytest.mark.parametrize(
    ("release", "annotations", "known"),
    [
        (GA_ERA, {WRONG: "true", WAIT: "5"}, {"default": False}),
        ("edge-26.5.2", {WRONG: "true"}, {"wait_before_exit": 5}),
        (ALPHA_ERA, {WRONG: "false", WAIT: "5"}, {}),
        (ALPHA_ERA, {WRONG: "true", WAIT: "0"}, {"wait_before_exit": 5}),
        (ALPHA_ERA, {WRONG: "true", WAIT: "0"}, {"namespace": {WAIT: "5"}}),
        (ALPHA_ERA, {WRONG: "true", WAIT: "soon"}, {}),
        (BETA_ERA, {WRONG: "true"}, {"namespace": {}}),
    ],
)
def test_where_nothing_would_be_denied_it_is_fixed(
    release: str, annotations: dict[str, str], known: dict[str, Any]
) -> None:
    assert WRONG not in fixed(annotations, release=release, **known)
    assert "AFX402" not in codes(annotations, release=release, **known)


def test_a_fix_that_frees_a_denied_pod_is_made() -> None:
    # Native by Helm's default, and denied; the author's word is false.
    assert fixed({WRONG: "false", WAIT: "5"}, default=True) == {WAIT: "5", ALPHA: "false"}


@pytest.mark.parametrize("obj", [pod({ALPHA: "true", WAIT: "5"}), namespace({ALPHA: "true", WAIT: "5"})])
def test_pods_that_are_denied_already_are_reported(obj: dict[str, Any]) -> None:
    [finding] = found(obj, "AFX402")
    assert "denies pods" in finding.message
    assert not fix(obj).patch.patch


def test_a_namespaces_fix_waits_for_its_pods() -> None:
    shop = a_list(namespace({WRONG: "true"}), workload("Job", {WAIT: "5"}))
    result = fix(shop)
    assert not result.patch.patch
    assert "AFX402" in [finding.code for finding in result.findings]


def test_a_namespaces_fix_is_not_held_by_pods_elsewhere_or_with_a_word_of_their_own() -> None:
    elsewhere = workload("Job", {WAIT: "5"})
    elsewhere["metadata"]["namespace"] = "bank"
    own = workload("Job", {WAIT: "5", ALPHA: "false"})
    assert fix(a_list(namespace({WRONG: "true"}), elsewhere, own)).object["items"][0] == namespace(  # type: ignore[index]
        {ALPHA: "true"}
    )


@pytest.mark.parametrize("annotations", [{}, {WAIT: "5"}, {ALPHA: "true"}, {GA: "false", WAIT: "5"}])
def test_normal_pods_say_nothing(annotations: dict[str, str]) -> None:
    assert "AFX402" not in codes(annotations)


WORKFLOW = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow"}


@pytest.mark.parametrize(
    ("spec", "is_fixed"),
    [
        ({"podMetadata": {WRONG: "true"}, "templates": [{WAIT: "5"}]}, False),
        ({"podMetadata": {WAIT: "5"}, "templates": [{WRONG: "true"}]}, False),
        ({"podMetadata": {WAIT: "5"}, "templates": [{WRONG: "true", WAIT: "0"}]}, True),
        ({"podMetadata": {WAIT: "0"}, "templates": [{WRONG: "true"}]}, True),
        # Two templates are two pods.
        ({"podMetadata": {}, "templates": [{WRONG: "true"}, {WAIT: "5"}]}, True),
        ({"podMetadata": {WAIT: 5}, "templates": [{WRONG: "true"}]}, False),
    ],
)
def test_a_wait_at_another_place_of_the_same_pods_counts(spec: dict[str, Any], is_fixed: bool) -> None:
    templates = [{"metadata": {"annotations": annotations}} for annotations in spec["templates"]]
    obj = {
        **WORKFLOW,
        "spec": {"podMetadata": {"annotations": spec["podMetadata"]}, "templates": templates},
    }
    assert (ALPHA in repr(fix(obj).object)) is is_fixed
    assert ("AFX402" in codes(obj)) is not is_fixed


def test_a_wait_of_other_pods_of_a_custom_resource_does_not_count() -> None:
    spec = {"driver": {"annotations": {WAIT: "5"}}, "executor": {"annotations": {WRONG: "true"}}}
    obj = {"apiVersion": "sparkoperator.k8s.io/v1beta2", "kind": "SparkApplication", "spec": spec}
    assert ALPHA in repr(fix(obj).object)


def job(annotations: dict[str, str], name: str = "migrate", **spec: Any) -> dict[str, Any]:
    """A Job in the Namespace of the tests, with more in the spec of its pods."""
    obj = workload("Job", annotations)
    obj["metadata"]["name"] = name
    obj["spec"]["template"]["spec"].update(spec)
    return obj


INJECT = "linkerd.io/inject"
MESHED = {INJECT: "enabled", WRONG: "true"}
PROXY = [{"name": "linkerd-proxy", "image": "proxy"}]


@pytest.mark.parametrize(
    ("jobs", "names"),
    [
        ([job({WAIT: "5"})], "Job/migrate"),
        ([job({WAIT: "5"}), job({WAIT: "5"}, "copy")], "Job/migrate and 1 more"),
        ([job({}), job({WAIT: "5"}, "copy"), job({WAIT: "6"}, "move")], "Job/copy and 1 more"),
    ],
)
def test_the_gate_of_a_namespace_names_the_objects_that_wait(jobs: list[dict[str, Any]], names: str) -> None:
    shop = a_list(namespace(MESHED), *jobs)
    [gate] = [finding for finding in found(shop, "AFX402") if finding.path[:2] == ("items", 0)]
    assert f"Linkerd would deny the pods of {names} ({WAIT})" in gate.message
    [withheld] = [finding.withheld for finding in found(shop, "AFX101")]
    assert withheld
    assert f"pods of {names}" in withheld


def test_a_namespace_whose_own_wait_counts_names_no_other_object() -> None:
    shop = a_list(namespace({**MESHED, WAIT: "5"}), job({WAIT: "5"}))
    assert all("Job/" not in finding.message for finding in found(shop, "AFX402"))


def test_a_namespace_whose_pods_are_denied_already_names_them() -> None:
    shop = a_list(namespace({INJECT: "enabled", ALPHA: "true"}), job({WAIT: "5"}))
    messages = [finding.message for finding in found(shop, "AFX402")]
    assert any("denies the pods of Job/migrate: they have both" in message for message in messages)


@pytest.mark.parametrize(
    ("own", "inner", "spec", "is_held"),
    [
        (MESHED, {}, {}, True),
        (MESHED, {INJECT: "ingress"}, {}, True),
        (MESHED, {INJECT: "disabled"}, {}, False),
        (MESHED, {}, {"hostNetwork": True}, False),
        (MESHED, {}, {"containers": PROXY}, False),
        (MESHED, {}, {"initContainers": PROXY}, False),
        ({INJECT: "disabled", WRONG: "true"}, {}, {}, False),
        ({INJECT: "disabled", WRONG: "true"}, {INJECT: "enabled"}, {}, True),
        # In files what asks for the proxy may stand elsewhere, and a wrong value may be corrected beside it.
        ({WRONG: "true"}, {}, {}, True),
        ({INJECT: "true", WRONG: "true"}, {}, {}, True),
        ({INJECT: "enabled", ALPHA: '"true"'}, {}, {}, True),
    ],
)
def test_pods_that_get_no_proxy_hold_no_namespace(
    own: dict[str, str], inner: dict[str, str], spec: dict[str, Any], is_held: bool
) -> None:
    result = fix(a_list(namespace(own), job({WAIT: "5", **inner}, **spec)))
    assert bool(result.operations) is not is_held
    assert any(finding.code == "AFX402" for finding in result.findings) is is_held
    assert any(finding.code == "AFX402" for finding in result.remaining) is is_held


def test_in_a_cluster_a_namespace_without_a_word_asks_for_no_proxy() -> None:
    shop = a_list(namespace({WRONG: "true"}), job({WAIT: "5"}))
    assert not fix(shop).operations
    assert fix(shop, door=Door.CLUSTER).operations
    meshed = a_list(namespace({WRONG: "true"}), job({WAIT: "5", INJECT: "enabled"}))
    assert not fix(meshed, door=Door.CLUSTER).operations


def test_a_pod_that_runs_beside_its_proxy_still_holds_its_namespace() -> None:
    bare = pod({WAIT: "5"})
    bare["spec"]["containers"] += PROXY
    assert not fix(a_list(namespace(MESHED), bare)).operations
