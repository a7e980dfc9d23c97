"""AFX105: a dead key beside a live one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from builders import (
    ALPHA,
    ALPHA_ERA,
    BETA,
    BETA_ERA,
    GA,
    GA_ERA,
    WRONG,
    Annotations,
    Object,
    namespace,
    pod,
    workload,
)
from fixing import codes, fix, fixed, found


def workload_of_pods(annotations: Annotations) -> Object:
    return workload("Job", annotations)


@pytest.mark.parametrize(
    ("release", "before", "after"),
    [
        (ALPHA_ERA, {ALPHA: "true", WRONG: "true"}, {ALPHA: "true"}),
        (ALPHA_ERA, {WRONG: "yes", ALPHA: "1"}, {ALPHA: "1"}),
        (ALPHA_ERA, {ALPHA: "true", WRONG: "maybe"}, {ALPHA: "true"}),
    ],
)
def test_a_key_that_no_release_reads_is_removed(release: str, before: dict[str, str], after: object) -> None:
    assert fixed(before, release=release) == after


@pytest.mark.parametrize(
    ("release", "before", "after"),
    [
        (ALPHA_ERA, {ALPHA: "true", GA: "true", BETA: "true"}, {ALPHA: "true"}),
        (BETA_ERA, {BETA: "false", ALPHA: "false"}, {BETA: "false"}),
        (BETA_ERA, {BETA: "true", GA: "maybe"}, {BETA: "true"}),
        (GA_ERA, {GA: "true", BETA: "true", ALPHA: "true"}, {GA: "true"}),
        (GA_ERA, {GA: "true", ALPHA: "true"}, {GA: "true"}),
    ],
)
@pytest.mark.parametrize("make", [pod, workload_of_pods, namespace])
def test_a_key_that_another_release_reads_is_removed_only_when_asked_for(
    make: Callable[[Annotations], Object], release: str, before: dict[str, str], after: dict[str, str]
) -> None:
    obj = make(before)
    kept = fix(obj, release=release)
    assert kept.object == obj
    left = [finding for finding in kept.findings if finding.code == "AFX105"]
    assert len(left) == len(before) - 1
    for finding in left:
        assert finding.applicability == "unsafe"
        assert finding.message.endswith("remove it if no other release needs it")
    assert fix(obj, release=release, unsafe=True).object == make(after)


def test_beside_both_kinds_only_the_key_that_no_release_reads_is_removed() -> None:
    assert fixed({ALPHA: "true", WRONG: "true", GA: "true"}) == {ALPHA: "true", GA: "true"}


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
def test_what_contradicts_or_may_be_read_is_left_alone(
    release: str | None, annotations: dict[str, str]
) -> None:
    assert fixed(annotations, release=release) == annotations
    assert "AFX105" not in codes(annotations, release=release)


def test_the_finding_names_both_keys() -> None:
    [finding] = found({ALPHA: "true", WRONG: "true"}, "AFX105")
    assert finding.message == f"{WRONG} has no effect beside {ALPHA}; remove it"
    assert finding.key == WRONG


def test_a_key_that_overrules_the_namespaces_is_kept() -> None:
    # Without the pod's GA key the Namespace's would win.
    known = {"release": GA_ERA, "namespace": {GA: "false"}}
    assert fixed({GA: "true", ALPHA: "true"}, **known) == {GA: "true", ALPHA: "true"}
    assert fixed({GA: "true", ALPHA: "true"}, unsafe=True, **known) == {GA: "true"}


@pytest.mark.parametrize("value", [{"a": True}, {}, ["true"], []])
def test_a_list_or_mapping_under_a_dead_key_is_not_thrown_away(value: object) -> None:
    annotations = {ALPHA: "true", BETA: value}
    assert fixed(annotations, unsafe=True) == annotations
    assert found(annotations, "AFX105")[0].withheld
