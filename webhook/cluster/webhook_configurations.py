"""MutatingWebhookConfigurations: who is called, in which order, and whom the API server trusts for it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Final, TypeAlias

from autofix.cluster.webhook_order import find_injector
from autofix.kubeapi.api_path import resource_path
from autofix.kubeapi.client import STRATEGIC_MERGE, Api
from autofix.kubeapi.informer import Informer
from autofix.kubeapi.list import Resource
from autofix.kubeapi.types import MutatingWebhookConfiguration
from autofix.kubernetes.kinds import MUTATING_WEBHOOKS

_LOG: Final = logging.getLogger("webhook")

WebhookConfigurations: TypeAlias = Informer[MutatingWebhookConfiguration, MutatingWebhookConfiguration]


def make_configurations() -> WebhookConfigurations:
    """Return an informer of the cluster's configurations, to be run."""
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


def trusts(configuration: MutatingWebhookConfiguration | None, bundle: str) -> bool:
    """Tell whether all webhooks of a configuration have a caBundle.

    Args:
        configuration: the configuration; None when there is none.
        bundle: the caBundle, base64 of PEM.
    """
    return configuration is not None and all(
        webhook.client_config.ca_bundle == bundle for webhook in configuration.webhooks or ()
    )


async def publish(api: Api, configuration: MutatingWebhookConfiguration, bundle: str) -> None:
    """Give a configuration's webhooks a caBundle.

    Args:
        api: the connection.
        configuration: the configuration as it was read; a change that somebody else has made since then is
            not overwritten.
        bundle: base64 of PEM.

    Raises:
        ApiError: when the API server refuses, with status 409 after such a change.
    """
    metadata = configuration.metadata
    webhooks = [
        {"name": webhook.name, "clientConfig": {"caBundle": bundle}}
        for webhook in configuration.webhooks or ()
    ]
    patch = {"metadata": {"resourceVersion": metadata.resource_version}, "webhooks": webhooks}
    path = resource_path(MUTATING_WEBHOOKS, name=metadata.name)
    await api.request("PATCH", path, body=patch, content_type=STRATEGIC_MERGE)
    _LOG.info("wrote the caBundle", extra={"configuration": metadata.name})
