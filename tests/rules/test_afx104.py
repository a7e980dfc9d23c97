"""AFX104: two keys on one object that disagree."""

from __future__ import annotations

import pytest
from builders import ALPHA, ALPHA_ERA, BETA, BETA_ERA, GA, GA_ERA, WRONG, namespace
from fixing import codes, fixed, found


@pytest.mark.parametrize(
    ("release", "annotations", "today"),
    [
        (ALPHA_ERA, {ALPHA: "true", WRONG: "false"}, f"Linkerd obeys {ALPHA}"),
        (GA_ERA, {ALPHA: "true", GA: "false"}, f"Linkerd obeys {GA}"),
        (BETA_ERA, {ALPHA: "true", BETA: "false"}, f"Linkerd obeys {BETA}"),
        (GA_ERA, {BETA: "0", ALPHA: "yes"}, f"Linkerd obeys {BETA}"),
        (ALPHA_ERA, {BETA: "true", GA: "false"}, "Linkerd may obey none of them"),
        (GA_ERA, {GA: "off", ALPHA: "true"}, "Linkerd may obey none of them"),
    ],
)
def test_it_says_which_one_linkerd_obeys_and_changes_nothing(
    release: str, annotations: dict[str, str], today: str
) -> None:
    [finding] = found(annotations, "AFX104", release=release)
    assert today in finding.message
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
