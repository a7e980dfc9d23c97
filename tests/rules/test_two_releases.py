"""While two releases may answer, messages name both; they do not say that the release is not known."""

from __future__ import annotations

from typing import Any

import pytest
from builders import ALPHA, BETA, GA, WAIT, pod
from fixing import fix

from autofix import parse_release
from autofix.linkerd.release import Release, join_releases

UPGRADE = join_releases(map(parse_release, ("edge-24.10.1", "edge-26.8.3")))
UNKNOWN = parse_release(None)


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
