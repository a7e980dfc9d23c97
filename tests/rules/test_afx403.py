"""AFX403: a native sidecar on a server that has none."""

from __future__ import annotations

from typing import Any

import pytest
from builders import ALPHA, GA, GA_ERA, WRONG, namespace, workload
from fixing import codes, fixed, found


@pytest.mark.parametrize("version", ["1.28", "v1.28.15", "1.27.3-gke.100", "1.21", "1.28+"])
@pytest.mark.parametrize("annotations", [{WRONG: "true"}, {ALPHA: "yes"}, {ALPHA: True}])
def test_the_fix_is_withheld_on_old_servers(version: str, annotations: dict[str, Any]) -> None:
    assert fixed(annotations, kubernetes=version) == annotations
    assert "AFX403" in codes(annotations, kubernetes=version)


@pytest.mark.parametrize("version", ["1.29", "v1.33.2", "1.30+", "v1.29.4-gke.1043", "2.0", None])
def test_newer_or_unknown_servers_are_fine(version: str | None) -> None:
    assert fixed({WRONG: "true"}, kubernetes=version) == {ALPHA: "true"}
    assert "AFX403" not in codes({WRONG: "true"}, kubernetes=version)


@pytest.mark.parametrize("annotations", [{WRONG: "false"}, {ALPHA: "no"}])
def test_turning_it_off_is_always_fine(annotations: dict[str, str]) -> None:
    assert fixed(annotations, kubernetes="1.28") == {ALPHA: "false"}
    assert "AFX403" not in codes(annotations, kubernetes="1.28")


@pytest.mark.parametrize("obj", [namespace({ALPHA: "true"}), workload("CronJob", {ALPHA: "true"})])
def test_a_right_key_is_reported_too(obj: dict[str, Any]) -> None:
    [finding] = found(obj, "AFX403", kubernetes="1.28")
    assert "upgrade to 1.29" in finding.message


def test_a_rename_is_not_held_by_the_server() -> None:
    assert fixed({ALPHA: "true"}, release=GA_ERA, kubernetes="1.28", unsafe=True) == {GA: "true"}
