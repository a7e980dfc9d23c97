"""AFX201: a value that is not a string."""

from __future__ import annotations

import pytest
from builders import ALPHA, BETA, GA, WAIT, namespace, pod, workload
from fixing import codes, fix, fixed, found

INJECT, AWAIT = "linkerd.io/inject", "config.linkerd.io/proxy-await"
SHUTDOWN, DEBUG = "config.linkerd.io/proxy-admin-shutdown", "config.linkerd.io/enable-debug-sidecar"
LIMIT = "config.linkerd.io/proxy-cpu-limit"

ODD_VALUES: tuple[object, ...] = (None, [], {}, 2, 0.5, float("nan"), ["true"], {"a": True})


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        (ALPHA, True, "true"),
        (ALPHA, False, "false"),
        (ALPHA, 1, "1"),
        (ALPHA, 0, "0"),
        (DEBUG, True, "true"),
        ("config.linkerd.io/enable-gateway", False, "false"),
        (INJECT, True, "enabled"),
        (INJECT, False, "disabled"),
        (AWAIT, True, "enabled"),
        (AWAIT, False, "disabled"),
        (SHUTDOWN, True, "enabled"),
        (LIMIT, 1, "1"),
        (LIMIT, 0.5, "0.5"),
        (LIMIT, 1e3, "1000"),
        (WAIT, 30, "30"),
        ("config.linkerd.io/proxy-uid", 2102, "2102"),
        ("linkerd.io/unheard-of", 2**70, str(2**70)),
        ("config.linkerd.io/opaque-ports", 3306, "3306"),
    ],
)
def test_it_is_quoted_in_the_annotations_own_words(key: str, value: object, text: str) -> None:
    assert fixed({key: value, "other/key": None}) == {key: text, "other/key": None}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *((ALPHA, value) for value in ODD_VALUES),
        *((INJECT, value) for value in ODD_VALUES[:3]),
        (LIMIT, True),
        ("linkerd.io/unheard-of", False),
        (LIMIT, float("inf")),
        pytest.param(WAIT, 10**5000, id="a number of 5,001 digits"),
        (DEBUG, 5),
    ],
)
def test_what_cannot_be_known_is_only_shown(key: str, value: object) -> None:
    [finding] = found({key: value}, "AFX201")
    assert finding.applicability == "display"
    assert "write the value that is meant in quotes" in finding.message
    assert not fix(pod({key: value})).patch.patch


def test_strings_and_other_vendors_are_left_alone() -> None:
    annotations = {ALPHA: "true", INJECT: "enabled", "example.com/a": "yes", "dapr.io/enabled": "1"}
    assert codes(annotations) == []
    assert fixed(annotations) == annotations


@pytest.mark.parametrize(
    "obj",
    [
        namespace({ALPHA: True}),
        workload("Job", {ALPHA: True}),
        workload("CronJob", own={INJECT: True}),
        {"apiVersion": "v1", "kind": "Service", "metadata": {"annotations": {INJECT: False}}},
    ],
)
def test_wherever_annotations_stand(obj: dict[str, object]) -> None:
    assert "AFX201" in codes(obj)
    assert len(fix(obj, select="AFX201").patch.patch) == 1


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (True, "a boolean"),
        (5, "a number"),
        (0.5, "a number"),
        (None, "null"),
        ([], "a list"),
        ({}, "a mapping"),
    ],
)
def test_the_message_names_what_was_found(value: object, name: str) -> None:
    assert (
        f"{ALPHA} is {name}, and the API server accepts only strings"
        in found({ALPHA: value}, "AFX201")[0].message
    )


def test_quoting_must_not_make_the_injector_deny_the_pod() -> None:
    annotations = {ALPHA: True, WAIT: "5"}
    assert fixed(annotations) == annotations
    assert "AFX402" in codes(annotations)


def test_with_an_unknown_release_a_key_that_only_some_read_is_shown() -> None:
    for key in (BETA, GA):
        assert fixed({key: True}, release=None) == {key: True}
        assert found({key: True}, "AFX201", release=None)[0].withheld
    assert fixed({ALPHA: True}, release=None) == {ALPHA: "true"}


@pytest.mark.parametrize("make", [pod, lambda found: workload("Job", own=found)])
def test_without_the_feature_native_keys_are_not_quoted(make: object) -> None:
    obj = make({ALPHA: True})  # type: ignore[operator]
    assert not fix(obj, release="2.14").patch.patch
    assert found(obj, "AFX201", release="2.14")[0].withheld
