"""Our Deployment: which it is, and what its settings say."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import zip_longest
from typing import Final, NamedTuple

from autofix.kubeapi.api_path import resource_path
from autofix.kubeapi.list import Resource
from autofix.kubeapi.service_types import ConfiguredContainer, ConfiguredDeployment, Volume
from autofix.kubernetes.kinds import DEPLOYMENT

_VARIABLE: Final = "AUTOFIX_"
_FLAG: Final = "--"
# What the webhook reads as true (msgspec, convert with strict=False).
_ON: Final = ("true", "1")
_KEY: Final = "tls.crt"


class CertificateSource(NamedTuple):
    """Where the certificate comes from that our pods serve.

    Attributes:
        namespace: the Namespace of the Secret.
        secret: the name of the Secret.
        key: the key of the certificate in it.
        is_ours: whether the webhook writes the Secret and the caBundle itself.
    """

    namespace: str
    secret: str
    key: str
    is_ours: bool


def settings_of(container: ConfiguredContainer) -> dict[str, str]:
    """Read the settings of a webhook as the webhook reads them: a flag comes before a variable.

    Args:
        container: a container, perhaps of the webhook.

    Returns:
        The settings by their names in a file of settings, such as ``tls_secret``.

    Source: webhook/settings.py.
    """
    variables = {
        variable.name.removeprefix(_VARIABLE).lower(): variable.value
        for variable in container.env or ()
        if variable.name.startswith(_VARIABLE)
    }
    words = [*(container.command or ()), *(container.args or ())]
    flags = {}
    for word, following in zip_longest(words, words[1:], fillvalue=""):
        if word.startswith(_FLAG):
            name, equals, value = word.removeprefix(_FLAG).partition("=")
            flags[name.replace("-", "_")] = value if equals else following
    return {**variables, **flags}


def deployments_in(namespace: str) -> Resource[ConfiguredDeployment]:
    """Return where our Deployment is.

    Args:
        namespace: that of the webhook's Service.

    Raises:
        PathError: when no Namespace can have the name.
    """
    return Resource("our Deployment", resource_path(DEPLOYMENT, namespace), ConfiguredDeployment)


def our_deployment(
    deployments: Iterable[ConfiguredDeployment], configuration: str
) -> ConfiguredDeployment | None:
    """Find the Deployment whose pods answer for a MutatingWebhookConfiguration.

    Args:
        deployments: those of the Namespace of the webhook's Service.
        configuration: the name of the MutatingWebhookConfiguration.

    Returns:
        The Deployment of a webhook that has this name among its settings, else of any webhook; None without
        one.
    """
    servers = [
        (settings.get("configuration") == configuration, deployment)
        for deployment in deployments
        for container in deployment.spec.template.spec.containers
        if {"tls_secret", "tls_cert"} & (settings := settings_of(container)).keys()
    ]
    return max(servers, key=lambda server: server[0], default=(False, None))[1]


def labels_of(deployment: ConfiguredDeployment) -> str:
    """Return a label selector for the pods of a Deployment.

    Args:
        deployment: the Deployment.

    Returns:
        The selector as kubectl reads it, such as ``app.kubernetes.io/name=linkerd-autofix``.
    """
    labels = deployment.spec.selector.match_labels or {}
    return ",".join(f"{name}={value}" for name, value in labels.items())


def completes_jobs(deployment: ConfiguredDeployment) -> bool:
    """Tell whether the webhook gives the pods of all Jobs the key with which they complete.

    Args:
        deployment: ours.
    """
    containers = deployment.spec.template.spec.containers
    return any(settings_of(container).get("complete_jobs", "").lower() in _ON for container in containers)


def certificate_source(deployment: ConfiguredDeployment) -> CertificateSource | None:
    """Say which Secret holds the certificate that the pods of a Deployment serve.

    Args:
        deployment: ours.

    Returns:
        The source; None when the certificate comes from no Secret.
    """
    home, spec = deployment.metadata.namespace, deployment.spec.template.spec
    for container in spec.containers:
        settings = settings_of(container)
        if secret := settings.get("tls_secret"):
            namespace, _, name = secret.rpartition("/")
            return CertificateSource(namespace or home, name, _KEY, is_ours=True)
        if path := settings.get("tls_cert"):
            return _mounted(path, container, spec.volumes or (), home)
    return None


def _mounted(
    path: str, container: ConfiguredContainer, volumes: Iterable[Volume], namespace: str
) -> CertificateSource | None:
    """Find the Secret behind a file of a container."""
    secrets = {volume.name: volume.secret for volume in volumes}
    mounts = sorted(container.volume_mounts or (), key=lambda mount: len(mount.mount_path), reverse=True)
    for mount in mounts:
        folder = mount.mount_path.rstrip("/")
        if path == folder or path.startswith(f"{folder}/"):
            inside = "/".join(part for part in (mount.sub_path, path[len(folder) + 1 :]) if part)
            secret = secrets.get(mount.name)
            if secret is None:
                return None
            keys = {item.path: item.key for item in secret.items or ()}
            return CertificateSource(namespace, secret.secret_name, keys.get(inside, inside), is_ours=False)
    return None
