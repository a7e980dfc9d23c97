"""Which documents hold values of Linkerd's own chart, and which of the values are about native sidecars."""

from __future__ import annotations

from typing import Any

import pytest

from autofix.linkerd.helm import (
    find_linkerd_values,
    is_linkerd_chart,
    is_linkerd_values,
    is_native_word,
    linkerd_values_in,
)

CHART = "linkerd-control-plane"
WRONG = {"nativeSidecar": True}


@pytest.mark.parametrize(
    "path",
    [
        *("nativeSidecar", "enableNativeSidecar", "proxy.nativeSidecar", "proxy.proxyEnableNativeSidecar"),
        *("Proxy.NativeSidecar", "proxy.native-sidecar", "proxy.nativeSidecars", "NATIVE_SIDECAR"),
    ],
)
def test_a_word_about_native_sidecars(path: str) -> None:
    assert is_native_word(path)


@pytest.mark.parametrize(
    "path",
    ["proxy.sidecar", "native", "native.sidecar", "sidecarNative", "a.b/native-sidecar", ""],
)
def test_other_words(path: str) -> None:
    assert not is_native_word(path)


@pytest.mark.parametrize(
    "values",
    [
        {"nativeSidecar": True, "proxy": {"waitBeforeExitSeconds": 30}},
        {"proxy": {"nativeSidecar": True, "waitBeforeExitSeconds": 0}},
        {"proxy": {"enableNativeSidecar": "true"}, "proxyInit": {"runAsRoot": True}},
        {"enableNativeSidecar": False, "controllerLogLevel": "info"},
        {"nativeSidecar": True, "identityTrustDomain": "cluster.local", "identity": {}},
        {"Proxy": {"NativeSidecar": True}, "linkerdVersion": "edge-25.1.1"},
    ],
)
def test_values_of_linkerds_chart_by_their_names(values: dict[str, Any]) -> None:
    assert is_linkerd_values(values)
    assert list(find_linkerd_values(values)) == [((), values)]


@pytest.mark.parametrize(
    "values",
    [
        {"nativeSidecar": True},
        {"proxy": {"nativeSidecar": True}},
        {"proxy": {"enableNativeSidecar": True, "image": "envoy"}},
        {"pilot": {"env": {"ENABLE_NATIVE_SIDECARS": "true"}}, "global": {"proxy": {}}},
        {"dapr": {"nativeSidecar": True}, "replicas": 1},
        {"controllerLogLevel": "info", "proxy": {"waitBeforeExitSeconds": 30}},
        {"proxyInit": {}, "podAnnotations": {"config.linkerd.io/proxy-native-sidecar": "true"}},
        ["nativeSidecar"],
        "nativeSidecar",
        None,
        {},
    ],
)
def test_values_of_other_charts(values: object) -> None:
    assert not is_linkerd_values(values)
    assert not list(find_linkerd_values(values))


@pytest.mark.parametrize(
    ("document", "place"),
    [
        (
            {"kind": "HelmRelease", "spec": {"chart": {"spec": {"chart": CHART}}, "values": WRONG}},
            ("spec", "values"),
        ),
        (
            {"kind": "HelmRelease", "spec": {"chartRef": {"kind": "OCI", "name": CHART}, "values": WRONG}},
            ("spec", "values"),
        ),
        (
            {"kind": "Application", "spec": {"source": {"chart": CHART, "helm": {"valuesObject": WRONG}}}},
            ("spec", "source", "helm", "valuesObject"),
        ),
        (
            {"spec": {"sources": [{"chart": "a"}, {"chart": CHART, "helm": {"valuesObject": WRONG}}]}},
            ("spec", "sources", 1, "helm", "valuesObject"),
        ),
        (
            {"kind": "Kustomization", "helmCharts": [{"name": CHART, "valuesInline": WRONG}]},
            ("helmCharts", 0, "valuesInline"),
        ),
        (
            {"releases": [{"name": "l5d", "chart": f"linkerd-edge/{CHART}", "values": ["a.yaml", WRONG]}]},
            ("releases", 0, "values", 1),
        ),
        (
            {"kind": "Release", "spec": {"forProvider": {"chart": {"name": CHART}, "values": WRONG}}},
            ("spec", "forProvider", "values"),
        ),
        (
            {
                "kind": "ControlPlane",
                "spec": {"components": {"linkerd": {"controlPlaneConfig": WRONG, "version": "2.17"}}},
            },
            ("spec", "components", "linkerd", "controlPlaneConfig"),
        ),
        ({"replicas": 1, "linkerd-enterprise-control-plane": WRONG}, ("linkerd-enterprise-control-plane",)),
    ],
)
def test_what_installs_the_chart(document: dict[str, Any], place: tuple[str | int, ...]) -> None:
    assert list(find_linkerd_values(document)) == [(place, WRONG)]


@pytest.mark.parametrize(
    "document",
    [
        {"spec": {"chart": {"spec": {"chart": "linkerd-viz"}}, "values": WRONG}},
        {"spec": {"source": {"chart": "dapr", "helm": {"valuesObject": WRONG}}}},
        {"spec": {"source": {"repoURL": "x", "helm": {"valuesObject": WRONG}}}},
        {"helmCharts": [{"name": "istiod", "valuesInline": WRONG}]},
        {"metadata": {"name": CHART}, "spec": {"values": WRONG}},
        {"spec": {"chart": {"spec": {"chart": CHART}}, "values": None}},
        {"releases": [{"chart": CHART, "values": ["a.yaml"]}]},
        {"kind": "ControlPlane", "spec": {"controlPlaneConfig": WRONG}},
    ],
)
def test_what_does_not(document: dict[str, Any]) -> None:
    assert not list(find_linkerd_values(document))


def test_the_values_have_paths_with_dots() -> None:
    values = {
        "nativeSidecar": True,
        "proxy": {"waitBeforeExitSeconds": 5, "image": {"name": "x"}, "nativeSidecar": "true"},
        "podAnnotations": {"config.linkerd.io/proxy-native-sidecar": True},
        "a.b": {"nativeSidecar": True},
        "deep": {"er": {"than": {"people": {"nativeSidecar": True}}}},
    }
    assert linkerd_values_in(values) == {
        "nativeSidecar": True,
        "proxy.waitBeforeExitSeconds": 5,
        "proxy.nativeSidecar": "true",
    }


def test_a_document_of_many_levels_takes_no_longer() -> None:
    document: dict[str, Any] = WRONG
    for _ in range(50_000):
        document = {"values": document}
    assert not list(find_linkerd_values(document))


@pytest.mark.parametrize(
    ("chart", "expected"),
    [
        ("linkerd-control-plane", True),
        ("linkerd-buoyant/linkerd-enterprise-control-plane", True),
        ("oci://example.org/charts/linkerd2", True),
        ("./charts/linkerd-control-plane/", True),
        ("https://example.org/linkerd-control-plane-1.16.11.tgz", True),
        ("linkerd2-v2.11.0-edge", True),
        ("linkerd-crds", False),
        ("linkerd-control-plane/other", False),
        ("linkerd-control-planes", False),
        ("my-linkerd2", False),
        ("linkerd", False),
        ("", False),
    ],
)
def test_the_chart_of_linkerds_control_plane(chart: str, expected: bool) -> None:
    assert is_linkerd_chart(chart) is expected
