"""The table of other projects' kinds: each row, with an object that has a wrong key at its places."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import yaml
from builders import ALPHA, WRONG
from fixing import fix
from paths import DATA

from autofix.kubernetes.custom_kinds import CustomKind, Pattern, custom_kind, table, values_at, written
from autofix.kubernetes.lists import objects_in
from autofix.kubernetes.locations import Role, locations_of
from autofix.kubernetes.pointer import Path, get

OBJECTS: list[dict[str, Any]] = yaml.safe_load((DATA / "custom_kinds.yaml").read_text())[1:]
NAMES = [f"{obj['kind']}.{obj['apiVersion']}" for obj in OBJECTS]
MANY = [row for row in table().items() if row[0][0] is not None]


def expected(node: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Where the key stands, and what its value says of the place."""
    if isinstance(node, dict):
        if WRONG in node:
            yield path, node[WRONG]
        for name, child in node.items():
            yield from expected(child, (*path, name))
    elif isinstance(node, list):
        for index, child in enumerate(node):
            yield from expected(child, (*path, index))


@pytest.mark.parametrize("obj", OBJECTS, ids=NAMES)
def test_each_place_is_taken_for_what_it_is(obj: dict[str, Any]) -> None:
    roles = {
        (*base, *location.path): location.role.name.lower()
        for base, item in objects_in(obj)
        for location in locations_of(item)
    }
    for path, role in expected(obj):
        assert (path, roles.get(path)) == (path, role)


def rows() -> Iterator[tuple[str, str, str, Pattern]]:
    for (group, kind), row in MANY:
        for name in CustomKind._fields:
            for pattern in getattr(row, name):
                yield str(group), kind, name, pattern


@cache
def visited() -> set[tuple[str, Pattern]]:
    """The rows' paths that some object has, by the row."""
    return {
        (repr(row), pattern)
        for obj in OBJECTS
        for _, item in objects_in(obj)
        if (row := custom_kind(str(item["apiVersion"]).rpartition("/")[0], str(item["kind"])))
        for name in CustomKind._fields
        for pattern in getattr(row, name)
        if any(True for _ in values_at(item, pattern))
    }


@pytest.mark.parametrize(("group", "kind", "name", "pattern"), list(rows()))
def test_each_path_of_the_table_has_an_object(group: str, kind: str, name: str, pattern: Pattern) -> None:
    assert name in CustomKind._fields
    assert (repr(custom_kind(group, kind)), pattern) in visited()


def test_each_kind_of_the_table_has_an_object() -> None:
    names = {(item["apiVersion"].rpartition("/")[0], item["kind"]) for obj in OBJECTS for item in inner(obj)}
    # A row may name several groups and kinds, each pair of which it then has.
    lone = {(group, kind) for (group, kind), _ in MANY if not str(group).endswith(".k8s.elastic.co")}
    assert lone <= names


def inner(obj: dict[str, Any]) -> list[Any]:
    return [item for _, item in objects_in(obj)]


@pytest.mark.parametrize("obj", OBJECTS, ids=NAMES)
def test_what_pods_and_namespaces_get_is_repaired_and_nothing_else(obj: dict[str, Any]) -> None:
    patched = fix(with_value(obj, "true")).object
    for path, role in expected(obj):
        is_read = role in ("pod", "namespace")
        assert get(patched, path) == {ALPHA if is_read else WRONG: "true"}, path


@pytest.mark.parametrize("obj", OBJECTS, ids=NAMES)
def test_a_wrong_key_is_never_passed_over(obj: dict[str, Any]) -> None:
    places = {finding.path[:-1] for finding in fix(with_value(obj, "true")).findings if finding.key}
    assert {path for path, _ in expected(obj)} <= places


def with_value(node: Any, value: object) -> Any:
    if isinstance(node, dict):
        return {name: value if name == WRONG else with_value(child, value) for name, child in node.items()}
    return [with_value(child, value) for child in node] if isinstance(node, list) else node


def test_each_row_says_where_its_facts_come_from() -> None:
    text = (DATA.parents[1] / "autofix/kubernetes/custom_kinds.json").read_text()
    assert text.count('"source": "') == text.count('"kinds": [') - 1
    assert not re.search(r'"source": "[^",:]*"', text)


@pytest.mark.parametrize("kind", ["Service", "Cluster", "Kustomization", "Application", "Tenant"])
def test_a_name_that_others_use_too_says_nothing_without_a_group(kind: str) -> None:
    assert custom_kind(None, kind) is None


def test_a_patch_without_a_group_goes_by_a_name_that_nobody_else_has() -> None:
    assert custom_kind(None, "Rollout") is custom_kind("argoproj.io", "Rollout")


def test_a_pattern_is_written_as_it_stands_in_the_table() -> None:
    row = custom_kind("argoproj.io", "Workflow")
    assert row is not None
    assert written(row.pods[2]) == "spec.templates[].metadata.annotations"
    assert written(row.pods[4]) == "spec.templates[].steps[][].inline.metadata.annotations"


@pytest.mark.parametrize(
    "spec",
    [
        {"config": {"extraPodAnnotations": "a=b,c=d"}},
        {"config": {"extraPodAnnotations": None}},
        {"config": []},
        {"config": {"extraPodAnnotations": [1]}},
        {"patches": {"patch": {"spec": {}}}},
        {"patches": [None, 1, {"patch": "text"}]},
        None,
        5,
    ],
)
def test_another_shape_is_no_place_and_no_error(spec: object) -> None:
    obj = {"apiVersion": "authzed.com/v1alpha1", "kind": "SpiceDBCluster", "metadata": {}, "spec": spec}
    assert [location.role for location in locations_of(obj)] == [Role.OTHER, Role.OTHER_LABELS]
    assert fix(obj).findings == ()


@pytest.mark.parametrize(
    ("obj", "place"),
    [
        ({"apiVersion": "tekton.dev/v1", "kind": "TaskRun", "metadata": {}}, ("metadata",)),
        (
            {"apiVersion": "monitoring.coreos.com/v1", "kind": "Prometheus", "spec": {"podMetadata": {}}},
            ("spec", "podMetadata"),
        ),
        (
            {
                "apiVersion": "capsule.clastix.io/v1beta2",
                "kind": "Tenant",
                "spec": {"namespaceOptions": {"additionalMetadata": {}}},
            },
            ("spec", "namespaceOptions", "additionalMetadata"),
        ),
    ],
)
def test_labels_beside_such_annotations_are_labels(obj: dict[str, Any], place: Path) -> None:
    metadata: Any = get(obj, place)
    metadata["labels"] = {ALPHA: "true"}
    [finding] = [finding for finding in fix(obj).findings if finding.code == "AFX302"]
    assert finding.path == (*place, "labels", ALPHA)
    moved: Any = get(fix(obj, unsafe=True).object, place)
    assert moved == {"labels": {}, "annotations": {ALPHA: "true"}}
