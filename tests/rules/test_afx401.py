"""AFX401: the release has no native sidecars."""

from __future__ import annotations

import pytest
from builders import ALPHA, ALPHA_ERA, GA, NONE_ERA, WRONG, namespace, workload
from fixing import codes, fix, found


@pytest.mark.parametrize("release", [NONE_ERA, "stable-2.14.10", "edge-23.11.3", "2.11"])
@pytest.mark.parametrize("key", [ALPHA, GA, WRONG])
def test_the_only_advice_is_to_upgrade(release: str, key: str) -> None:
    assert codes({key: "yes"}, release=release).count("AFX401") == 1
    [finding] = found({key: "yes"}, "AFX401", release=release)
    assert "upgrade Linkerd to 2.15" in finding.message
    assert finding.pointer.startswith("/metadata/annotations/config.")
    assert finding.applicability == "display"


@pytest.mark.parametrize(
    "obj", [namespace({WRONG: "yes"}), workload("Job", {WRONG: "true"}), workload(own={ALPHA: "true"})]
)
def test_no_native_fix_is_made(obj: dict[str, object]) -> None:
    assert not fix(obj, release=NONE_ERA, unsafe=True).patch.patch


def test_other_annotations_are_still_repaired() -> None:
    obj = workload(annotations={"linkerd.io/inject": True, ALPHA: "yes"})
    [operation] = fix(obj, release=NONE_ERA).patch.patch
    assert operation["value"] == "enabled"


@pytest.mark.parametrize("release", [ALPHA_ERA, "edge-23.11.4", None])
def test_releases_with_native_sidecars_say_nothing(release: str | None) -> None:
    assert "AFX401" not in codes({ALPHA: "true"}, release=release)


@pytest.mark.parametrize(
    ("value", "severity"), [("false", "info"), ('"no"', "info"), ("1", "error"), ("", "error")]
)
def test_who_wants_no_native_sidecar_has_what_is_meant(value: str, severity: str) -> None:
    [finding] = found({ALPHA: value}, "AFX401", release=NONE_ERA)
    assert finding.severity == severity
    assert ("upgrade" in finding.message) is (severity == "error")
