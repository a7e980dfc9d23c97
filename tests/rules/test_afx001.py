"""AFX001: metadata that is no metadata."""

from __future__ import annotations

from typing import Any

import pytest
from builders import ALPHA, WRONG, namespace, pod, pod_annotations, workload
from fixing import codes, fix, found


@pytest.mark.parametrize(
    ("obj", "pointer"),
    [
        ({**pod(), "metadata": 5}, "/metadata"),
        ({**pod(), "metadata": {"annotations": ["a"]}}, "/metadata/annotations"),
        ({**pod(), "metadata": {"annotations": "a: b"}}, "/metadata/annotations"),
        ({**pod(), "metadata": {"labels": False}}, "/metadata/labels"),
        ({**namespace(), "metadata": {"annotations": 0}}, "/metadata/annotations"),
        ({**workload(), "spec": []}, "/spec"),
        ({**workload(), "spec": {"template": "x"}}, "/spec/template"),
        ({**workload("CronJob"), "spec": {"jobTemplate": {"spec": 1}}}, "/spec/jobTemplate/spec"),
    ],
)
def test_it_is_an_error_with_its_place(obj: dict[str, Any], pointer: str) -> None:
    assert codes(obj) == ["AFX001"]
    [finding] = found(obj, "AFX001")
    assert finding.pointer == pointer
    assert finding.message.startswith(f"{pointer} must be a mapping and is a ")
    assert finding.severity == "error"
    assert fix(obj).object == obj


@pytest.mark.parametrize(
    "obj",
    [
        {"apiVersion": "v1", "kind": "Pod"},
        {**pod(), "metadata": None},
        {**pod(), "metadata": {"annotations": None, "labels": None}},
        {"apiVersion": "apps/v1", "kind": "Deployment", "spec": None},
        {"apiVersion": "apps/v1", "kind": "Deployment", "spec": {"template": {"metadata": None}}},
        {"kind": "Pod", "metadata": {"annotations": {}}},
    ],
)
def test_absent_and_null_are_normal(obj: dict[str, Any]) -> None:
    assert codes(obj) == []


def test_what_is_sound_beside_it_is_still_checked() -> None:
    obj = workload(annotations={WRONG: "true"})
    obj["metadata"]["annotations"] = 5
    result = fix(obj)
    assert pod_annotations(result.object) == {ALPHA: "true"}
    assert [finding.code for finding in result.remaining] == ["AFX001"]


def test_nothing_is_moved_into_what_is_broken() -> None:
    obj = workload(own={WRONG: "true"})
    obj["spec"]["template"]["metadata"] = 5
    assert not fix(obj, unsafe=True).patch.patch


@pytest.mark.parametrize("entries", [[{"a/b": "true"}], [{"a/b": "true"}, {"c/d": "e"}], ["a/b"]])
def test_a_list_of_annotations_is_told_from_other_values(entries: list[object]) -> None:
    obj = {**pod(), "metadata": {"annotations": entries}}
    [finding] = found(obj, "AFX001")
    assert "is a list; write its entries without dashes; nothing below" in finding.message
