"""AFX602: pods run another kind of sidecar than their annotations ask for."""

from __future__ import annotations

import pytest

from autofix.rules import afx602_other_sidecar
from autofix.rules.finding import Applicability
from autofix.rules.running import RunningPod


def pods(number: int, *, native: bool = False) -> list[RunningPod]:
    return [RunningPod("shop", f"web-{index}", native) for index in range(number)]


@pytest.mark.parametrize(
    ("kind", "way"),
    [
        ("Deployment", "kubectl -n shop rollout restart deployment/web"),
        ("StatefulSet", "kubectl -n shop rollout restart statefulset/web"),
        ("DaemonSet", "kubectl -n shop rollout restart daemonset/web"),
        ("Job", "delete and create it again"),
        ("Pod", "delete and create it again"),
        ("Rollout", "its pods have to be made anew"),
    ],
)
def test_the_way_out_fits_what_made_the_pods(kind: str, way: str) -> None:
    found = afx602_other_sidecar.report(pods(1), kind, "web")
    assert found.message.endswith(f": {way}")
    assert (found.applicability, found.fix) == (Applicability.DISPLAY, None)


def test_three_of_many_pods_are_named() -> None:
    found = afx602_other_sidecar.report(pods(4), "Deployment", "web")
    assert "in 4 of its pods (web-0, web-1, web-2, …)" in found.message


@pytest.mark.parametrize(
    ("native", "runs", "asked"),
    [
        (False, "an ordinary container", "a native sidecar"),
        (True, "a native sidecar", "an ordinary container"),
    ],
)
def test_both_directions_are_told(native: bool, runs: str, asked: str) -> None:
    found = afx602_other_sidecar.report(pods(1, native=native), "Pod", "web")
    assert f"its proxy is {runs}, and the annotations ask for {asked}" in found.message
