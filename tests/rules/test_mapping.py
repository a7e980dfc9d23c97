"""Every row of the table of mistakes: the wrong ones repaired in every era, the near misses untouched."""

from __future__ import annotations

import json
from typing import Any

import pytest
from builders import (
    ALPHA,
    BETA,
    ERAS,
    GA,
    KEYS,
    WAIT,
    a_list,
    namespace,
    pod,
    pod_annotations,
    template,
    workload,
)
from fixing import codes, fix, fixed
from paths import DATA

MAPPING = json.loads((DATA / "mapping.json").read_text())
SURE = [row for row in MAPPING["keys"] if row["confidence"] >= 0.85]
UNSURE = [row for row in MAPPING["keys"] if row["confidence"] < 0.85]
FEATURED = ("alpha", "beta", "ga")


def target_of(row: dict[str, Any], era: str, level: str) -> str:
    """The key that a row names for an era and a level; the row's own where it says keep."""
    right: str = row["right_by_era"][era]
    if right.startswith("pod: keep"):
        right = "keep" if level == "pod" else right.rpartition(" ")[2]
    return wrong(row) if right == "keep" else right


def wrong(row: dict[str, Any]) -> str:
    return str(row["wrong"])


@pytest.mark.parametrize("value", ["true", "false"])
@pytest.mark.parametrize("era", FEATURED)
@pytest.mark.parametrize("row", SURE, ids=wrong)
def test_a_wrong_key_on_a_pod(row: dict[str, Any], era: str, value: str) -> None:
    assert fixed({row["wrong"]: value}, release=ERAS[era]) == {target_of(row, era, "pod"): value}


@pytest.mark.parametrize("value", ["true", "false"])
@pytest.mark.parametrize("era", FEATURED)
@pytest.mark.parametrize("row", SURE, ids=wrong)
def test_a_wrong_key_on_a_namespace(row: dict[str, Any], era: str, value: str) -> None:
    result = fix(namespace({row["wrong"]: value}), release=ERAS[era])
    assert pod_annotations(result.object) == {target_of(row, era, "namespace"): value}


@pytest.mark.parametrize("make", [pod, namespace])
@pytest.mark.parametrize("row", MAPPING["keys"], ids=wrong)
def test_without_the_feature_nothing_is_written(row: dict[str, Any], make: Any) -> None:
    assert row["right_by_era"]["none"] is None
    assert not fix(make({row["wrong"]: "yes"}), release=ERAS["none"], unsafe=True).patch.patch


@pytest.mark.parametrize("release", [*ERAS.values(), None])
@pytest.mark.parametrize("make", [pod, namespace])
@pytest.mark.parametrize("row", UNSURE, ids=wrong)
def test_an_unsure_key_is_only_reported(row: dict[str, Any], make: Any, release: str | None) -> None:
    assert "AFX107" in codes(make({row["wrong"]: "true"}), release=release)
    assert not fix(make({row["wrong"]: "true"}), release=release, unsafe=True).patch.patch


def test_the_tables_rows_of_values_are_the_ones_tested_here() -> None:
    assert [row["wrong"] for row in MAPPING["values"]] == [row[0] for row in VALUES]


VALUES: list[tuple[str, list[object], str | None]] = [
    ("true (YAML/JSON boolean)", [True], "true"),
    ("false (YAML/JSON boolean)", [False], "false"),
    ("enabled", ["enabled"], "true"),
    ("disabled", ["disabled"], "false"),
    ("enable|yes|y|on", ["enable", "yes", "y", "on"], "true"),
    ("disable|no|n|off", ["disable", "no", "n", "off"], "false"),
    (
        "leading/trailing whitespace, tRUE/fALSE, embedded quotes",
        [" true", "true ", "true\n", "tRUE", '"true"', "'true'"],
        "true",
    ),
    (
        "1|t|T|TRUE|True|0|f|F|FALSE|False (strings)",
        [*"1tT0fF", "TRUE", "True", "FALSE", "False"],
        "as it is",
    ),
    ('"" or anything else', ["", "maybe", "2", "null"], None),
]


@pytest.mark.parametrize("key", [ALPHA, "config.linkerd.io/proxy-native-sidecar"])
@pytest.mark.parametrize("era", FEATURED)
@pytest.mark.parametrize(("row", "values", "right"), VALUES, ids=[row[0] for row in VALUES])
def test_a_wrong_value(row: str, values: list[object], right: str | None, era: str, key: str) -> None:
    target = ALPHA if key == ALPHA else KEYS[era]
    for value in values:
        before = {key: value}
        after = {target: value if right == "as it is" else right} if right else before
        assert fixed(before, release=ERAS[era]) == after


PLACES = [row["wrong"] for row in MAPPING["placement"]]


def on_template_spec() -> dict[str, Any]:
    obj = workload()
    obj["spec"]["template"]["spec"]["annotations"] = {ALPHA: "true"}
    return obj


def with_label(obj: dict[str, Any]) -> dict[str, Any]:
    obj["metadata"]["labels"] = {ALPHA: "true"}
    return obj


def between(*path: str) -> dict[str, Any]:
    obj = workload("CronJob")
    node = obj["spec"]
    for part in path:
        node = node[part]
    node["metadata"] = {"annotations": {ALPHA: "true"}}
    return obj


MOVED = {
    PLACES[0]: [
        workload(kind, own={ALPHA: "true"})
        for kind in ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job")
    ],
    PLACES[1]: [
        workload("CronJob", own={ALPHA: "true"}),
        between("jobTemplate"),
        between("jobTemplate", "spec"),
    ],
    PLACES[2]: [on_template_spec()],
    PLACES[3]: [with_label(pod()), with_label(namespace()), with_label(workload())],
}
SHOWN = {
    PLACES[4]: [
        {"apiVersion": "v1", "kind": kind, "metadata": {"annotations": {ALPHA: "true"}}}
        for kind in ("Service", "ServiceAccount", "ConfigMap")
    ],
    PLACES[5]: [
        {
            "apiVersion": "postgresql.cnpg.io/v1",
            "kind": "Cluster",
            "metadata": {"annotations": {ALPHA: "true"}},
        }
    ],
}
# Not Kubernetes objects: they belong to the fixing of files.
ELSEWHERE = {PLACES[6], PLACES[7]}


def test_the_tables_rows_of_places_are_the_ones_tested_here() -> None:
    assert set(PLACES) == {*MOVED, *SHOWN, *ELSEWHERE}


@pytest.mark.parametrize(("row", "objects"), MOVED.items(), ids=MOVED)
def test_a_wrong_place_is_left_only_with_unsafe_fixes(row: str, objects: list[dict[str, Any]]) -> None:
    for obj in objects:
        assert not fix(obj).patch.patch
        assert pod_annotations(fix(obj, unsafe=True).object) == {ALPHA: "true"}


@pytest.mark.parametrize(("row", "objects"), SHOWN.items(), ids=SHOWN)
def test_a_place_that_linkerd_never_reads_is_only_reported(row: str, objects: list[dict[str, Any]]) -> None:
    for obj in objects:
        assert not fix(obj, unsafe=True).patch.patch
        assert "AFX303" in codes(obj)


NEAR_MISSES: dict[str, dict[str, str]] = {
    "sidecar.istio.io/nativeSidecar": {},
    "dapr.io/enable-native-sidecar": {},
    "dynamic-config.rs/native-sidecar": {},
    "native-sidecar=true in config.properties": {"native-sidecar": "true"},
    "any key whose domain is not linkerd.io or *.linkerd.io": {
        "notlinkerd.io/native-sidecar": "yes",
        "linkerd.io.example.com/proxy-enable-native-sidecar": "yes",
    },
    "config.linkerd.io/enable-debug-sidecar": {},
    "config.alpha.linkerd.io/proxy-wait-before-exit-seconds": {WAIT: "30"},
    "config.linkerd.io/proxy-await": {"config.linkerd.io/proxy-await": "enabled"},
    "config.linkerd.io/proxy-admin-shutdown": {"config.linkerd.io/proxy-admin-shutdown": "enabled"},
    "linkerd.io/inject": {"linkerd.io/inject": "ingress"},
    "config.linkerd.io/shutdown-grace-period": {"config.linkerd.io/shutdown-grace-period": "30s"},
    "config.linkerd.io/enable-gateway": {},
    "config.linkerd.io/enable-external-profiles": {},
    "config.linkerd.io/proxy-enable-native-sidecar on >= edge-26.5.2": {GA: "true"},
    "config.beta... on a pod on >= edge-25.10.2": {BETA: "true"},
    "config.alpha... on >= edge-23.11.4": {ALPHA: "true"},
    "config.linkerd.io/admission-webhooks": {"config.linkerd.io/admission-webhooks": "disabled"},
    "linkerd.io/created-by, linkerd.io/proxy-version, linkerd.io/trust-root-sha256": {
        "linkerd.io/created-by": "linkerd/proxy-injector edge-26.6.3",
        "linkerd.io/proxy-version": "v2.300.0",
        "linkerd.io/trust-root-sha256": "0a1b",
    },
    "viz.linkerd.io/tap-enabled, viz.linkerd.io/disable-tap, jaeger.linkerd.io/*, balancer.*, retry.*, "
    "timeout.*, mirror.*, multicluster.*": {
        "viz.linkerd.io/tap-enabled": "true",
        "viz.linkerd.io/disable-tap": "true",
        "jaeger.linkerd.io/x": "true",
        "balancer.alpha.linkerd.io/x": "yes",
        "retry.linkerd.io/http": "5xx",
        "timeout.linkerd.io/request": "1s",
        "mirror.linkerd.io/exported": "true",
        "multicluster.linkerd.io/x": "true",
    },
    "text in descriptions, ConfigMap data, kubectl.kubernetes.io/last-applied-configuration": {
        "kubectl.kubernetes.io/last-applied-configuration": '{"linkerd.io/native-sidecar": true}',
        "description": "set config.linkerd.io/proxy-native-sidecar: true",
    },
}
# A bare Pod that runs already is looked at on a live cluster.
LIVE = "pods (live)"


def test_the_tables_near_misses_are_the_ones_tested_here() -> None:
    assert {row["key"] for row in MAPPING["near_misses"]} == {*NEAR_MISSES, LIVE}


@pytest.mark.parametrize("release", ["edge-26.5.2", "2.20"])
@pytest.mark.parametrize(("row", "annotations"), NEAR_MISSES.items(), ids=list(NEAR_MISSES))
def test_a_near_miss_is_left_alone(row: str, annotations: dict[str, str], release: str) -> None:
    annotations = annotations or {row: "true"}
    objects = [pod(annotations), workload("Deployment", annotations), workload("CronJob", annotations)]
    if "on a pod" not in row:
        objects.append(namespace(annotations))
    for obj in objects:
        assert not fix(obj, release=release).patch.patch


def test_strings_inside_other_objects_are_left_alone() -> None:
    payload = "metadata:\n  annotations:\n    config.linkerd.io/proxy-native-sidecar: true\n"
    config = {"apiVersion": "v1", "kind": "ConfigMap", "data": {"pod.yaml": payload}}
    schema = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "x"},
        "spec": {
            "versions": [{"schema": {"properties": {"t": template({"linkerd.io/native-sidecar": "true"})}}}]
        },
    }
    assert fix(a_list(config, schema), unsafe=True).object == a_list(config, schema)
