"""AFX102: a real key that this release, or this level, does not read."""

from __future__ import annotations

import pytest
from builders import ALPHA, ALPHA_ERA, BETA, BETA_ERA, GA, GA_ERA, namespace, pod, pod_annotations
from fixing import codes, fix, fixed, found


@pytest.mark.parametrize(
    ("release", "before", "after"),
    [
        (ALPHA_ERA, {GA: "true"}, {ALPHA: "true"}),
        (ALPHA_ERA, {BETA: "false"}, {ALPHA: "false"}),
        # The other key stays: once there is one that is read, it is a leftover that other releases may need.
        (ALPHA_ERA, {GA: "yes", BETA: "true"}, {ALPHA: "true", BETA: "true"}),
        (BETA_ERA, {GA: "true"}, {BETA: "true"}),
        (BETA_ERA, {GA: "1"}, {BETA: "1"}),
    ],
)
def test_a_pods_key_is_replaced_by_the_one_that_is_read(
    release: str, before: dict[str, str], after: object
) -> None:
    assert fixed(before, release=release) == after


@pytest.mark.parametrize(
    ("release", "before", "after"),
    [
        (ALPHA_ERA, {GA: "true"}, {ALPHA: "true"}),
        (ALPHA_ERA, {BETA: "true"}, {ALPHA: "true"}),
        (BETA_ERA, {GA: "true"}, {BETA: "true"}),
        # Linkerd 2.20 stopped to copy the beta key from Namespaces.
        (GA_ERA, {BETA: "false"}, {GA: "false"}),
        ("edge-26.5.2", {BETA: "true"}, {GA: "true"}),
    ],
)
def test_a_namespaces_key_is_replaced_by_the_one_that_is_read(
    release: str, before: dict[str, str], after: object
) -> None:
    assert pod_annotations(fix(namespace(before), release=release).object) == after


def test_the_namespaces_dead_beta_reaches_the_pod() -> None:
    assert fixed({}, release=GA_ERA, namespace={BETA: "false"}) == {GA: "false"}


@pytest.mark.parametrize(
    ("release", "annotations"),
    [
        (ALPHA_ERA, {ALPHA: "true"}),
        (BETA_ERA, {ALPHA: "true"}),
        (BETA_ERA, {BETA: "true"}),
        (GA_ERA, {ALPHA: "true"}),
        (GA_ERA, {BETA: "true"}),
        (GA_ERA, {GA: "true"}),
        ("edge-26.5.1", {BETA: "true"}),
    ],
)
def test_keys_that_are_read_on_a_pod_are_left_alone(release: str, annotations: dict[str, str]) -> None:
    assert "AFX102" not in codes(annotations, release=release)
    assert fixed(annotations, release=release) == annotations


@pytest.mark.parametrize(
    ("release", "key"),
    [(ALPHA_ERA, ALPHA), (BETA_ERA, ALPHA), (BETA_ERA, BETA), (GA_ERA, ALPHA), (GA_ERA, GA)],
)
def test_keys_that_are_read_on_a_namespace_are_left_alone(release: str, key: str) -> None:
    result = fix(namespace({key: "true"}), release=release)
    assert "AFX102" not in [finding.code for finding in result.findings]
    assert not result.patch.patch


@pytest.mark.parametrize("key", [BETA, GA])
@pytest.mark.parametrize("make", [pod, namespace])
def test_with_an_unknown_release_they_are_reported_and_left_alone(key: str, make: type) -> None:
    obj = make({key: "true"})
    assert not fix(obj, release=None).patch.patch
    [finding] = found(obj, "AFX102", release=None)
    assert finding.applicability == "display"
    assert "depends on its release" in finding.message


def test_the_finding_says_what_and_where() -> None:
    [finding] = found({GA: "true"}, "AFX102", release="edge-25.10.7")
    assert finding.message == f"Linkerd edge-25.10.7 does not read {GA} on the pod; use {BETA}"
    assert finding.pointer == "/metadata/annotations/config.linkerd.io~1proxy-enable-native-sidecar"


@pytest.mark.parametrize(
    "annotations", [{GA: "true", ALPHA: "false"}, {GA: "maybe"}, {GA: "true", BETA: "no"}]
)
def test_without_one_clear_intent_nothing_is_changed(annotations: dict[str, str]) -> None:
    assert fixed(annotations) == annotations
