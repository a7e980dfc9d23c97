"""AFX301: on the workload's own metadata."""

from __future__ import annotations

from typing import Any

import pytest
from builders import ALPHA, TEMPLATES, WAIT, WRONG, namespace, pod, pod_annotations, template, workload
from fixing import codes, fix, found

INJECT = "linkerd.io/inject"


@pytest.mark.parametrize("kind", TEMPLATES)
@pytest.mark.parametrize(
    ("own", "inner"),
    [
        ({ALPHA: "true"}, {ALPHA: "true"}),
        ({WRONG: "yes"}, {ALPHA: "true"}),
        ({INJECT: "enabled"}, {INJECT: "enabled"}),
        ({ALPHA: "true", INJECT: "enabled", "example.com/a": "b"}, {ALPHA: "true", INJECT: "enabled"}),
    ],
)
def test_it_moves_to_the_template_only_with_unsafe_fixes(
    kind: str, own: dict[str, str], inner: dict[str, str]
) -> None:
    obj = workload(kind, own=own)
    assert not fix(obj).patch.patch
    assert {finding.applicability.value for finding in found(obj, "AFX301")} == {"unsafe"}
    # A Job that asks for a proxy from now on is AFX603's, too.
    patched: Any = fix(obj, unsafe=True, ignore="AFX603").object
    assert pod_annotations(patched) == inner
    kept = {key: value for key, value in own.items() if key == "example.com/a"}
    assert patched["metadata"]["annotations"] == kept


@pytest.mark.parametrize("between", [("jobTemplate",), ("jobTemplate", "spec")])
def test_a_cronjob_has_three_wrong_places(between: tuple[str, ...]) -> None:
    obj = workload("CronJob")
    node = obj["spec"]
    for part in between:
        node = node[part]
    node["metadata"] = {"annotations": {ALPHA: "true"}}
    assert len(found(obj, "AFX301")) == 1
    assert pod_annotations(fix(obj, unsafe=True).object) == {ALPHA: "true"}


def test_a_custom_resource_with_one_template() -> None:
    rollout = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "spec": {"template": template()}}
    obj = {**rollout, "metadata": {"annotations": {ALPHA: "true"}}}
    patched: Any = fix(obj, unsafe=True).object
    assert patched["spec"]["template"]["metadata"]["annotations"] == {ALPHA: "true"}


def test_the_message_says_where_to_and_that_a_jobs_template_is_immutable() -> None:
    [finding] = found(workload("Job", own={ALPHA: "true"}), "AFX301")
    assert "/spec/template/metadata/annotations" in finding.message
    assert "immutable" in finding.message
    assert "immutable" not in found(workload(own={ALPHA: "true"}), "AFX301")[0].message


@pytest.mark.parametrize(
    ("own", "inner", "after"),
    [
        # It is there already: only the copy that nobody reads goes.
        ({ALPHA: "true"}, {ALPHA: "true"}, {ALPHA: "true"}),
        ({INJECT: "enabled"}, {INJECT: "enabled"}, {INJECT: "enabled"}),
    ],
)
def test_a_copy_of_what_the_template_says_is_removed(
    own: dict[str, str], inner: dict[str, str], after: object
) -> None:
    patched: Any = fix(workload(annotations=inner, own=own), unsafe=True).object
    assert pod_annotations(patched) == after
    assert patched["metadata"]["annotations"] == {}


@pytest.mark.parametrize(
    ("own", "inner"),
    [
        ({ALPHA: "true"}, {ALPHA: "false"}),
        ({INJECT: "enabled"}, {INJECT: "disabled"}),
        ({ALPHA: "maybe"}, {}),
        ({ALPHA: "true"}, {WAIT: "5"}),
    ],
)
def test_it_is_withheld_where_it_would_contradict_or_harm(own: dict[str, str], inner: dict[str, str]) -> None:
    obj = workload(annotations=inner, own=own)
    assert not fix(obj, unsafe=True).patch.patch
    assert found(obj, "AFX301")[0].withheld


@pytest.mark.parametrize(
    "obj",
    [
        pod({ALPHA: "true"}),
        namespace({ALPHA: "true"}),
        workload(own={"linkerd.io/created-by": "linkerd/cli", "example.com/native-sidecar": "true"}),
        workload(annotations={ALPHA: "true"}),
        {"apiVersion": "v1", "kind": "Service", "metadata": {"annotations": {ALPHA: "true"}}},
    ],
)
def test_right_places_and_other_keys_are_left_alone(obj: dict[str, Any]) -> None:
    assert "AFX301" not in codes(obj)
