"""AFX303: on a kind where Linkerd never looks."""

from __future__ import annotations

from typing import Any

import pytest
from builders import ALPHA, WRONG, pod, template, workload
from fixing import codes, fix, found


def of_kind(version: str, kind: str, annotations: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": "web", "annotations": annotations}}


KINDS = [
    ("v1", "Service"),
    ("v1", "ServiceAccount"),
    ("v1", "ConfigMap"),
    ("postgresql.cnpg.io/v1", "Cluster"),
]


PLACES = {"Cluster": "at spec.inheritedMetadata.annotations"}


@pytest.mark.parametrize(("version", "kind"), KINDS)
@pytest.mark.parametrize("key", [ALPHA, WRONG])
def test_it_is_shown_and_never_changed(version: str, kind: str, key: str) -> None:
    obj = of_kind(version, kind, {key: "true"})
    [finding] = found(obj, "AFX303")
    assert finding.applicability == "display"
    place = PLACES.get(kind, "on the pods or their Namespace")
    assert finding.message == f"Linkerd does not read {key} on a {kind}; set it {place}"
    assert not fix(obj, unsafe=True).patch.patch


def test_with_several_templates_nobody_knows_which_was_meant() -> None:
    obj = of_kind("example.com/v1", "Fleet", {ALPHA: "true"})
    obj["spec"] = {"first": template(), "second": template()}
    assert codes(obj) == ["AFX303"]


@pytest.mark.parametrize(
    "obj",
    [
        *(of_kind(version, kind, {"linkerd.io/inject": "enabled"}) for version, kind in KINDS),
        of_kind(
            "v1",
            "Service",
            {"config.linkerd.io/opaque-ports": "3306", "dapr.io/enable-native-sidecar": "true"},
        ),
        pod({ALPHA: "true"}),
        workload(own={ALPHA: "true"}),
        # No kind: nobody knows what this is.
        {"metadata": {"annotations": {ALPHA: "true"}}},
    ],
)
def test_other_keys_and_kinds_are_left_alone(obj: dict[str, Any]) -> None:
    assert "AFX303" not in codes(obj)
