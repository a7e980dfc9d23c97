"""Where annotations stand in each kind of object."""

from __future__ import annotations

from typing import Any

import pytest
from builders import TEMPLATES, namespace, pod, template, workload
from hypothesis import given
from hypothesis import strategies as st

from autofix.kubernetes.locations import Role, kind_of, locations_of, malformed_in, name_of, sound
from autofix.kubernetes.pointer import pointer


def places(obj: dict[str, Any], role: Role) -> list[str]:
    return [pointer(location.path) for location in locations_of(obj) if location.role is role]


def custom(**spec: Any) -> dict[str, Any]:
    return {"apiVersion": "example.com/v1", "kind": "Fleet", "metadata": {}, "spec": spec}


@pytest.mark.parametrize("kind", TEMPLATES)
def test_the_pods_annotations_of_each_kind(kind: str) -> None:
    _, path = TEMPLATES[kind]
    assert places(workload(kind), Role.POD) == [pointer((*path, "metadata", "annotations"))]
    assert places(workload(kind), Role.WORKLOAD)[0] == "/metadata/annotations"
    assert places(workload(kind), Role.STRAY) == [pointer((*path, "spec", "annotations"))]


def test_a_pod_and_a_namespace_carry_their_own() -> None:
    assert places(pod(), Role.POD) == ["/metadata/annotations"]
    assert places(namespace(), Role.NAMESPACE) == ["/metadata/annotations"]
    assert places(pod(), Role.WORKLOAD) == places(namespace(), Role.WORKLOAD) == []


def test_a_cronjob_has_metadata_on_the_way() -> None:
    assert places(workload("CronJob"), Role.WORKLOAD) == [
        "/metadata/annotations",
        "/spec/jobTemplate/metadata/annotations",
        "/spec/jobTemplate/spec/metadata/annotations",
    ]


@pytest.mark.parametrize(
    ("spec", "paths"),
    [
        ({"template": template()}, ["/spec/template/metadata/annotations"]),
        (
            {"a": {"b": [template(), template()]}},
            ["/spec/a/b/0/metadata/annotations", "/spec/a/b/1/metadata/annotations"],
        ),
        (
            {"template": {"metadata": None, "spec": {"containers": []}}},
            ["/spec/template/metadata/annotations"],
        ),
        # No template: without metadata, without containers, or with containers that are no list.
        ({"template": {"spec": {"containers": []}}}, []),
        ({"template": {"metadata": {}, "spec": {}}}, []),
        ({"template": {"metadata": {}, "spec": {"containers": {}}}}, []),
        ({"template": {"metadata": {}, "spec": None}}, []),
    ],
)
def test_templates_in_custom_resources(spec: dict[str, Any], paths: list[str]) -> None:
    assert places(custom(**spec), Role.POD) == paths


@pytest.mark.parametrize(
    ("version", "kind", "looked_into"),
    [
        ("argoproj.io/v1alpha1", "Rollout", True),
        ("kubevirt.io/v1", "VirtualMachine", True),
        ("jobset.x-k8s.io/v1", "JobSet", True),
        (None, "Rollout", True),
        # A group of somebody else's may use the name of a built-in kind.
        ("serving.knative.dev/v1", "Deployment", True),
        ("apiextensions.k8s.io/v1", "CustomResourceDefinition", False),
        ("v1", "ConfigMap", False),
        ("apps/v1", "ControllerRevision", False),
    ],
)
def test_only_custom_resources_are_searched_for_templates(
    version: str | None, kind: str, looked_into: bool
) -> None:
    obj = {"apiVersion": version, "kind": kind, "metadata": {}, "spec": {"template": template()}}
    if version is None:
        del obj["apiVersion"]
    assert bool(places(obj, Role.POD)) is looked_into


def test_what_a_server_reports_of_an_object_is_not_searched() -> None:
    obj = {**custom(), "status": {"template": template()}}
    obj["metadata"] = {"x": template()}
    assert places(obj, Role.POD) == []


def test_a_template_without_kind_is_one_itself() -> None:
    assert places(template(), Role.POD) == ["/metadata/annotations"]


def test_extreme_nesting_is_searched_only_so_far() -> None:
    deep: Any = template()
    for _ in range(100_000):
        deep = {"a": deep}
    assert places(custom(deep=deep), Role.POD) == []
    while isinstance(deep, dict):  # Freed level by level, or Python's own recursion frees it.
        deep = deep.pop("a", None)


@pytest.mark.parametrize("depth", [65, 300, 990])
def test_a_template_is_found_as_deep_as_files_are_read(depth: int) -> None:
    deep: Any = template()
    for _ in range(depth):
        deep = {"a": deep}
    assert places(custom(deep=deep), Role.POD) == ["/spec/deep" + "/a" * depth + "/metadata/annotations"]


def test_of_many_deep_templates_only_so_many_are_searched() -> None:
    deep: Any = [template() for _ in range(1000)]
    for _ in range(900):
        deep = {"a": deep}
    assert 0 < len(places(custom(deep=deep), Role.POD)) < 100
    assert len(places(custom(deep=[template() for _ in range(1000)]), Role.POD)) == 1000


@pytest.mark.parametrize(
    "obj",
    [
        {},
        {"kind": 5},
        {"kind": "Pod", "apiVersion": 5},
        {"kind": None},
        {"kind": "Namespace", "apiVersion": "x/v1"},
    ],
)
def test_nothing_needs_to_be_well_formed(obj: dict[str, Any]) -> None:
    assert isinstance(locations_of(obj), tuple)
    assert kind_of(obj) in ("", "Pod", "Namespace")


@pytest.mark.parametrize(
    ("metadata", "name"),
    [
        ({"namespace": "shop", "name": "web"}, ("shop", "web")),
        ({"generateName": "web-"}, ("", "web-")),
        ({"name": 5, "namespace": []}, ("", "")),
        (None, ("", "")),
        ("x", ("", "")),
    ],
)
def test_an_object_is_called_what_it_says(metadata: object, name: tuple[str, str]) -> None:
    assert name_of({"metadata": metadata}) == name


def test_slots_behind_broken_places_are_left_out() -> None:
    obj = workload("CronJob")
    obj["spec"]["jobTemplate"]["spec"]["template"] = 5
    broken = malformed_in(obj, locations_of(obj))
    assert [(pointer(place.path), place.type_name) for place in broken] == [
        ("/spec/jobTemplate/spec/template", "int")
    ]
    kept = sound(locations_of(obj), broken)
    assert {location.role for location in kept} == {Role.WORKLOAD, Role.LABELS}
    assert {location.home for location in kept} == {None}


nested: st.SearchStrategy[Any] = st.recursive(
    st.sampled_from([0, "", "text", None, template(), {"metadata": {}, "spec": {"containers": []}}, {}, []]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["kind", "metadata", "spec", "status", "a"]), inner, max_size=3)
    ),
    max_leaves=20,
)


def templates_below(node: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Where the pod templates stand, word for word as anatomy's docstrings say it."""
    if isinstance(node, dict):
        spec = node.get("spec")
        has_kind = isinstance(node.get("kind"), str) and node["kind"]
        holds = isinstance(spec, dict) and isinstance(spec.get("containers"), list)
        if "metadata" in node and holds and (path or not has_kind):
            return [path]
        pairs = [pair for pair in node.items() if path or pair[0] not in ("metadata", "status")]
    else:
        pairs = list(enumerate(node)) if isinstance(node, list) else []
    return [found for key, child in pairs for found in templates_below(child, (*path, key))]


@given(st.dictionaries(st.sampled_from(["spec", "metadata", "status", "template", "a"]), nested, max_size=4))
def test_every_template_of_a_custom_resource_is_found_in_its_order(parts: dict[str, Any]) -> None:
    obj = {"apiVersion": "example.com/v1", "kind": "Fleet", **parts}
    paths = [location.path for location in locations_of(obj) if location.role is Role.POD]
    assert paths == [(*path, "metadata", "annotations") for path in templates_below(obj)]
