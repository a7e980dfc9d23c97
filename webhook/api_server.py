"""What the webhook reads from the API server, by kubernetes_asyncio."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from webhook.order import Configurations, Lister
from webhook.settings import SettingsError


@asynccontextmanager
async def api_server(kubeconfig: str) -> AsyncIterator[Lister]:
    """List configurations from the API server.

    Args:
        kubeconfig: path of a kubeconfig; empty for the ServiceAccount of the pod.

    Raises:
        SettingsError: when kubernetes_asyncio is not installed, or there is no way to the API server.
    """
    try:
        # Imported here: it costs 400 ms and 60 MB, and only the self-check needs it.
        from kubernetes_asyncio import client, config
    except ImportError:
        raise SettingsError(
            "--configuration needs kubernetes_asyncio: install linkerd-autofix[cluster]"
        ) from None
    try:
        if kubeconfig:
            await config.load_kube_config(config_file=kubeconfig)
        else:
            config.load_incluster_config()  # type: ignore[no-untyped-call]
    except (config.ConfigException, OSError) as error:
        raise SettingsError(
            f"--configuration: no way to the API server: {error}; give --kubeconfig"
        ) from None
    async with client.ApiClient() as connection:
        api = client.AdmissionregistrationV1Api(connection)

        async def configurations() -> Configurations:
            found = await api.list_mutating_webhook_configuration()
            return {
                one.metadata.name: {webhook.name for webhook in one.webhooks or ()} for one in found.items
            }

        yield configurations
