"""Linkerd's release and Helm values, from what a control plane leaves to be read."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
import yaml

from autofix.cluster.installation import Linkerd, read_linkerd
from autofix.kubeapi.deployment_types import Deployment
from autofix.kubeapi.types import ConfigMap

IMAGE = "image of Deployment linkerd-proxy-injector"
CONFIG = "linkerdVersion of ConfigMap linkerd-config"
LABEL = "label of Deployment linkerd-proxy-injector"
CREATED = "linkerd.io/created-by of Deployment linkerd-proxy-injector"


def deployment(image: str = "", label: str = "", created: str = "") -> Deployment:
    containers = [
        {"name": "linkerd-proxy", "image": "proxy:v2.1"},
        {"name": "proxy-injector", "image": image},
    ]
    obj = {
        "metadata": {
            "labels": {"app.kubernetes.io/version": label},
            "annotations": {"linkerd.io/created-by": created},
        },
        "spec": {"template": {"spec": {"containers": containers}}},
    }
    return msgspec.convert(obj, Deployment)


def config(values: Any) -> ConfigMap:
    text = values if isinstance(values, str) else yaml.safe_dump(values)
    return msgspec.convert({"data": {"values": text}}, ConfigMap)


@pytest.mark.parametrize(
    ("image", "release"),
    [
        ("cr.l5d.io/linkerd/controller:edge-25.10.7", "edge-25.10.7"),
        ("ghcr.io/buoyantio/controller:enterprise-2.19.6", "enterprise-2.19.6"),
        ("registry.example:5000/mirror/controller:stable-2.14.10", "stable-2.14.10"),
        ("mirror/controller:edge-25.10.7@sha256:0123", "edge-25.10.7"),
        ("controller:dev-undefined", "dev-undefined"),
    ],
)
def test_the_injectors_image_tells_the_release(image: str, release: str) -> None:
    assert read_linkerd(deployment(image), None) == Linkerd(release, IMAGE)


@pytest.mark.parametrize(
    "image",
    ["registry.example:5000/controller", "controller@sha256:01", "controller:latest", "", ":", "a/b:v1/x:"],
)
def test_an_image_without_a_release_leaves_it_to_the_next_source(image: str) -> None:
    found = deployment(image, "edge-25.1.1", "linkerd/helm edge-25.1.2")
    assert read_linkerd(found, config({"linkerdVersion": "edge-25.10.7"})) == Linkerd("edge-25.10.7", CONFIG)
    assert read_linkerd(found, None) == Linkerd("edge-25.1.1", LABEL)
    assert read_linkerd(deployment(image, "", "linkerd/cli edge-25.1.2"), None) == Linkerd(
        "edge-25.1.2", CREATED
    )
    assert read_linkerd(deployment(image), None) == Linkerd()


@pytest.mark.parametrize(
    ("proxy", "default", "wait"),
    [
        ({"nativeSidecar": True, "waitBeforeExitSeconds": 5}, True, 5),
        ({"nativeSidecar": False, "waitBeforeExitSeconds": 0}, False, 0),
        ({"waitBeforeExitSeconds": "7"}, None, 7),
        ({"nativeSidecar": "yes", "waitBeforeExitSeconds": -1}, None, 0),
        ({}, None, 0),
        (None, None, 0),
        ("nonsense", None, 0),
    ],
)
def test_helm_values_are_read_and_nonsense_is_not(proxy: Any, default: bool | None, wait: int) -> None:
    found = read_linkerd(None, config({"proxy": proxy}))
    assert (found.default, found.wait_before_exit) == (default, wait)


@pytest.mark.parametrize(
    "values", ["", "[", "- a", "a: b: c", "\x00", "!!python/object:os.system {}", "[" * 5000]
)
def test_values_that_cannot_be_read_are_no_values(values: str) -> None:
    assert read_linkerd(None, config(values)) == Linkerd()


def test_without_a_control_plane_nothing_is_known() -> None:
    assert read_linkerd(None, None) == Linkerd()
    assert read_linkerd(None, ConfigMap()) == Linkerd()


@pytest.mark.parametrize(
    ("identity", "projects"),
    [
        ({"serviceAccountTokenProjection": False}, False),
        ({"serviceAccountTokenProjection": True}, True),
        ({"serviceAccountTokenProjection": "false"}, True),
        ({}, True),
        (None, True),
        ("nonsense", True),
    ],
)
def test_the_chart_projects_tokens_unless_it_says_that_it_does_not(identity: Any, projects: bool) -> None:
    assert read_linkerd(None, config({"identity": identity})).projects_tokens is projects
