"""AFX402: the fix would make the injector deny the pod."""

from __future__ import annotations

from typing import Any

import pytest
from builders import ALPHA, ALPHA_ERA, BETA_ERA, GA, GA_ERA, WAIT, WRONG, a_list, namespace, pod, workload
from fixing import codes, fix, fixed, found

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
