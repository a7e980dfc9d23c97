"""Objects inside lists."""

from __future__ import annotations

from typing import Any

import pytest
from builders import WAIT, WRONG, Object, a_list, namespace, pod, workload
from fixing import fix

from autofix.kubernetes.lists import objects_in
from autofix.kubernetes.pointer import pointer


def found(obj: object) -> list[tuple[str, object]]:
    return [(pointer(path), item.get("kind")) for path, item in objects_in(obj)]


@pytest.mark.parametrize("kind", ["List", "ResourceList", "DeploymentList", "AnythingList"])
def test_a_lists_items_are_its_objects(kind: str) -> None:
    obj = {"apiVersion": "v1", "kind": kind, "items": [pod(), workload()]}
    assert found(obj) == [("/items/0", "Pod"), ("/items/1", "Deployment")]


def test_items_without_kind_get_their_lists() -> None:
    bare: Object = {"metadata": {}, "spec": {}}
    [(_, item)] = objects_in({"apiVersion": "apps/v1", "kind": "DeploymentList", "items": [bare]})
    assert item == {**bare, "apiVersion": "apps/v1", "kind": "Deployment"}
    assert found(a_list(bare)) == [("/items/0", None)]


def test_lists_in_lists() -> None:
    assert found(a_list(a_list(pod()), pod())) == [("/items/0/items/0", "Pod"), ("/items/1", "Pod")]


@pytest.mark.parametrize(
    "obj", [None, 5, "x", [], [pod()], a_list(), {"kind": "List", "items": [5, None, "x", []]}]
)
def test_what_is_no_object_has_none(obj: object) -> None:
    assert found(obj) == []


@pytest.mark.parametrize(
    "obj", [{"kind": "List"}, {"kind": "List", "items": {}}, {"kind": "List", "items": None}]
)
def test_a_list_without_items_is_an_object(obj: dict[str, Any]) -> None:
    assert found(obj) == [("", "List")]


def nested(depth: int) -> dict[str, Any]:
    obj = pod()
    for _ in range(depth):
        obj = {"kind": "List", "items": [obj]}
    return obj


def test_hostile_nesting_is_opened_only_so_far() -> None:
    assert found(nested(32)) == [("/items/0" * 32, "Pod")]
    deep = nested(50_000)
    assert [kind for _, kind in found(deep)] == ["List"]
    while "items" in deep:  # Freed level by level, or Python's own recursion frees it.
        deep = deep.pop("items")[0]


HOLDERS: list[tuple[str, str, list[str]]] = [
    ("work.open-cluster-management.io/v1", "ManifestWork", ["spec", "workload", "manifests"]),
    ("template.openshift.io/v1", "Template", ["objects"]),
    ("triggers.tekton.dev/v1beta1", "TriggerTemplate", ["spec", "resourcetemplates"]),
]


@pytest.mark.parametrize(("version", "kind", "place"), HOLDERS)
def test_whole_objects_in_a_custom_resource_stand_behind_it(
    version: str, kind: str, place: list[str]
) -> None:
    inner: object = [pod(), 5, workload()]
    for part in reversed(place):
        inner = {part: inner}
    assert isinstance(inner, dict)
    path = "/" + "/".join(place)
    assert found({"apiVersion": version, "kind": kind, **inner}) == [
        ("", kind),
        (f"{path}/0", "Pod"),
        (f"{path}/2", "Deployment"),
    ]
    # Another project's kind of the same name holds none.
    assert found({"apiVersion": "example.com/v1", "kind": kind, **inner}) == [("", kind)]


def test_a_namespace_in_a_custom_resource_counts_for_the_pods_beside_it() -> None:
    waiting = {**namespace({WAIT: "5"}), "metadata": {"name": "shop", "annotations": {WAIT: "5"}}}
    inner = {**pod({WRONG: "true"}), "metadata": {"namespace": "shop", "annotations": {WRONG: "true"}}}
    work = {
        "apiVersion": "work.open-cluster-management.io/v1",
        "kind": "ManifestWork",
        "metadata": {"namespace": "cluster1"},
        "spec": {"workload": {"manifests": [inner]}},
    }
    assert fix(work).operations
    work["spec"] = {"workload": {"manifests": [waiting, inner]}}
    assert not fix(work).operations
