"""Pods that run to completion, and those that end their proxy themselves."""

from __future__ import annotations

import pytest

from autofix.linkerd.completion import is_shutdown_on, runs_to_completion, stops_proxy
from autofix.linkerd.precedence import Annotations

SHUTDOWN = "config.linkerd.io/proxy-admin-shutdown"


@pytest.mark.parametrize(
    ("spec", "ends"),
    [
        ({"restartPolicy": "Never"}, True),
        ({"restartPolicy": "OnFailure"}, True),
        ({"restartPolicy": "Always"}, False),
        ({"restartPolicy": ["Never"]}, False),
        ({}, False),
        (None, False),
    ],
)
def test_the_restart_policy_says_whether_a_pod_ends(spec: object, ends: bool) -> None:
    assert runs_to_completion(spec) is ends


@pytest.mark.parametrize(
    ("container", "ends"),
    [
        ({"command": ["linkerd-await", "--shutdown", "--", "job"]}, True),
        ({"args": ["sh", "-c", "job; curl -X POST http://localhost:4191/shutdown"]}, True),
        ({"lifecycle": {"preStop": {"exec": {"command": ["wget", "localhost:4191/shutdown"]}}}}, True),
        ({"lifecycle": {"preStop": {"httpGet": {"path": "/shutdown", "port": 4191}}}}, True),
        ({"command": ["job"]}, False),
        (
            {"name": "linkerd-proxy", "lifecycle": {"postStart": {"exec": {"command": ["linkerd-await"]}}}},
            False,
        ),
        ({"command": "linkerd"}, False),
        ({"env": [{"name": "NOTE", "value": "/shutdown"}]}, False),
        (None, False),
    ],
)
def test_a_container_may_end_the_proxy(container: object, ends: bool) -> None:
    assert stops_proxy({"containers": [container]}) is ends


@pytest.mark.parametrize(
    ("pod", "namespace", "ends"),
    [
        ({SHUTDOWN: "enabled"}, {}, True),
        ({}, {SHUTDOWN: "enabled"}, True),
        ({SHUTDOWN: "disabled"}, {SHUTDOWN: "enabled"}, False),
        ({SHUTDOWN: "true"}, {}, False),
        ({}, {}, False),
    ],
)
def test_the_endpoint_that_ends_the_proxy_may_be_on(
    pod: Annotations, namespace: Annotations, ends: bool
) -> None:
    assert is_shutdown_on(pod, namespace) is ends
