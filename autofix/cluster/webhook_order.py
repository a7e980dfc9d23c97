"""Whether the API server calls our configuration before Linkerd's injector: the only check of it.

Source: kube-apiserver v1.34 and v1.36, measured: it calls configurations in bytewise order of their names,
and Linkerd's asks for no second call (reinvocationPolicy Never).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from autofix.kubeapi.api_path import resource_path
from autofix.kubeapi.list import Resource
from autofix.kubeapi.types import MutatingWebhook, MutatingWebhookConfiguration
from autofix.kubernetes.kinds import MUTATING_WEBHOOKS

# linkerd2 charts/linkerd-control-plane/templates/proxy-injector-rbac.yaml
INJECTOR_WEBHOOK: Final = "linkerd-proxy-injector.linkerd.io"
# deploy/base/mutatingwebhookconfiguration.yaml, the webhook for Pods.
OUR_WEBHOOK: Final = "pods.linkerd-autofix.io"


# All configurations: which webhooks the API server calls depends on each of them.
CONFIGURATIONS: Final = Resource(
    "MutatingWebhookConfigurations", resource_path(MUTATING_WEBHOOKS), MutatingWebhookConfiguration
)


class PodWebhook(NamedTuple):
    """A webhook for pods as the API server knows it: Linkerd's injector, or our own.

    Attributes:
        configuration: name of its MutatingWebhookConfiguration.
        webhook: its webhook in that configuration.
    """

    configuration: str
    webhook: MutatingWebhook

    def is_called_before(self, configuration: str) -> bool:
        """Tell whether the API server calls the injector before a MutatingWebhookConfiguration.

        Args:
            configuration: the name of that configuration.

        Returns:
            True when it does.
        """
        return self.configuration < configuration


def find_injector(configurations: Mapping[str, MutatingWebhookConfiguration]) -> PodWebhook | None:
    """Find the injector's webhook that the API server calls first.

    Args:
        configurations: the cluster's MutatingWebhookConfigurations, by name.

    Returns:
        The injector; None when no configuration has it.
    """
    return _find(configurations, INJECTOR_WEBHOOK)


def find_ours(configurations: Mapping[str, MutatingWebhookConfiguration]) -> PodWebhook | None:
    """Find our own webhook for pods, the one that the API server calls first.

    Args:
        configurations: the cluster's MutatingWebhookConfigurations, by name.

    Returns:
        The webhook; None when no configuration has it.
    """
    return _find(configurations, OUR_WEBHOOK)


def _find(configurations: Mapping[str, MutatingWebhookConfiguration], name: str) -> PodWebhook | None:
    for configuration, whole in sorted(configurations.items()):
        for webhook in whole.webhooks or ():
            if webhook.name == name:
                return PodWebhook(configuration, webhook)
    return None
