"""Whether the API server calls our configuration before Linkerd's injector: the only check of it.

Source: kube-apiserver v1.34 and v1.36, measured: it calls configurations in bytewise order of their names,
and Linkerd's asks for no second call (reinvocationPolicy Never).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from autofix.kubeapi.types import MutatingWebhook, MutatingWebhookConfiguration

# linkerd2 charts/linkerd-control-plane/templates/proxy-injector-rbac.yaml
INJECTOR_WEBHOOK: Final = "linkerd-proxy-injector.linkerd.io"


class Injector(NamedTuple):
    """Linkerd's injector as the API server knows it.

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


def find_injector(configurations: Mapping[str, MutatingWebhookConfiguration]) -> Injector | None:
    """Find the injector's webhook that the API server calls first.

    Args:
        configurations: the cluster's MutatingWebhookConfigurations, by name.

    Returns:
        The injector; None when no configuration has it.
    """
    for name, configuration in sorted(configurations.items()):
        for webhook in configuration.webhooks or ():
            if webhook.name == INJECTOR_WEBHOOK:
                return Injector(name, webhook)
    return None
