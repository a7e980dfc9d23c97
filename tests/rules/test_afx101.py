"""AFX101: a name that no release reads."""

from __future__ import annotations

import pytest
from builders import (
    ALPHA,
    ALPHA_ERA,
    BETA,
    BETA_ERA,
    GA,
    GA_ERA,
    NONE_ERA,
    WAIT,
    WRONG,
    namespace,
    pod,
    pod_annotations,
)
from fixing import codes, fix, fixed, found

TARGETS = [(ALPHA_ERA, ALPHA), (BETA_ERA, BETA), (GA_ERA, GA), (None, ALPHA)]


@pytest.mark.parametrize(("release", "target"), TARGETS)
@pytest.mark.parametrize("value", ["true", "false", "1", "F"])
def test_the_key_to_write_takes_its_place_with_the_same_value(release: str, target: str, value: str) -> None:
    assert fixed({"a": "b", WRONG: value, "c": "d"}, release=release) == {"a": "b", target: value, "c": "d"}


@pytest.mark.parametrize(("release", "target"), TARGETS)
def test_on_a_namespace_too(release: str, target: str) -> None:
    result = fix(namespace({WRONG: "true"}), release=release)
    assert pod_annotations(result.object) == {target: "true"}


@pytest.mark.parametrize(("value", "text"), [("yes", "true"), (" false", "false"), (True, "true"), (0, "0")])
def test_the_value_is_made_readable_at_the_same_time(value: object, text: str) -> None:
    assert fixed({WRONG: value}) == {ALPHA: text}


def test_the_finding_says_what_and_where() -> None:
    [finding] = found({WRONG: "true"}, "AFX101")
    assert finding.message == f"no release of Linkerd reads {WRONG}; use {ALPHA}"
    assert finding.pointer == "/metadata/annotations/config.linkerd.io~1proxy-native-sidecar"
    assert finding.severity == "error"
    assert finding.applicability == "safe"


def test_several_wrong_keys_that_agree_become_one() -> None:
    annotations = {WRONG: "true", "linkerd.io/native-sidecar": "yes", "linkerd.io/nativeSidecar": "1"}
    assert fixed(annotations) == {ALPHA: "true"}


@pytest.mark.parametrize(
    "annotations",
    [
        {WRONG: "true", "linkerd.io/native-sidecar": "false"},
        {WRONG: "true", ALPHA: "false"},
        {WRONG: "maybe"},
        {WRONG: ""},
        {WRONG: None},
        {WRONG: "true", ALPHA: "maybe"},
    ],
)
def test_without_one_clear_intent_nothing_is_changed(annotations: dict[str, object]) -> None:
    assert fixed(annotations) == annotations
    assert all(finding.withheld for finding in found(annotations, "AFX101"))
    assert found(annotations, "AFX101")


def test_the_namespaces_intent_is_written_on_the_pod() -> None:
    result = fix(pod(), namespace={WRONG: "true"})
    assert result.patch.patch == [{"op": "add", "path": "/metadata/annotations", "value": {ALPHA: "true"}}]
    [finding] = [finding for finding in result.findings if finding.code == "AFX101"]
    assert "the Namespace's" in finding.message


@pytest.mark.parametrize(
    ("own", "outer"),
    [
        # The pod's own word counts more than its Namespace's wrong key.
        ({ALPHA: "false"}, {WRONG: "true"}),
        ({WRONG: "maybe"}, {WRONG: "true"}),
        # The Namespace already gets what it wants.
        ({}, {WRONG: "false"}),
        ({}, {WRONG: "true", ALPHA: "true"}),
        # Nobody knows what the Namespace wants.
        ({}, {WRONG: "true", "linkerd.io/native-sidecar": "false"}),
        ({}, {WRONG: "maybe"}),
    ],
)
def test_a_pod_is_left_alone_under_a_wrong_namespace(own: dict[str, str], outer: dict[str, str]) -> None:
    assert not fix(pod(own), namespace=outer).patch.patch


def test_a_pods_wrong_false_holds_under_a_namespaces_true() -> None:
    assert fixed({WRONG: "false"}, namespace={ALPHA: "true"}) == {ALPHA: "false"}


@pytest.mark.parametrize(
    "key",
    [
        "dapr.io/enable-native-sidecar",
        "sidecar.istio.io/nativeSidecar",
        WAIT,
        "linkerd.io/inject",
        "native-sidecar",
    ],
)
def test_other_keys_are_left_alone(key: str) -> None:
    assert "AFX101" not in codes({key: "true"})


def test_releases_without_the_feature_have_their_own_finding() -> None:
    assert codes({WRONG: "true"}, release=NONE_ERA) == ["AFX401"]
    assert not fix(pod({WRONG: "true"}), release=NONE_ERA).patch.patch
