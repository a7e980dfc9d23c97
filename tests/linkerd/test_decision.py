"""What the injector does, against answers that Linkerd's own code gave."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest
from builders import ALPHA, ALPHA_ERA, BETA, BETA_ERA, GA, GA_ERA, NONE_ERA, WAIT, WRONG
from paths import DATA

from autofix import AutofixError, decide, parse_release
from autofix.linkerd.release import Release

CASES = [json.loads(line) for line in (DATA / "decision_cases.jsonl").read_text().splitlines()]
RELEASES = ("edge-24.10.1", "edge-25.10.7", "edge-26.8.3")


def test_there_are_cases_of_both_defaults() -> None:
    assert len(CASES) == 86
    assert {case["default"] for case in CASES} == {True, False}


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['name']}, default {case['default']}")
def test_the_answer_is_linkerds_own(case: dict[str, Any], release: str) -> None:
    found = decide(case["pod"], case["namespace"], release=release, default=case["default"])
    assert {"native": found.native, "denied": found.denied} == case[release]


N, D, P = "namespace", "default", "pod"


# Rows: annotations of the pod and of the Namespace; then per era (alpha, beta, GA, each with its chart's
# default) whether the proxy is native, which key decided, and at which level.
@pytest.mark.parametrize(
    ("pod", "ns", "alpha", "beta", "ga"),
    [
        ({}, {}, (False, None, D), (False, None, D), (True, None, D)),
        ({ALPHA: "true"}, {}, (True, ALPHA, P), (True, ALPHA, P), (True, ALPHA, P)),
        ({BETA: "true"}, {}, (False, None, D), (True, BETA, P), (True, BETA, P)),
        ({GA: "true"}, {}, (False, None, D), (False, None, D), (True, GA, P)),
        ({}, {ALPHA: "true"}, (True, ALPHA, N), (True, ALPHA, N), (True, ALPHA, N)),
        ({}, {BETA: "true"}, (False, None, D), (True, BETA, N), (True, None, D)),
        ({}, {BETA: "false"}, (False, None, D), (False, BETA, N), (True, None, D)),
        ({}, {GA: "false"}, (False, None, D), (False, None, D), (False, GA, N)),
        ({ALPHA: "false"}, {BETA: "true"}, (False, ALPHA, P), (True, BETA, N), (False, ALPHA, P)),
        ({ALPHA: "false"}, {GA: "true"}, (False, ALPHA, P), (False, ALPHA, P), (True, GA, N)),
        ({BETA: "false"}, {GA: "true"}, (False, None, D), (False, BETA, P), (True, GA, N)),
        ({BETA: "true"}, {GA: "false"}, (False, None, D), (True, BETA, P), (False, GA, N)),
        ({GA: "false"}, {GA: "true"}, (False, None, D), (False, None, D), (False, GA, P)),
        ({BETA: "false"}, {ALPHA: "true"}, (True, ALPHA, N), (False, BETA, P), (False, BETA, P)),
        ({GA: "enabled", BETA: "true"}, {}, (False, None, D), (True, BETA, P), (True, None, D)),
        ({ALPHA: "false"}, {GA: ""}, (False, ALPHA, P), (False, ALPHA, P), (True, None, D)),
        ({WRONG: "true"}, {}, (False, None, D), (False, None, D), (True, None, D)),
    ],
)
def test_precedence_inheritance_and_shadowing(
    pod: dict[str, str], ns: dict[str, str], alpha: object, beta: object, ga: object
) -> None:
    for release, expected in ((ALPHA_ERA, alpha), (BETA_ERA, beta), (GA_ERA, ga)):
        found = decide(pod, ns, release=release)
        assert (found.native, found.key, found.level) == expected, release
        assert not found.denied


@pytest.mark.parametrize(
    ("value", "denied"),
    [
        ("1", True),
        ("30", True),
        ("007", True),
        ("18446744073709551615", True),
        ("0", False),
        ("000", False),
        # Go's ParseUint refuses these, and Linkerd keeps Helm's 0.
        ("18446744073709551616", False),
        ("-1", False),
        ("+1", False),
        ("1.5", False),
        (" 1", False),
        ("1s", False),
        ("٣", False),
        ("", False),
        (5, True),
        (0, False),
        (None, False),
        ([], False),
    ],
)
@pytest.mark.parametrize("level", ["pod", "namespace"])
def test_a_wait_before_exit_denies_native_pods(value: object, denied: bool, level: str) -> None:
    pod: dict[str, object] = {ALPHA: "true"}
    pods, namespaces = ({**pod, WAIT: value}, {}) if level == "pod" else (pod, {WAIT: value})
    for release in (ALPHA_ERA, BETA_ERA, "edge-23.11.4", "edge-26.5.1"):
        assert decide(pods, namespaces, release=release).denied is denied, release
    for release in (GA_ERA, "edge-26.5.2", NONE_ERA):
        assert not decide(pods, namespaces, release=release).denied, release


def test_the_pods_wait_is_preferred_to_the_namespaces_and_to_helms() -> None:
    decide_with_wait = partial(decide, release=ALPHA_ERA, wait_before_exit=30)
    assert decide_with_wait({ALPHA: "true"}, {}).denied
    assert not decide_with_wait({ALPHA: "true"}, {WAIT: "0"}).denied
    assert not decide_with_wait({ALPHA: "true", WAIT: "0"}, {WAIT: "9"}).denied
    # What cannot be read leaves Helm's value in place, and hides the Namespace's.
    assert decide_with_wait({ALPHA: "true", WAIT: "soon"}, {WAIT: "0"}).denied


def test_an_ordinary_proxy_may_wait() -> None:
    assert not decide({ALPHA: "false", WAIT: "30"}, {}, release=ALPHA_ERA).denied
    assert decide({WAIT: "30"}, {}, release=ALPHA_ERA, default=True).denied


@pytest.mark.parametrize("default", [None, True, False])
def test_a_release_without_the_feature_is_never_native(default: bool | None) -> None:
    found = decide({ALPHA: "true"}, {GA: "true"}, release=NONE_ERA, default=default)
    assert (found.native, found.denied, found.key, found.level) == (False, False, None, "default")
    assert "no native sidecars" in found.reasons[0]


@pytest.mark.parametrize(
    ("pod", "native", "key", "level"),
    [
        ({ALPHA: "true"}, True, ALPHA, "pod"),
        ({ALPHA: "false"}, False, ALPHA, "pod"),
        ({BETA: "true"}, None, None, "release"),
        ({}, None, None, "default"),
        ({ALPHA: "true", BETA: "true"}, True, None, "release"),
        ({ALPHA: "true", BETA: "false"}, None, None, "release"),
    ],
)
def test_an_unknown_release_answers_what_all_releases_share(
    pod: dict[str, str], native: bool | None, key: str | None, level: str
) -> None:
    found = decide(pod, {}, release=None)
    assert (found.native, found.key, found.level) == (native, key, level)


def test_an_unknown_release_takes_the_worst_case_of_a_wait() -> None:
    assert decide({ALPHA: "true", WAIT: "5"}, None, release=None).denied


def test_absent_annotations_are_normal() -> None:
    assert decide(None, None, release=ALPHA_ERA).native is False


@pytest.mark.parametrize("value", [True, 1, None, ["true"], {"a": "b"}, 0.5])
def test_values_that_are_no_strings_are_ignored(value: object) -> None:
    found = decide({ALPHA: value}, {}, release=ALPHA_ERA)
    assert (found.native, found.key) == (False, None)
    assert "not a string" in " ".join(found.reasons)


def test_every_ignored_key_has_its_reason() -> None:
    found = decide({GA: "tRUE", BETA: "true", WRONG: "true"}, {BETA: "true", GA: "1"}, release=GA_ERA)
    said = " ".join(found.reasons)
    assert [key.key for key in found.ignored] == [GA, BETA, WRONG, BETA, GA]
    for reason in (
        "Helm's proxy.nativeSidecar=true (the chart's default) decides",
        f"{GA} on the pod is ignored: Go's ParseBool cannot read its value 'tRUE'",
        f"{BETA} on the pod is ignored: Linkerd prefers {GA}, which is on the pod",
        f"{WRONG} on the pod is ignored: no release of Linkerd reads this name",
        f"{BETA} on the Namespace is ignored: Linkerd 2.20 does not read this key there",
        f"{GA} on the Namespace is ignored: Linkerd prefers {GA}, which is on the pod",
    ):
        assert reason in said


def test_a_denial_has_its_reason() -> None:
    assert "denies the pod" in decide({ALPHA: "true", WAIT: "5"}, {}, release=ALPHA_ERA).reasons[-1]


def test_nonsense_instead_of_a_release_is_an_error_that_names_the_forms() -> None:
    with pytest.raises(AutofixError, match=r"not a Linkerd release: 'latest'.*edge-24\.10\.1"):
        decide({}, {}, release="latest")


TWO = Release(
    "edge-24.10.1 and edge-26.8.3",
    (*parse_release("edge-24.10.1").eras, *parse_release("edge-26.8.3").eras),
    None,
)


@pytest.mark.parametrize(("release", "name"), [(TWO, TWO.text), (parse_release(None), "unknown")])
def test_an_answer_that_depends_on_the_release_names_it(release: Release, name: str) -> None:
    assert decide({}, {}, release=release).reasons == (f"the answer depends on the Linkerd release ({name})",)
    same = decide({ALPHA: "true", GA: "true"}, {}, release=release)
    assert "in every release that may run" in same.reasons[0]
