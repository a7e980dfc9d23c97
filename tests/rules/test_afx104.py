"""AFX104: two keys on one object that disagree."""

from __future__ import annotations

import pytest
from builders import ALPHA, ALPHA_ERA, BETA, BETA_ERA, GA, GA_ERA, WRONG, namespace
from fixing import codes, fixed, found


@pytest.mark.parametrize(
    ("release", "annotations", "obeyed"),
    [
        (ALPHA_ERA, {ALPHA: "true", WRONG: "false"}, ALPHA),
        (GA_ERA, {ALPHA: "true", GA: "false"}, GA),
        (BETA_ERA, {ALPHA: "true", BETA: "false"}, BETA),
        (GA_ERA, {BETA: "0", ALPHA: "yes"}, BETA),
        (ALPHA_ERA, {BETA: "true", GA: "false"}, "none of them"),
        (GA_ERA, {GA: "off", ALPHA: "true"}, "none of them"),
    ],
)
def test_it_says_which_one_linkerd_obeys_and_changes_nothing(
    release: str, annotations: dict[str, str], obeyed: str
) -> None:
    [finding] = found(annotations, "AFX104", release=release)
    assert f"Linkerd obeys {obeyed}" in finding.message
    assert all(key in finding.message for key in annotations)
    assert finding.applicability == "display"
    assert finding.pointer == "/metadata/annotations"
    assert fixed(annotations, release=release) == annotations


@pytest.mark.parametrize(
    "annotations", [{ALPHA: "true", WRONG: "yes"}, {ALPHA: "true", WRONG: "maybe"}, {ALPHA: "true"}, {}]
)
def test_keys_that_agree_or_say_nothing_are_no_disagreement(annotations: dict[str, str]) -> None:
    assert "AFX104" not in codes(annotations)


def test_a_pod_may_disagree_with_its_namespace() -> None:
    assert "AFX104" not in codes({ALPHA: "false"}, namespace={ALPHA: "true"})


def test_on_a_namespace_it_is_said_once() -> None:
    assert codes(namespace({ALPHA: "true", WRONG: "false"})).count("AFX104") == 1
