"""AFX103: a key that another one overrules."""

from __future__ import annotations

import pytest
from builders import ALPHA, ALPHA_ERA, BETA, BETA_ERA, GA, GA_ERA, namespace, pod_annotations
from fixing import codes, fix, fixed, found


@pytest.mark.parametrize(
    ("release", "own", "outer", "after"),
    [
        (GA_ERA, {ALPHA: "false"}, {GA: "true"}, {GA: "false"}),
        (GA_ERA, {BETA: "false"}, {GA: "true"}, {GA: "false"}),
        (GA_ERA, {ALPHA: "true"}, {GA: "false"}, {GA: "true"}),
        (BETA_ERA, {ALPHA: "false"}, {BETA: "true"}, {BETA: "false"}),
        (BETA_ERA, {ALPHA: "true"}, {BETA: "enabled"}, {BETA: "true"}),
        # An unparsable key over a good one, which its author meant alike, and which other releases may need.
        (GA_ERA, {GA: "disabled", ALPHA: "false"}, {}, {GA: "false", ALPHA: "false"}),
        (BETA_ERA, {BETA: "yes", ALPHA: "true"}, {}, {BETA: "true", ALPHA: "true"}),
    ],
)
def test_the_preferred_key_is_written_on_the_pod(
    release: str, own: dict[str, str], outer: dict[str, str], after: object
) -> None:
    assert fixed(own, release=release, namespace=outer) == after


@pytest.mark.parametrize(
    ("release", "own", "outer"),
    [
        (ALPHA_ERA, {ALPHA: "false"}, {GA: "true"}),
        (BETA_ERA, {ALPHA: "false"}, {GA: "true"}),
        # The Namespace's beta is not copied any more.
        (GA_ERA, {ALPHA: "false"}, {BETA: "true"}),
        # Overruled by a key that says the same.
        (GA_ERA, {ALPHA: "true"}, {GA: "true"}),
        (GA_ERA, {GA: "false"}, {GA: "true"}),
        (BETA_ERA, {BETA: "false"}, {ALPHA: "true"}),
    ],
)
def test_keys_that_are_obeyed_are_left_alone(
    release: str, own: dict[str, str], outer: dict[str, str]
) -> None:
    assert fixed(own, release=release, namespace=outer) == own


@pytest.mark.parametrize(
    "annotations", [{GA: "maybe", ALPHA: "true"}, {GA: "", BETA: "false"}, {GA: "true", ALPHA: "false"}]
)
def test_without_one_clear_intent_it_is_only_shown(annotations: dict[str, str]) -> None:
    assert fixed(annotations, release=GA_ERA, default=False) == annotations


def test_an_unreadable_key_over_a_good_one_says_why_it_is_left() -> None:
    [finding] = found({GA: "maybe", ALPHA: "false"}, "AFX103", release=GA_ERA)
    assert finding.message == f"Linkerd prefers {GA} on the pod to {ALPHA}; use {GA}"
    assert finding.withheld


def test_on_a_namespace() -> None:
    result = fix(namespace({GA: "off", ALPHA: "false"}), release=GA_ERA)
    assert pod_annotations(result.object) == {GA: "false", ALPHA: "false"}
    assert "AFX103" in codes(namespace({GA: "off", ALPHA: "false"}), release=GA_ERA)


def test_with_an_unknown_release_it_is_said_that_a_key_may_be_overruled() -> None:
    known = {"release": None, "namespace": {BETA: "yes", ALPHA: "true"}}
    [finding] = found({ALPHA: "true"}, "AFX103", **known)
    assert finding.applicability == "display"
    assert fixed({ALPHA: "true"}, **known) == {ALPHA: "true"}
    assert "AFX103" not in codes({ALPHA: "true"}, release=None)
