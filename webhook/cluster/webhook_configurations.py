"""MutatingWebhookConfigurations: who is called, in which order, and whom the API server trusts for it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import msgspec
from msgspec import Struct

from autofix.kubeapi.api_path import resource_path
from autofix.kubeapi.client import STRATEGIC_MERGE, Api
from autofix.kubeapi.informer import Copy
from autofix.kubeapi.list import Object, Resource
from autofix.kubernetes.kinds import MUTATING_WEBHOOKS

_LOG: Final = logging.getLogger("webhook")
_INJECTOR: Final = "linkerd-proxy-injector.linkerd.io"


class _ClientConfig(Struct, rename="camel"):
    ca_bundle: str = msgspec.field(name="caBundle", default="")


class _Webhook(Struct, rename="camel"):
    name: str = ""
    client_config: _ClientConfig = msgspec.field(default_factory=_ClientConfig)


class _Object(Object):
    webhooks: list[_Webhook] | None = None


@dataclass(frozen=True, slots=True)
class Configuration:
    """What counts of a MutatingWebhookConfiguration.

    Attributes:
        version: its resource version.
        bundles: the caBundle of each of its webhooks, by the webhook's name.
    """

    version: str
    bundles: Mapping[str, str]


Configurations = Copy[_Object, Configuration]


def copy_of_configurations() -> Configurations:
    """Return an empty copy of the cluster's configurations, to be followed."""

    def keep(found: _Object) -> Configuration:
        bundles = {one.name: one.client_config.ca_bundle for one in found.webhooks or ()}
        return Configuration(found.metadata.resource_version, bundles)

    return Copy(Resource("webhook configurations", resource_path(MUTATING_WEBHOOKS), _Object), keep)


def order_problem(found: Mapping[str, Configuration], ours: str) -> str:
    """Tell why the injector does not see our changes; empty when it does.

    Args:
        found: the cluster's MutatingWebhookConfigurations.
        ours: name of our own.

    Source: kube-apiserver v1.34 and v1.36, measured: configurations are called in bytewise order of their
    names, and Linkerd's asks for no second call (reinvocationPolicy Never).
    """
    if ours not in found:
        return f"there is no MutatingWebhookConfiguration {ours}: nothing is repaired"
    before = sorted(name for name, one in found.items() if _INJECTOR in one.bundles and name < ours)
    if before:
        return (
            f"MutatingWebhookConfiguration {before[0]} is called before {ours}, so Linkerd's injector never "
            f"sees a repair: give {ours} a name that sorts before it"
        )
    return ""


def trusts(found: Configuration | None, bundle: str) -> bool:
    """Tell whether all webhooks of a configuration have a caBundle."""
    return found is not None and all(given == bundle for given in found.bundles.values())


async def publish(api: Api, name: str, found: Configuration, bundle: str) -> None:
    """Give a configuration's webhooks a caBundle.

    Args:
        api: the connection.
        name: of the configuration.
        found: what it was when it was looked at; somebody else's change in between is not overwritten.
        bundle: base64 of PEM.

    Raises:
        ApiError: when the API server refuses, with status 409 after such a change.
    """
    webhooks = [{"name": webhook, "clientConfig": {"caBundle": bundle}} for webhook in found.bundles]
    patch = {"metadata": {"resourceVersion": found.version}, "webhooks": webhooks}
    path = resource_path(MUTATING_WEBHOOKS, name=name)
    await api.request("PATCH", path, body=patch, content_type=STRATEGIC_MERGE)
    _LOG.info("wrote the caBundle", extra={"configuration": name})
