"""AFX202: a boolean in words that ParseBool does not know."""

from __future__ import annotations

from typing import Any

import pytest
from builders import ALPHA, ALPHA_ERA, BETA, BETA_ERA, GA, GA_ERA, WRONG, namespace, pod, pod_annotations
from fixing import codes, fix, fixed, found

DEBUG = "config.linkerd.io/enable-debug-sidecar"
YES = ["yes", "Y", "on", "enabled", "enable", "tRUE", " true", "true\n", '"true"', "'true'", "ON"]
NO = ["no", "n", "off", "disabled", "disable", "fALSE", "false ", '"false"', "Off"]


@pytest.mark.parametrize("key", [ALPHA, DEBUG])
@pytest.mark.parametrize(("value", "text"), [*((yes, "true") for yes in YES), *((no, "false") for no in NO)])
def test_the_word_becomes_one_that_linkerd_reads(key: str, value: str, text: str) -> None:
    assert fixed({key: value}) == {key: text}


@pytest.mark.parametrize(
    "value", ["1", "t", "T", "true", "TRUE", "True", "0", "f", "F", "false", "FALSE", "False"]
)
def test_what_linkerd_reads_is_left_as_it_is(value: str) -> None:
    assert fixed({ALPHA: value, DEBUG: value}) == {ALPHA: value, DEBUG: value}
    assert codes({ALPHA: value, DEBUG: value}) in ([], ["AFX404"])


@pytest.mark.parametrize("value", ["", "maybe", "2", "{{ .Values.native }}"])
def test_what_nobody_can_read_is_afx204s(value: str) -> None:
    assert codes({ALPHA: value}) == ["AFX204"]


@pytest.mark.parametrize(
    "key", ["linkerd.io/inject", "config.linkerd.io/proxy-await", "example.com/a", "linkerd.io/x"]
)
def test_annotations_that_are_no_booleans_are_left_alone(key: str) -> None:
    assert "AFX202" not in codes({key: "yes"})


def test_it_is_withheld_where_keys_disagree() -> None:
    annotations = {ALPHA: "yes", WRONG: "false"}
    assert fixed(annotations) == annotations
    assert found(annotations, "AFX202")[0].withheld


def test_the_namespaces_unreadable_word_is_written_on_the_pod() -> None:
    result = fix(pod(), namespace={ALPHA: "yes"})
    assert pod_annotations(result.object) == {ALPHA: "true"}
    assert not fix(pod(), namespace={ALPHA: "no"}).patch.patch
    assert fixed({}, release=GA_ERA, namespace={GA: "no"}) == {GA: "false"}


@pytest.mark.parametrize(("release", "key"), [(ALPHA_ERA, ALPHA), (BETA_ERA, BETA), (GA_ERA, GA)])
def test_on_a_namespace(release: str, key: str) -> None:
    result = fix(namespace({key: '"true"'}), release=release)
    assert pod_annotations(result.object) == {key: "true"}


def test_the_message_says_what_to_write() -> None:
    [finding] = found({ALPHA: "yes"}, "AFX202")
    assert finding.message == f"Linkerd cannot read 'yes' on {ALPHA} as a boolean; write \"true\""


@pytest.mark.parametrize(
    ("release", "key", "target"), [(ALPHA_ERA, WRONG, ALPHA), (ALPHA_ERA, GA, ALPHA), (BETA_ERA, GA, BETA)]
)
@pytest.mark.parametrize(("value", "text"), [('"false"', "false"), ("no", "false"), ("yes", "true")])
def test_under_a_key_that_linkerd_does_not_read_the_value_goes_with_the_key(
    release: str, key: str, target: str, value: str, text: str
) -> None:
    assert fixed({key: value}, release=release) == {target: text}
    findings = fix(pod({key: value}), release=release).findings
    assert {"AFX202"} < {finding.code for finding in findings}
    assert not any(finding.withheld for finding in findings)


@pytest.mark.parametrize("key", [ALPHA, WRONG])
@pytest.mark.parametrize(
    ("value", "known", "severity"),
    [
        ("no", {"default": False}, "warning"),
        ('"false"', {"default": False, "release": GA_ERA}, "warning"),
        # The installed value need not be the chart's default.
        ('"false"', {}, "error"),
        ("no", {"default": True}, "error"),
        ("yes", {"default": True}, "warning"),
        ("yes", {"default": False}, "error"),
        # Some release that may run makes a native sidecar.
        ("no", {"release": None}, "error"),
        ("no", {"release": None, "default": False}, "warning"),
    ],
)
def test_it_is_no_error_where_linkerd_does_what_is_meant_anyway(
    key: str, value: str, known: dict[str, Any], severity: str
) -> None:
    findings = fix(pod({key: value}), **known).findings
    assert {finding.severity.value for finding in findings if finding.code in ("AFX101", "AFX202")} == {
        severity
    }


def test_a_release_without_native_sidecars_reads_no_value() -> None:
    assert codes({ALPHA: "no"}, release="2.14") == codes({WRONG: "yes"}, release="2.14") == ["AFX401"]
