"""MutatingWebhookConfigurations: which webhooks the API server calls, and in which order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from autofix.cluster.webhook_order import find_injector
from autofix.kubeapi.api_path import resource_path
from autofix.kubeapi.informer import Informer
from autofix.kubeapi.list import Resource
from autofix.kubeapi.types import MutatingWebhookConfiguration
from autofix.kubernetes.kinds import MUTATING_WEBHOOKS

WebhookConfigurations: TypeAlias = Informer[MutatingWebhookConfiguration, MutatingWebhookConfiguration]


def make_configurations() -> WebhookConfigurations:
    """Make an informer of the cluster's configurations.

    Returns:
        The informer; the caller runs it.
    """
    resource = Resource(
        "webhook configurations", resource_path(MUTATING_WEBHOOKS), MutatingWebhookConfiguration
    )
    return Informer(resource, lambda configuration: configuration)


def order_problem(configurations: Mapping[str, MutatingWebhookConfiguration], ours: str) -> str:
    """Say why the injector does not see our changes.

    Args:
        configurations: the cluster's MutatingWebhookConfigurations, by name.
        ours: name of our own.

    Returns:
        The problem; empty when there is none.
    """
    if ours not in configurations:
        return f"there is no MutatingWebhookConfiguration {ours}: nothing is repaired"
    injector = find_injector(configurations)
    if injector and injector.is_called_before(ours):
        return (
            f"MutatingWebhookConfiguration {injector.configuration} is called before {ours}, so Linkerd's "
            f"injector never sees a repair: give {ours} a name that sorts before it"
        )
    return ""
