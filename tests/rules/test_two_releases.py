"""While two releases may answer, messages name both; they do not say that the release is not known."""

from __future__ import annotations

from typing import Any

import pytest
from builders import ALPHA, BETA, GA, WAIT, WRONG, Annotations, pod, pod_annotations
from fixing import fix, on_pod

from autofix import parse_release
from autofix.linkerd.precedence import injector_answer
from autofix.linkerd.release import Release, join_releases

UPGRADE = join_releases(map(parse_release, ("edge-24.10.1", "edge-26.8.3")))
UNKNOWN = parse_release(None)
TO_BETA = join_releases(map(parse_release, ("edge-24.10.1", "edge-25.10.7")))
FROM_BETA = join_releases(map(parse_release, ("edge-25.10.7", "edge-26.8.3")))
TRUE, YES, NO = "true", "yes", "no"


@pytest.mark.parametrize("release", [UPGRADE, UNKNOWN])
@pytest.mark.parametrize(
    ("annotations", "known", "code", "message"),
    [
        (
            {GA: "true"},
            {},
            "AFX102",
            f"whether Linkerd reads {GA} depends on its release ({{release}}); "
            f"each release that may run reads {ALPHA}",
        ),
        (
            {ALPHA: "false"},
            {"namespace": {GA: "true"}},
            "AFX103",
            "some of the Linkerd releases that may run ({release}) prefer another key to "
            f"{ALPHA}; correct that key, or remove it",
        ),
        (
            {ALPHA: "true", WAIT: "5"},
            {},
            "AFX402",
            "an injector that may run (Linkerd {release}) denies pods that have both a native sidecar and a "
            "wait-before-exit above 0; set wait-before-exit to 0 first",
        ),
    ],
)
def test_a_message_names_the_releases(
    release: Release, annotations: dict[str, str], known: dict[str, Any], code: str, message: str
) -> None:
    result = fix(pod(annotations), release=release, **known)
    messages = [finding.message for finding in result.findings if finding.code == code]
    assert messages == [message.format(release=release.text)]


def test_where_each_release_denies_it_is_the_injector_that_does() -> None:
    both = join_releases(map(parse_release, ("2.18", "2.19")))
    [finding] = [
        finding
        for finding in fix(pod({BETA: "true", ALPHA: "true", WAIT: "5"}), release=both).findings
        if finding.code == "AFX402"
    ]
    assert finding.message.startswith("the injector of Linkerd 2.18 and 2.19 denies pods")
    assert finding.severity == "error"


# Each with the annotations of a pod and of its Namespace, and with those of the pod that the webhook makes.
@pytest.mark.parametrize(
    ("release", "own", "around", "after"),
    [
        (UPGRADE, {GA: TRUE}, {}, {GA: TRUE, ALPHA: TRUE}),
        (UPGRADE, {BETA: TRUE}, {}, {BETA: TRUE, ALPHA: TRUE}),
        (UPGRADE, {GA: YES}, {}, {GA: TRUE, ALPHA: TRUE}),
        (UPGRADE, {GA: NO}, {}, {GA: "false", ALPHA: "false"}),
        (UPGRADE, {ALPHA: YES, GA: TRUE}, {}, {ALPHA: TRUE, GA: TRUE}),
        (UPGRADE, {GA: YES, ALPHA: TRUE}, {}, {GA: TRUE, ALPHA: TRUE}),
        (UPGRADE, {GA: TRUE, ALPHA: TRUE, BETA: YES}, {}, {GA: TRUE, ALPHA: TRUE, BETA: TRUE}),
        (UPGRADE, {}, {GA: TRUE}, {ALPHA: TRUE}),
        (UPGRADE, {}, {BETA: TRUE}, {ALPHA: TRUE}),
        (UPGRADE, {}, {GA: YES}, {GA: TRUE, ALPHA: TRUE}),
        (UPGRADE, {}, {ALPHA: TRUE, GA: YES}, {GA: TRUE, ALPHA: TRUE}),
        # One release reads the pod's key, and the other the Namespace's, which means something else.
        (UPGRADE, {GA: TRUE}, {GA: "false"}, {GA: TRUE, ALPHA: TRUE}),
        (UPGRADE, {ALPHA: "false"}, {GA: TRUE}, {ALPHA: "false", GA: "false"}),
        (UPGRADE, {WRONG: "false"}, {GA: TRUE}, {ALPHA: "false", GA: "false"}),
        (FROM_BETA, {BETA: TRUE}, {GA: "false"}, {BETA: TRUE, GA: TRUE}),
        (FROM_BETA, {GA: TRUE}, {}, {GA: TRUE, BETA: TRUE}),
        (FROM_BETA, {}, {BETA: TRUE}, {BETA: TRUE}),
        (TO_BETA, {BETA: TRUE}, {}, {BETA: TRUE, ALPHA: TRUE}),
        (TO_BETA, {GA: TRUE}, {}, {ALPHA: TRUE}),
        (UNKNOWN, {GA: TRUE}, {}, {GA: TRUE, ALPHA: TRUE}),
        (UNKNOWN, {BETA: "false"}, {}, {BETA: "false", ALPHA: "false"}),
        (UNKNOWN, {}, {GA: TRUE}, {ALPHA: TRUE}),
    ],
)
def test_on_a_pod_the_webhook_writes_what_each_injector_obeys(
    release: Release, own: Annotations, around: Annotations, after: Annotations
) -> None:
    assert pod_annotations(on_pod(own, around, release).object) == after
    answers = {
        injector_answer(after, around, era, default, 0).native
        for era in release.eras
        for default in (False, True)
    }
    assert answers == {TRUE in after.values()}


@pytest.mark.parametrize("release", [UPGRADE, UNKNOWN])
@pytest.mark.parametrize(
    ("own", "around"),
    [
        ({ALPHA: "true"}, {}),
        ({ALPHA: "true", GA: "true"}, {}),
        ({ALPHA: "true", BETA: "true"}, {GA: "1"}),
        ({}, {ALPHA: "false", GA: "false"}),
    ],
)
def test_what_each_injector_obeys_is_left_alone(
    release: Release, own: Annotations, around: Annotations
) -> None:
    assert on_pod(own, around, release).findings == ()


def test_what_only_keeps_the_pod_from_inheriting_is_no_intent_where_the_namespace_disagrees() -> None:
    around = {ALPHA: '"true"', BETA: "false", GA: "false"}
    assert pod_annotations(on_pod({}, around, FROM_BETA).object) == {ALPHA: "true"}
    # Beside a Namespace of one mind it is.
    assert pod_annotations(on_pod({GA: "true"}, {GA: '"true"'}, UPGRADE).object) == {
        GA: "true",
        ALPHA: "true",
    }


@pytest.mark.parametrize(
    ("own", "known"),
    [
        ({GA: "true", ALPHA: "false"}, {}),
        ({GA: "maybe"}, {}),
        ({GA: "maybe", ALPHA: "true"}, {}),
        ({GA: "true"}, {"kubernetes": "1.27"}),
        ({GA: "true"}, {"wait_before_exit": 5}),
    ],
)
def test_what_nobody_can_decide_or_a_gate_forbids_is_said_on_a_pod(
    own: Annotations, known: dict[str, object]
) -> None:
    result = on_pod(own, {}, UPGRADE, **known)
    assert not result.operations
    assert any(finding.withheld for finding in result.findings)
