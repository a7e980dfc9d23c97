"""AFX106: a live key that is deprecated."""

from __future__ import annotations

from typing import Any

import pytest
from builders import ALPHA, ALPHA_ERA, BETA, BETA_ERA, GA, GA_ERA, WAIT, a_list, namespace, pod
from fixing import codes, fix, fixed, found


@pytest.mark.parametrize(
    ("release", "before", "after"),
    [
        (BETA_ERA, {ALPHA: "true"}, {BETA: "true"}),
        (BETA_ERA, {ALPHA: "F"}, {BETA: "F"}),
        (GA_ERA, {ALPHA: "true"}, {GA: "true"}),
        (GA_ERA, {BETA: "false"}, {GA: "false"}),
    ],
)
def test_it_is_renamed_only_with_unsafe_fixes(release: str, before: dict[str, str], after: object) -> None:
    assert fixed(before, release=release) == before
    assert fixed(before, release=release, unsafe=True) == after
    [finding] = found(before, "AFX106", release=release)
    assert finding.applicability == "unsafe"
    assert finding.severity == "info"


@pytest.mark.parametrize(
    ("release", "annotations"),
    [
        (ALPHA_ERA, {ALPHA: "true"}),
        (BETA_ERA, {BETA: "true"}),
        (GA_ERA, {GA: "true"}),
        (GA_ERA, {ALPHA: "maybe"}),
        (None, {ALPHA: "true"}),
    ],
)
def test_the_preferred_key_is_left_alone(release: str | None, annotations: dict[str, str]) -> None:
    assert "AFX106" not in codes(annotations, release=release)
    assert fixed(annotations, release=release, unsafe=True) == annotations


def test_a_denied_pod_stays_denied() -> None:
    # A rename answers the same before and after: it is no cure, and no new harm.
    assert fixed({ALPHA: "true", WAIT: "5"}, release=BETA_ERA, unsafe=True) == {BETA: "true", WAIT: "5"}


def test_a_namespaces_rename_must_not_overrule_its_pods() -> None:
    # Moved to GA, the Namespace's key would win over the pod's beta.
    shop = a_list(namespace({ALPHA: "true"}), pod({BETA: "false"}))
    patched: Any = fix(shop, release=GA_ERA, unsafe=True, select="AFX106").object
    first, second = (item["metadata"]["annotations"] for item in patched["items"])
    assert autofix_native(second, first) is False


def autofix_native(own: dict[str, str], outer: dict[str, str]) -> bool | None:
    from autofix import decide

    return decide(own, outer, release=GA_ERA).native
