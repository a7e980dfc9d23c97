"""AFX404: a known bug of this release with native sidecars."""

from __future__ import annotations

import pytest
from builders import ALPHA, GA_ERA, WRONG, namespace
from fixing import codes, fixed, found

from autofix import parse_release
from autofix.linkerd.release import join_releases


@pytest.mark.parametrize(
    ("release", "word"), [("2.15", "opaque ports"), ("edge-25.7.1", "exit 2"), ("2.17", "named ports")]
)
def test_it_is_shown_beside_the_fix(release: str, word: str) -> None:
    assert fixed({WRONG: "true"}, release=release) == {ALPHA: "true"}
    said = found({WRONG: "true"}, "AFX404", release=release)
    assert any(word in finding.message and "fixed in edge-" in finding.message for finding in said)
    assert {finding.applicability.value for finding in said} == {"display"}


def test_it_is_said_once_an_object() -> None:
    said = [
        finding.message for finding in found({WRONG: "true", "linkerd.io/native-sidecar": "true"}, "AFX404")
    ]
    assert len(said) == len(set(said))


def test_on_a_namespace() -> None:
    assert "AFX404" in codes(namespace({WRONG: "true"}))


@pytest.mark.parametrize(
    ("release", "annotations"),
    [
        (GA_ERA, {WRONG: "true"}),
        (None, {WRONG: "true"}),
        # Not newly native: it runs so today.
        ("2.17", {ALPHA: "true"}),
        ("2.17", {ALPHA: "true", WRONG: "true"}),
        ("2.17", {WRONG: "false"}),
    ],
)
def test_nothing_is_said_where_nothing_new_becomes_native(
    release: str | None, annotations: dict[str, str]
) -> None:
    assert "AFX404" not in codes(annotations, release=release)


def test_of_several_releases_it_names_the_ones_that_have_the_bug() -> None:
    both = join_releases(map(parse_release, ("2.15", "2.17")))
    messages = [finding.message for finding in found({WRONG: "true"}, "AFX404", release=both)]
    [ports] = [message for message in messages if "opaque ports" in message]
    assert ports.startswith("known bug of Linkerd 2.15 with")
    assert any(message.startswith("known bug of Linkerd 2.15 and 2.17 with") for message in messages)
