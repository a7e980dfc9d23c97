"""AFX405: the release is newer than the newest one known."""

from __future__ import annotations

import pytest
from builders import NEWEST, NEWEST_EDGE, NEWEST_KEY, TOO_NEW, WRONG, pod
from fixing import codes, fixed, found


@pytest.mark.parametrize("release", TOO_NEW)
def test_it_is_said_and_treated_as_the_newest_era(release: str) -> None:
    [finding] = found({WRONG: "false"}, "AFX405", release=release)
    assert finding.severity == "info"
    assert release in finding.message
    assert fixed({WRONG: "false"}, release=release) == {NEWEST_KEY: "false"}


def test_for_a_namespaces_key_too() -> None:
    assert "AFX405" in codes(pod(), release=TOO_NEW[0], namespace={WRONG: "false"})


@pytest.mark.parametrize("release", [NEWEST, NEWEST_EDGE, None, "dev-x"])
def test_known_and_unknown_releases_say_nothing(release: str | None) -> None:
    assert "AFX405" not in codes({WRONG: "true"}, release=release)


def test_without_a_native_sidecar_key_there_is_nothing_to_say() -> None:
    assert "AFX405" not in codes({"linkerd.io/inject": "enabled"}, release=TOO_NEW[0])
