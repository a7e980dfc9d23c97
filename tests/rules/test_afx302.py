"""AFX302: among the labels, or beside the annotations."""

from __future__ import annotations

from typing import Any

import pytest
from builders import ALPHA, WRONG, namespace, pod, pod_annotations, workload
from fixing import codes, fix, found

from autofix.kubernetes.pointer import get


def with_labels(obj: dict[str, Any], labels: dict[str, str]) -> dict[str, Any]:
    obj["metadata"]["labels"] = labels
    return obj


@pytest.mark.parametrize("make", [pod, namespace, workload])
@pytest.mark.parametrize("key", [ALPHA, WRONG])
def test_labels_become_annotations_only_with_unsafe_fixes(make: Any, key: str) -> None:
    obj = with_labels(make(), {"app": "web", key: "true"})
    assert not fix(obj).patch.patch
    [finding] = found(obj, "AFX302")
    assert finding.applicability == "unsafe"
    assert "among the labels" in finding.message
    patched: Any = fix(obj, unsafe=True).object
    assert patched["metadata"]["labels"] == {"app": "web"}
    assert pod_annotations(patched) == {ALPHA: "true"}


def test_labels_of_a_template() -> None:
    obj = workload()
    obj["spec"]["template"]["metadata"]["labels"] = {ALPHA: "true"}
    assert pod_annotations(fix(obj, unsafe=True).object) == {ALPHA: "true"}


@pytest.mark.parametrize("kind", ["Deployment", "CronJob"])
def test_annotations_inside_the_pod_spec(kind: str) -> None:
    obj = workload(kind)
    inner = (
        obj["spec"]["template"] if kind == "Deployment" else obj["spec"]["jobTemplate"]["spec"]["template"]
    )
    inner["spec"]["annotations"] = {"linkerd.io/inject": "enabled", ALPHA: "true", "a/b": "c"}
    assert len(found(obj, "AFX302")) == 2
    patched: Any = fix(obj, unsafe=True).object
    assert pod_annotations(patched) == {"linkerd.io/inject": "enabled", ALPHA: "true"}
    inner["spec"]["annotations"] = {"a/b": "c"}
    assert codes(obj) == []


@pytest.mark.parametrize(
    ("labels", "annotations"),
    [({ALPHA: "true"}, {ALPHA: "false"}), ({ALPHA: "true"}, {WRONG: "no"}), ({ALPHA: ""}, {})],
)
def test_it_is_withheld_where_it_would_contradict(
    labels: dict[str, str], annotations: dict[str, str]
) -> None:
    obj = with_labels(pod(annotations), labels)
    assert found(obj, "AFX302")[0].withheld
    assert fix(obj, unsafe=True).object["metadata"]["labels"] == labels  # type: ignore[index]


@pytest.mark.parametrize(
    "obj",
    [
        with_labels(namespace(), {"config.linkerd.io/admission-webhooks": "disabled"}),
        with_labels(
            namespace(), {"linkerd.io/is-control-plane": "true", "linkerd.io/control-plane-ns": "linkerd"}
        ),
        with_labels(pod(), {"linkerd.io/control-plane-ns": "linkerd", "linkerd.io/workload-ns": "shop"}),
        with_labels(pod(), {"example.com/native-sidecar": "true"}),
    ],
)
def test_real_labels_are_left_alone(obj: dict[str, Any]) -> None:
    assert codes(obj) == []


STRAYS = [
    ("Deployment", ("spec", "podAnnotations")),
    ("Deployment", ("spec", "annotations")),
    ("Deployment", ("spec", "metadata", "annotations")),
    ("StatefulSet", ("annotations",)),
    ("DaemonSet", ("spec", "template", "annotations")),
    ("Job", ("spec", "template", "podAnnotations")),
    ("CronJob", ("spec", "jobTemplate", "annotations")),
    ("CronJob", ("spec", "jobTemplate", "spec", "template", "annotations")),
    ("CronJob", ("spec", "podAnnotations")),
    ("CronJob", ("spec", "metadata", "annotations")),
]


def with_stray(obj: dict[str, Any], path: tuple[str, ...], annotations: object) -> dict[str, Any]:
    node = obj
    for part in path[:-1]:
        node = node.setdefault(part, {})
    node[path[-1]] = annotations
    return obj


@pytest.mark.parametrize(("kind", "path"), STRAYS)
def test_annotations_beside_the_metadata_move_only_with_unsafe_fixes(
    kind: str, path: tuple[str, ...]
) -> None:
    obj = with_stray(workload(kind), path, {WRONG: "true", "example.com/a": "b"})
    assert not fix(obj).patch.patch
    [finding] = found(obj, "AFX302")
    assert f"at /{'/'.join(path)}; move it to /spec/" in finding.message
    patched: Any = fix(obj, unsafe=True).object
    assert pod_annotations(patched) == {ALPHA: "true"}
    assert get(patched, path) == {"example.com/a": "b"}


@pytest.mark.parametrize("make", [pod, namespace])
def test_annotations_at_the_top_of_an_object(make: Any) -> None:
    patched: Any = fix(with_stray(make(), ("annotations",), {WRONG: "true"}), unsafe=True).object
    assert patched["metadata"]["annotations"] == {ALPHA: "true"}


@pytest.mark.parametrize("annotations", [None, "text", 5, [], [{WRONG: "true"}], {}, {"example.com/a": "b"}])
@pytest.mark.parametrize(("kind", "path"), STRAYS)
def test_other_things_beside_the_metadata_are_left_alone(
    kind: str, path: tuple[str, ...], annotations: object
) -> None:
    assert fix(with_stray(workload(kind), path, annotations)).findings == ()


@pytest.mark.parametrize(
    "place", [("spec", "template", "metadata", "labels"), ("spec", "podLabels"), ("metadata", "labels")]
)
def test_labels_in_a_custom_resource_are_reported_and_never_moved(place: tuple[str, ...]) -> None:
    obj: dict[str, Any] = {"apiVersion": "example.com/v1", "kind": "Fleet"}
    with_stray(obj, place, {WRONG: "true"})
    [finding] = found(obj, "AFX302")
    assert "move it to the annotations of the pods" in finding.message
    assert not fix(obj, unsafe=True).patch.patch


@pytest.mark.parametrize("place", [("spec", "selector", "matchLabels"), ("spec", "podSelector", "labels")])
def test_a_selector_in_a_custom_resource_is_left_alone(place: tuple[str, ...]) -> None:
    obj: dict[str, Any] = {"apiVersion": "example.com/v1", "kind": "Fleet"}
    assert codes(with_stray(obj, place, {"linkerd.io/inject": "enabled"})) == []
