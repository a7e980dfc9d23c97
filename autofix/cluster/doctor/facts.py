"""What ``autofix doctor`` knows of a cluster before it judges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
from msgspec import Struct

from autofix.cluster.environment import Surroundings
from autofix.engine.options import Options
from autofix.kubeapi.list import Metadata, Object


class Service(Struct):
    """Where the API server finds a webhook."""

    name: str = ""
    namespace: str = ""


class ClientConfig(Struct, rename="camel"):
    """How the API server calls a webhook."""

    ca_bundle: str = msgspec.field(name="caBundle", default="")
    service: Service | None = None


class Rule(Struct, rename="camel"):
    """What a webhook is called for."""

    operations: list[str] = msgspec.field(default_factory=list)
    api_groups: list[str] = msgspec.field(default_factory=list)
    resources: list[str] = msgspec.field(default_factory=list)


class Requirement(Struct):
    """One line of a label selector."""

    key: str = ""
    operator: str = ""
    values: list[str] | None = None


class Selector(Struct, rename="camel"):
    """A label selector."""

    match_labels: dict[str, str] | None = None
    match_expressions: list[Requirement] | None = None


class Webhook(Struct, rename="camel"):
    """One webhook of a configuration."""

    name: str = ""
    client_config: ClientConfig = msgspec.field(default_factory=ClientConfig)
    rules: list[Rule] | None = None
    failure_policy: str = "Fail"
    namespace_selector: Selector | None = None
    object_selector: Selector | None = None

    @property
    def mutates_pods(self) -> bool:
        """Whether it is called when a Pod is created."""
        return any(
            {"CREATE", "*"} & set(rule.operations)
            and {"", "*"} & set(rule.api_groups)
            and {"pods", "*", "*/*"} & set(rule.resources)
            for rule in self.rules or ()
        )


class Configuration(Object):
    """A MutatingWebhookConfiguration."""

    webhooks: list[Webhook] | None = None


class Secret(Struct):
    """A Secret."""

    metadata: Metadata = msgspec.field(default_factory=Metadata)
    data: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of a pod that was created without being stored.

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
    """Everything that was asked of the cluster.

    Attributes:
        around: the server's version and Linkerd.
        options: the same, as the rules take it.
        linkerd_namespace: the control plane's.
        images: the release in the image of each of the control plane's Deployments, by its name.
        chart: the release that ``linkerd.io/created-by`` names, empty when it names none.
        cni: the tag of the image of the CNI plugin's DaemonSet; empty without one.
        configurations: the cluster's MutatingWebhookConfigurations, by name; None when they cannot be read.
        ours: name of our own.
        ready: how many endpoints of our Service are ready; None when that cannot be read.
        secret: our Secret; None when it cannot be read.
        tried: what became of a pod with a native sidecar and a wrong key.
        now: the present time.
        lacking: what could not be read, and why.
    """

    around: Surroundings
    options: Options
    linkerd_namespace: str
    images: Mapping[str, str]
    chart: str
    cni: str
    configurations: Mapping[str, Configuration] | None
    ours: str
    ready: int | None
    secret: Secret | None
    tried: Tried
    now: datetime
    lacking: tuple[str, ...] = field(default=())

    @property
    def our_webhooks(self) -> list[Webhook]:
        """The webhooks of our configuration; none when it is not there."""
        found = (self.configurations or {}).get(self.ours)
        return list(found.webhooks or ()) if found else []

    def why_not(self, what: str) -> str:
        """Say why something could not be read; empty when it could."""
        return next((told for told in self.lacking if told.startswith(what)), "")
