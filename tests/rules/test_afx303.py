"""AFX303: where Linkerd does not look, or perhaps does not."""

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


@pytest.mark.parametrize(
    "key",
    [
        "config.linkerd.io/prox:y-native-sidecar",
        "config.linkerd.io/proxy native sidecar",
        "config.linkerd.io/proxy:native:sidecar",
        "config.linkerd.io/a,native-sidecar",
        "x.config.linkerd.io/(native-sidecar)",
    ],
)
def test_a_key_with_odd_characters_is_shown_as_it_is(key: str) -> None:
    obj = of_kind("example.com/v1", "Fleet", {key: "true"})
    messages = [finding.message for finding in found(obj, "AFX303")]
    assert all(key in message for message in messages)
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


ONLY = "Linkerd reads annotations of pods and Namespaces only"


@pytest.mark.parametrize(
    ("annotations", "message"),
    [
        ({WRONG: "true"}, f"{ONLY}; if this Fleet hands {WRONG} on to pods, write {ALPHA}"),
        ({ALPHA: "yes"}, f'{ONLY}; if this Fleet hands {ALPHA} on to pods, write "true"'),
        ({ALPHA: "maybe"}, f'{ONLY}; if this Fleet hands {ALPHA} on to pods, write "true or false"'),
        (
            {f"+({WRONG})": "true"},
            f"{ONLY}; if this Fleet hands +({WRONG}) on to pods, write +({ALPHA})",
        ),
        (
            {f"driver.annotation.{WRONG}": "true"},
            f"{ONLY}; if this Fleet hands driver.annotation.{WRONG} on to pods, "
            f"write driver.annotation.{ALPHA}",
        ),
    ],
)
@pytest.mark.parametrize(
    "place", [["podMetadata", "annotations"], ["podAnnotations"], ["a", "pod_annotations"], ["annotations"]]
)
def test_in_an_unknown_custom_resource_it_says_what_a_person_needs_to_know(
    annotations: dict[str, str], message: str, place: list[str]
) -> None:
    obj = within(place, annotations)
    assert [finding.message for finding in found(obj, "AFX303")] == [message]
    assert codes(obj) == ["AFX303"]
    assert not fix(obj, unsafe=True).patch.patch


@pytest.mark.parametrize("release", ["2.15", "2.17", "2.20", None])
@pytest.mark.parametrize("annotations", [{ALPHA: "true"}, {"linkerd.io/inject": "enabled"}, {"a": "b"}, {}])
def test_what_may_be_right_there_is_no_finding(annotations: dict[str, str], release: str | None) -> None:
    assert codes(within(["podAnnotations"], annotations), release=release) == []


def test_on_the_unknown_custom_resource_itself_also_a_right_key_is_reported() -> None:
    obj = of_kind("example.com/v1", "Fleet", {ALPHA: "true"})
    [finding] = found(obj, "AFX303")
    assert finding.message == f"{ONLY}; {ALPHA} counts only if this Fleet hands it on to pods"


def test_a_boolean_in_an_unknown_custom_resource_is_quoted_only_in_its_own_metadata() -> None:
    [finding] = found(within(["podAnnotations"], {ALPHA: True}), "AFX201")
    assert finding.withheld == "autofix does not know what a Fleet makes of it"
    patched: Any = fix(of_kind("example.com/v1", "Fleet", {ALPHA: True})).object
    assert patched["metadata"]["annotations"] == {ALPHA: "true"}


def within(place: list[str], annotations: dict[str, Any]) -> dict[str, Any]:
    node: Any = annotations
    for part in reversed(place):
        node = {part: node}
    return {"apiVersion": "example.com/v1", "kind": "Fleet", "spec": node}
