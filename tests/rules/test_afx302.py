"""AFX302: among the labels, or inside the pod spec."""

from __future__ import annotations

from typing import Any

import pytest
from builders import ALPHA, WRONG, namespace, pod, pod_annotations, workload
from fixing import codes, fix, found


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
