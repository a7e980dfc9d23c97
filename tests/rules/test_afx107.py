"""AFX107: a key that resembles the real one."""

from __future__ import annotations

import pytest
from builders import ALPHA, BETA, BETA_ERA, NONE_ERA, namespace, workload
from fixing import codes, fixed, found

NEAR = [
    "config.linkerd.io/proxy-sidecar-native",
    "config.alpha.linkerd.io/enable-sidecar",
    "config.linkerd.io/proxy-enable-nativ-sidecar",
    "proxy-enable-native-sidecar",
    "proxy.nativeSidecar",
]


@pytest.mark.parametrize("key", NEAR)
def test_it_is_shown_and_never_changed(key: str) -> None:
    [finding] = found({key: "true"}, "AFX107")
    assert finding.message == f"Linkerd does not read {key}; did you mean {ALPHA}?"
    assert finding.applicability == "display"
    assert fixed({key: "true"}, unsafe=True) == {key: "true"}


def test_it_suggests_the_key_of_the_release() -> None:
    assert BETA in found({NEAR[0]: "true"}, "AFX107", release=BETA_ERA)[0].message
    assert ALPHA in found({NEAR[0]: "true"}, "AFX107", release=NONE_ERA)[0].message


def test_on_namespaces_and_templates() -> None:
    assert codes(namespace({NEAR[0]: "true"})) == ["AFX107"]
    assert codes(workload("CronJob", {NEAR[0]: "true"})) == ["AFX107"]


@pytest.mark.parametrize(
    "key",
    [
        *("config.linkerd.io/enable-debug-sidecar", "config.linkerd.io/proxy-await", "linkerd.io/inject"),
        *("dapr.io/enable-native-sidecar", "sidecar.istio.io/nativeSidecar", "native-sidecar", "sidecar"),
    ],
)
def test_known_and_foreign_keys_are_left_alone(key: str) -> None:
    assert "AFX107" not in codes({key: "true"})
