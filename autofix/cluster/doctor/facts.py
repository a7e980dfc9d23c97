"""The facts that ``autofix doctor`` knows about a cluster before its checks run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from autofix.cluster.environment import ClusterEnvironment
from autofix.engine.options import Options
from autofix.kubeapi.types import MutatingWebhook, MutatingWebhookConfiguration, Secret


@dataclass(frozen=True, slots=True)
class DryRun:
    """The result of the creation of a pod in a dry run; the API server does not store such a pod.

    Attributes:
        sidecars: whether it kept its native sidecar; None when the pod was refused.
        repaired: whether its wrong key was repaired; None when the pod was refused.
        why: why it was refused.
    """

    sidecars: bool | None = None
    repaired: bool | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about a cluster.

    Attributes:
        environment: the server's version and Linkerd.
        options: the same, as the rules get it.
        linkerd_namespace: the control plane's.
        images: the release in the image of each of the control plane's Deployments, by its name.
        chart: the release that ``linkerd.io/created-by`` names, empty when it names none.
        cni: the tag of the image of the CNI plugin's DaemonSet; empty without one.
        configurations: the cluster's MutatingWebhookConfigurations, by name; None when they cannot be read.
        ours: name of our own.
        ready: how many endpoints of our Service are ready; None when that cannot be read.
        secret: our Secret; None when it cannot be read.
        dry_run: the result for a pod with a sidecar of its own and a wrong key of Linkerd's.
        now: the present time.
        unknowns: what could not be read, and why.
    """

    environment: ClusterEnvironment
    options: Options
    linkerd_namespace: str
    images: Mapping[str, str]
    chart: str
    cni: str
    configurations: Mapping[str, MutatingWebhookConfiguration] | None
    ours: str
    ready: int | None
    secret: Secret | None
    dry_run: DryRun
    now: datetime
    unknowns: tuple[str, ...] = field(default=())

    @property
    def our_webhooks(self) -> list[MutatingWebhook]:
        """The webhooks of our configuration; empty when there is no such configuration."""
        configuration = (self.configurations or {}).get(self.ours)
        return list(configuration.webhooks or ()) if configuration else []

    def why_unknown(self, what: str) -> str:
        """Say why something could not be read.

        Args:
            what: the beginning of an entry of ``unknowns``, such as ``Secret``.

        Returns:
            That entry; empty when there is none.
        """
        return next((reason for reason in self.unknowns if reason.startswith(what)), "")
