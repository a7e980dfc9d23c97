"""The self-check of the order in which the API server calls webhooks, and the way to the API server."""

from __future__ import annotations

import pytest

from webhook.cluster.webhook_configurations import Configuration, order_problem, trusts


def calling(*webhooks: str, bundle: str = "") -> Configuration:
    return Configuration("1", dict.fromkeys(webhooks, bundle))


INJECTOR = calling("linkerd-proxy-injector.linkerd.io")
LINKERD = {"linkerd-proxy-injector-webhook-config": INJECTOR}
ISTIO = {"istio-sidecar-injector": calling("rev.namespace.sidecar-injector.istio.io")}
OURS = calling("pods.linkerd-autofix.io")


@pytest.mark.parametrize(
    ("ours", "others", "problem"),
    [
        ("linkerd-autofix", LINKERD, ""),
        ("autofix", LINKERD, ""),
        ("linkerd-autofix", {}, ""),
        ("zz-autofix", ISTIO, ""),
        ("zz-autofix", LINKERD, "is called before zz-autofix"),
        ("linkerd-proxy-zz", LINKERD, "linkerd-proxy-injector-webhook-config is called before"),
        # A chart that gives it another name is found by its webhook.
        ("linkerd-autofix", {"aa-mesh": INJECTOR}, "aa-mesh is called before"),
    ],
)
def test_names_are_compared_as_the_api_server_does(ours: str, others: dict[str, Configuration], problem: str):
    found = order_problem({ours: OURS, **others}, ours)
    assert problem in found
    assert bool(problem) == bool(found)


def test_a_configuration_that_is_not_there_is_a_problem():
    problem = order_problem(LINKERD, "linkerd-autofix")
    assert "there is no MutatingWebhookConfiguration linkerd-autofix" in problem


@pytest.mark.parametrize(
    ("found", "answer"),
    [
        (None, False),
        (calling("a", "b", bundle="right"), True),
        (calling("a", bundle="wrong"), False),
        (Configuration("1", {"a": "right", "b": ""}), False),
    ],
)
def test_every_webhook_needs_the_ca_bundle(found: Configuration | None, answer: bool):
    assert trusts(found, "right") is answer
