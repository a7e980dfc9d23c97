"""AFX601: a pod has done its work, and Linkerd's proxy keeps it running."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from autofix.rules import afx601_held_by_proxy
from autofix.rules.finding import Applicability, Severity
from autofix.rules.running import RunningPod

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def held(passed: timedelta | None = None, by: str = "linkerd-proxy") -> RunningPod:
    return RunningPod(
        "shop", "backup-x", native=False, held_by=by, ended=None if passed is None else NOW - passed
    )


@pytest.mark.parametrize(
    ("passed", "age"),
    [
        (timedelta(days=2, hours=5), " 2d ago"),
        (timedelta(hours=3), " 3h ago"),
        (timedelta(minutes=7), " 7m ago"),
        (timedelta(seconds=9), " 9s ago"),
        (timedelta(0), " 0s ago"),
        (timedelta(seconds=-3), " 0s ago"),
        (None, ""),
    ],
)
def test_the_age_is_told_as_kubectl_does(passed: timedelta | None, age: str) -> None:
    found = afx601_held_by_proxy.report(held(passed), "", NOW)
    assert found.message.startswith(f"its containers ended{age} and linkerd-proxy still runs")


def test_the_owner_and_the_way_out_are_named() -> None:
    found = afx601_held_by_proxy.report(held(), "Job shop/backup", NOW)
    assert "Job shop/backup made it" in found.message
    assert found.message.endswith("delete it, so that the next one has a native sidecar")
    with_key = afx601_held_by_proxy.report(held(), "Job shop/backup", NOW, "linkerd.io/key")
    assert 'add linkerd.io/key: "true" to the pod template, and delete it' in with_key.message
    assert (found.severity, found.applicability, found.fix) == (Severity.ERROR, Applicability.DISPLAY, None)


def test_a_debug_container_has_a_way_out_of_its_own() -> None:
    found = afx601_held_by_proxy.report(held(by="linkerd-debug"), "", NOW)
    assert "linkerd-debug still runs" in found.message
    assert found.message.endswith("take config.linkerd.io/enable-debug-sidecar off")
