"""AFX105: a dead key beside a live one."""

from __future__ import annotations

import pytest
from builders import ALPHA, ALPHA_ERA, BETA, BETA_ERA, GA, GA_ERA, WRONG, namespace
from fixing import codes, fix, fixed, found


@pytest.mark.parametrize(
    ("release", "before", "after"),
    [
        (ALPHA_ERA, {ALPHA: "true", WRONG: "true"}, {ALPHA: "true"}),
        (ALPHA_ERA, {WRONG: "yes", ALPHA: "1"}, {ALPHA: "1"}),
        (ALPHA_ERA, {ALPHA: "true", WRONG: "maybe"}, {ALPHA: "true"}),
        (ALPHA_ERA, {ALPHA: "true", GA: "true", BETA: "true"}, {ALPHA: "true"}),
        (BETA_ERA, {BETA: "false", ALPHA: "false"}, {BETA: "false"}),
        (GA_ERA, {GA: "true", BETA: "true", ALPHA: "true"}, {GA: "true"}),
    ],
)
def test_the_dead_key_is_removed(release: str, before: dict[str, str], after: object):
    assert fixed(before, release=release) == after


def test_on_a_namespace():
    result = fix(namespace({GA: "true", BETA: "true"}), release=GA_ERA)
    assert result.object["metadata"]["annotations"] == {GA: "true"}


@pytest.mark.parametrize(
    ("release", "annotations"),
    [
        (ALPHA_ERA, {ALPHA: "true", WRONG: "false"}),
        (ALPHA_ERA, {ALPHA: "true"}),
        # Nobody knows which of them the running release reads.
        (None, {ALPHA: "true", BETA: "true"}),
        (None, {ALPHA: "true", GA: "true"}),
    ],
)
def test_what_contradicts_or_may_be_read_is_left_alone(release: str | None, annotations: dict[str, str]):
    assert fixed(annotations, release=release) == annotations
    assert "AFX105" not in codes(annotations, release=release)


def test_the_finding_names_both_keys():
    [finding] = found({ALPHA: "true", WRONG: "true"}, "AFX105")
    assert finding.message == f"{WRONG} has no effect beside {ALPHA}; remove it"
    assert finding.key == WRONG


def test_a_key_that_overrules_the_namespaces_is_kept():
    # Without the pod's GA key the Namespace's would win.
    assert fixed({GA: "true", ALPHA: "true"}, release=GA_ERA, namespace={GA: "false"}) == {GA: "true"}


@pytest.mark.parametrize("value", [{"a": True}, {}, ["true"], []])
def test_a_list_or_mapping_under_a_dead_key_is_not_thrown_away(value: object):
    annotations = {ALPHA: "true", BETA: value}
    assert fixed(annotations, unsafe=True) == annotations
    assert found(annotations, "AFX105")[0].withheld
