"""The self-check of the order in which the API server calls webhooks, and the way to the API server."""

from __future__ import annotations

import pytest

from autofix.cluster.webhook_order import INJECTOR_WEBHOOK
from autofix.kubeapi.types import MutatingWebhook, MutatingWebhookConfiguration
from webhook.cluster.webhook_configurations import order_problem


def calling(webhook: str) -> MutatingWebhookConfiguration:
    return MutatingWebhookConfiguration(webhooks=[MutatingWebhook(name=webhook)])


INJECTOR = calling(INJECTOR_WEBHOOK)
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
def test_names_are_compared_as_the_api_server_does(
    ours: str, others: dict[str, MutatingWebhookConfiguration], problem: str
) -> None:
    found = order_problem({ours: OURS, **others}, ours)
    assert problem in found
    assert bool(problem) == bool(found)


def test_a_configuration_that_is_not_there_is_a_problem() -> None:
    problem = order_problem(LINKERD, "linkerd-autofix")
    assert "there is no MutatingWebhookConfiguration linkerd-autofix" in problem
