"""The library's front door."""

from __future__ import annotations

from typing import Any

import jsonpatch
import pytest
from builders import (
    ALPHA,
    ALPHA_ERA,
    BETA,
    GA,
    GA_ERA,
    IGNORE,
    WAIT,
    WRONG,
    a_list,
    namespace,
    pod,
    template,
    workload,
)
from fixing import codes, fix

import autofix
from autofix import AutofixError


def test_the_patch_is_a_jsonpatch_that_gives_the_object() -> None:
    obj = pod({WRONG: "true"})
    result = fix(obj)
    assert isinstance(result.patch, jsonpatch.JsonPatch)
    assert result.patch.apply(obj) == result.object == pod({ALPHA: "true"})
    assert result.changes_injection


@pytest.mark.parametrize(
    ("metadata", "patch"),
    [
        (None, [{"op": "add", "path": "/metadata", "value": {"annotations": {ALPHA: "true"}}}]),
        ({}, [{"op": "add", "path": "/metadata/annotations", "value": {ALPHA: "true"}}]),
        ({"annotations": None}, [{"op": "add", "path": "/metadata/annotations", "value": {ALPHA: "true"}}]),
        (
            {"annotations": {}},
            [{"op": "add", "path": "/metadata/annotations/" + ALPHA.replace("/", "~1"), "value": "true"}],
        ),
    ],
)
def test_missing_parents_are_added(metadata: object, patch: list[dict[str, Any]]) -> None:
    obj = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata}
    assert fix(obj, namespace={WRONG: "true"}).patch.patch == patch


@pytest.mark.parametrize(
    "outer",
    [{WRONG: "true"}, namespace({WRONG: "true"}), {"metadata": {"annotations": {WRONG: "true"}}}],
    ids=["annotations", "object", "object without kind"],
)
def test_a_namespace_is_an_object_or_its_annotations(outer: dict[str, Any]) -> None:
    assert fix(pod(), namespace=outer).object["metadata"]["annotations"] == {ALPHA: "true"}  # type: ignore[index]


def test_annotations_named_like_an_objects_fields_are_annotations() -> None:
    outer = {WRONG: "true", "metadata": "x", "kind": "Namespace"}
    assert fix(pod(), namespace=outer).object["metadata"]["annotations"] == {ALPHA: "true"}  # type: ignore[index]


def test_a_custom_resource_called_namespace_is_none() -> None:
    obj = {"apiVersion": "example.com/v1", "kind": "Namespace", "metadata": {"name": "shop"}}
    obj |= {"spec": {"template": template({BETA: "true"})}}
    assert not fix(obj, release=GA_ERA).patch.patch


@pytest.mark.parametrize("annotations", [{WRONG: "true", "linkerd.io/native-sidecar": "false"}])
def test_misplaced_keys_that_contradict_one_another_stay(annotations: dict[str, str]) -> None:
    for obj in (workload("Job", own=annotations), workload("Job", own=dict(reversed(annotations.items())))):
        assert not fix(obj, unsafe=True).patch.patch


def test_hostile_objects_cost_no_more_than_they_should() -> None:
    broken = [{"metadata": 1, "spec": {"containers": []}} for _ in range(5_000)]
    obj = {"apiVersion": "example.com/v1", "kind": "Fleet", "spec": {"a": broken}}
    assert len(codes(obj)) == 5_000


def test_a_namespace_without_a_name_is_nobodys() -> None:
    nameless = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"annotations": {GA: "true"}}}
    job = pod({ALPHA: "false"})
    del job["metadata"]["namespace"]
    assert fix(a_list(nameless, job), release=GA_ERA).object == a_list(nameless, job)


@pytest.mark.parametrize(
    "outer", [namespace(), {"kind": "Namespace"}, {}, {"metadata": None}, {"metadata": {"annotations": 5}}]
)
def test_a_namespace_without_annotations_has_none(outer: dict[str, Any]) -> None:
    assert fix(pod({WRONG: "true"}), namespace=outer).object == pod({ALPHA: "true"})


def test_a_namespace_in_the_same_list_is_context_and_is_repaired() -> None:
    result = fix(a_list(pod(), namespace({WRONG: "true"}), workload("Job")))
    # Its pods need no key of their own then.
    assert result.object == a_list(pod(), namespace({ALPHA: "true"}), workload("Job"))


def test_a_namespace_in_the_list_counts_for_its_own_pods_only() -> None:
    other = pod(None, namespace="bank")
    result = fix(
        a_list(namespace({GA: "true"}), pod({ALPHA: "false"}), other), release=GA_ERA, namespace={GA: "false"}
    )
    _, own, elsewhere = result.object["items"]  # type: ignore[index]
    assert own["metadata"]["annotations"] == {GA: "false"}
    assert elsewhere == other


def test_a_namespace_waits_for_a_pod_that_would_be_denied() -> None:
    objects = a_list(namespace({WRONG: "true"}), pod({WAIT: "5"}))
    assert fix(objects).object == objects
    assert "AFX402" in codes(objects)


def test_documents_are_context_for_one_another() -> None:
    known = autofix.options(release=GA_ERA)
    first, second = autofix.fix_all([pod({ALPHA: "false"}), namespace({GA: "true"})], known)
    assert first.object == pod({GA: "false"})
    assert second.patch.patch == []


def test_findings_are_told_by_item() -> None:
    result = fix(a_list(pod({WRONG: "true"}), namespace({"linkerd.io/zzz": "1"})))
    assert [(item.kind, item.namespace, item.name, item.path) for item in result.items] == [
        ("Pod", "shop", "web", ("items", 0)),
        ("Namespace", "", "shop", ("items", 1)),
    ]
    assert result.findings[0].pointer.startswith("/items/0/metadata/annotations/")
    assert result.findings[0].edits[0].path == ("items", 0, "metadata", "annotations")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("*", []),
        ("ALL", []),
        ("AFX101", ["AFX203"]),
        ("AFX101, AFX203", []),
        ("AFX2", ["AFX101"]),
        ("AFX999,AFX101", ["AFX203"]),
        ("", ["AFX101", "AFX203"]),
        ("everything", ["AFX101", "AFX203"]),
        (5, ["AFX101", "AFX203"]),
    ],
)
@pytest.mark.parametrize("place", ["object", "template", "Namespace"])
def test_an_annotation_opts_out(text: object, left: list[str], place: str) -> None:
    wrong = {WRONG: "false", "linkerd.io/inject": "true"}
    out = {IGNORE: text}
    obj = workload(
        "Deployment", wrong | (out if place == "template" else {}), own=out if place == "object" else None
    )
    found = fix(obj, namespace=out if place == "Namespace" else None).findings
    # The number itself is refused by the API server.
    assert [finding.code for finding in found if finding.code != "AFX205"] == left


def test_a_namespace_that_opts_out_is_left_alone() -> None:
    assert codes(namespace({WRONG: "true", IGNORE: "*"})) == []


@pytest.mark.parametrize(
    ("known", "left"),
    [
        ({"select": "AFX101"}, ["AFX101"]),
        ({"select": ["AFX2", "AFX501"]}, ["AFX203", "AFX501"]),
        ({"ignore": "AFX1"}, ["AFX203", "AFX501"]),
        ({"select": "AFX1,AFX2", "ignore": "AFX203"}, ["AFX101"]),
        ({"select": []}, []),
        ({"native_only": True}, ["AFX101"]),
        ({}, ["AFX101", "AFX203", "AFX501"]),
    ],
)
def test_rules_are_selected_and_ignored(known: dict[str, Any], left: list[str]) -> None:
    assert codes({WRONG: "false", "linkerd.io/inject": "true", "linkerd.io/zzz": ""}, **known) == left


def test_gates_hold_even_when_they_are_not_selected() -> None:
    assert fix(pod({WRONG: "true", WAIT: "5"}), select="AFX101").patch.patch == []


@pytest.mark.parametrize(
    ("known", "message"),
    [
        ({"release": "latest"}, "not a Linkerd release"),
        ({"kubernetes": "new"}, "not a Kubernetes version"),
        ({"select": "AFX999"}, "AFX999"),
        ({"ignore": "E501"}, "E501"),
        ({"wait_before_exit": -1}, "-1 seconds"),
        ({"wait_before_exit": "5"}, "5 seconds"),
        ({"release": 2.17}, "release must be a string"),
        ({"kubernetes": 1.30}, "kubernetes must be a string"),
        ({"select": ""}, "no codes are given"),
        ({"select": [101]}, "no rule has the code '101'"),
        ({"namespace": "shop"}, "namespace must be a Namespace object or its annotations, not str"),
    ],
)
def test_nonsense_is_a_clear_error(known: dict[str, Any], message: str) -> None:
    with pytest.raises(AutofixError, match=message):
        fix(pod(), **known)


def test_a_custom_resource_with_several_templates() -> None:
    fleet = {"apiVersion": "example.com/v1", "kind": "Fleet", "metadata": {}, "spec": {}}
    obj = {**fleet, "spec": {"a": [template({WRONG: "true"}), template()], "b": template({WRONG: "no"})}}
    after = {**fleet, "spec": {"a": [template({ALPHA: "true"}), template()], "b": template({ALPHA: "false"})}}
    assert fix(obj).object == after


def test_quoting_alone_changes_nothing_that_runs() -> None:
    result = fix(pod({"linkerd.io/inject": True}))
    assert result.patch.patch
    assert not result.changes_injection


def test_the_unchanged_rest_is_shared_and_not_copied() -> None:
    obj = pod({WRONG: "true"})
    assert fix(obj).object["spec"] is obj["spec"]  # type: ignore[index]


def test_a_key_that_is_no_string_is_left_where_it_is() -> None:
    obj = pod({WRONG: "true"})
    obj["metadata"]["annotations"][5] = True
    assert fix(obj).object["metadata"]["annotations"] == {ALPHA: "true", 5: True}  # type: ignore[index]


def test_many_keys_cost_no_more_than_they_should() -> None:
    annotations = {f"linkerd.io/native-sidecar-{number}": "true" for number in range(3_000)}
    assert fix(pod(annotations)).object == pod({ALPHA: "true"})


def test_the_release_may_be_parsed_before() -> None:
    release = autofix.parse_release(ALPHA_ERA)
    assert autofix.fix(pod({WRONG: "true"}), release=release).object == pod({ALPHA: "true"})
