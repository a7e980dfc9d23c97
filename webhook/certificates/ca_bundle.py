"""The caBundle of our MutatingWebhookConfiguration: the CAs that the API server trusts when it calls us."""

from __future__ import annotations

import logging
from typing import Final

from autofix.kubeapi.api_path import resource_path
from autofix.kubeapi.client import STRATEGIC_MERGE_PATCH, Api
from autofix.kubeapi.types import MutatingWebhookConfiguration
from autofix.kubernetes.kinds import MUTATING_WEBHOOKS

_LOG: Final = logging.getLogger("webhook")


def trusts(configuration: MutatingWebhookConfiguration | None, bundle: str) -> bool:
    """Tell whether all webhooks of a configuration have this caBundle.

    Args:
        configuration: the configuration; None when there is none.
        bundle: the caBundle, base64 of PEM.

    Returns:
        True when they have.
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
    await api.request("PATCH", path, body=patch, content_type=STRATEGIC_MERGE_PATCH)
    _LOG.info("wrote the caBundle", extra={"configuration": metadata.name})
