"""The facts that ``autofix doctor`` knows about a cluster before its checks run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from autofix.cluster.deployment import CertificateSource
from autofix.cluster.environment import ClusterEnvironment
from autofix.cluster.installation import read_values
from autofix.cluster.label_selection import selects
from autofix.cluster.webhook_order import PodWebhook, find_injector
from autofix.engine.options import Options
from autofix.kubeapi.types import (
    ConfigMap,
    MutatingWebhook,
    MutatingWebhookConfiguration,
    Secret,
    ServiceReference,
)
from autofix.linkerd.release import parse_release


class Gap(NamedTuple):
    """Something that could not be read.

    Attributes:
        what: its kind, and its name if there is one, such as ``Secret linkerd-autofix/linkerd-autofix-tls``.
        why: the reason, mostly in the words of the API server.
        is_absent: whether the reason is that there is no such object.
    """

    what: str
    why: str
    is_absent: bool = False

    def __str__(self) -> str:
        """Return what could not be read, and why."""
        return f"{self.what}: {self.why}"


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
        config: the ConfigMap with the values of Linkerd's chart; None when it cannot be read.
        configurations: the cluster's MutatingWebhookConfigurations, by name; None when they cannot be read.
        ours: name of our own.
        service: our Service; None when our configuration names none.
        labels: the labels of our pods as a label selector; empty when our Deployment is not known.
        source: where our certificate comes from; None when that is not known.
        ready: how many endpoints of our Service are ready; None when that cannot be read.
        secret: the Secret with our certificate; None when it cannot be read.
        namespace: where a pod was created in a dry run.
        namespace_labels: the labels of that Namespace; None when they cannot be read.
        dry_run: the result for a pod with a sidecar of its own and a wrong key of Linkerd's.
        now: the present time.
        gaps: what could not be read, and why.
    """

    environment: ClusterEnvironment
    options: Options
    linkerd_namespace: str
    images: Mapping[str, str]
    chart: str
    cni: str
    config: ConfigMap | None
    configurations: Mapping[str, MutatingWebhookConfiguration] | None
    ours: str
    service: ServiceReference | None
    labels: str
    source: CertificateSource | None
    ready: int | None
    secret: Secret | None
    namespace: str
    namespace_labels: Mapping[str, str] | None
    dry_run: DryRun
    now: datetime
    gaps: tuple[Gap, ...] = field(default=())

    @property
    def our_webhooks(self) -> list[MutatingWebhook]:
        """The webhooks of our configuration; empty when there is no such configuration."""
        configuration = (self.configurations or {}).get(self.ours)
        return list(configuration.webhooks or ()) if configuration else []

    @property
    def injector(self) -> PodWebhook | None:
        """Linkerd's injector; None when no configuration has it."""
        return find_injector(self.configurations or {})

    @property
    def has_release(self) -> bool:
        """Whether the release of Linkerd is known, or during an upgrade one of the releases."""
        return self.options.release.text != parse_release(None).text

    @property
    def has_values(self) -> bool:
        """Whether the values of Linkerd's chart can be read."""
        return read_values(self.config) is not None

    @property
    def leaves_namespace_out(self) -> bool:
        """Whether the selectors of our webhooks leave out the Namespace in which a pod was created."""
        labels = self.namespace_labels
        selectors = [webhook.namespace_selector for webhook in self.our_webhooks if webhook.mutates_pods]
        if labels is None or not selectors:
            return False
        return not any(selects(selector, labels) for selector in selectors)

    @property
    def log(self) -> str:
        """The command that shows the log of our pods, or words for it."""
        pods = self._our_pods
        return f"kubectl logs {pods} --prefix" if pods else "kubectl logs of the webhook's pods"

    @property
    def description(self) -> str:
        """The command that describes our pods, or words for it."""
        pods = self._our_pods
        return f"kubectl describe pods {pods}" if pods else "kubectl describe of the webhook's pods"

    @property
    def _our_pods(self) -> str:
        return f"-n {self.service.namespace} -l {self.labels}" if self.service and self.labels else ""

    def gap(self, what: str) -> Gap | None:
        """Return why something could not be read.

        Args:
            what: the beginning of what it is, such as ``Secret``.

        Returns:
            The gap; None when it could be read.
        """
        return next((gap for gap in self.gaps if gap.what.startswith(what)), None)
