"""Objects inside lists."""

from __future__ import annotations

from typing import Any

import pytest
from builders import Object, a_list, pod, workload

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
