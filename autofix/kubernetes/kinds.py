"""The kinds of Kubernetes objects that autofix knows: the only table of them.

Source: Kubernetes API reference v1.36.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from autofix.errors import AutofixError
from autofix.kubernetes.pointer import Path


class Kind(NamedTuple):
    """A kind of objects that the API server has.

    Attributes:
        group: its API group, such as ``apps``; empty for the core group.
        version: the version of the API that autofix asks for, such as ``v1``.
        kind: its name in objects, such as ``Deployment``.
        plural: its name in paths of the API server, such as ``deployments``.
        template: path from an object to its pod template; empty for a Pod, None where there is none.
        between: paths of metadata between the object and its pods; pods do not get that metadata.
        short: its short names for kubectl.
        namespaced: whether its objects live in Namespaces.
        completes: whether its pods always run to completion.
    """

    group: str
    version: str
    kind: str
    plural: str
    template: Path | None = None
    between: tuple[Path, ...] = ()
    short: tuple[str, ...] = ()
    namespaced: bool = True
    completes: bool = False

    @property
    def api_version(self) -> str:
        """Group and version as objects have them, such as ``apps/v1``."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def title(self) -> str:
        """Its name as kubectl prints it, such as ``deployments.apps``."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def words(self) -> tuple[str, ...]:
        """What kubectl calls it without a group, such as ``deployment``, ``deployments``, ``deploy``."""
        return self.kind.lower(), self.plural, *self.short

    @property
    def names(self) -> Iterator[str]:
        """All that kubectl calls it: its words, also with its group, and with version and group."""
        for word in self.words:
            yield word
            if self.group:
                yield f"{word}.{self.group}"
                yield f"{word}.{self.version}.{self.group}"


_TEMPLATE: Final[Path] = ("spec", "template")

NAMESPACE: Final = Kind("", "v1", "Namespace", "namespaces", short=("ns",), namespaced=False)
POD: Final = Kind("", "v1", "Pod", "pods", (), short=("po",))
POD_TEMPLATE: Final = Kind("", "v1", "PodTemplate", "podtemplates", ("template",))
JOB: Final = Kind("batch", "v1", "Job", "jobs", _TEMPLATE, completes=True)
DEPLOYMENT: Final = Kind("apps", "v1", "Deployment", "deployments", _TEMPLATE, short=("deploy",))
DAEMON_SET: Final = Kind("apps", "v1", "DaemonSet", "daemonsets", _TEMPLATE, short=("ds",))
REPLICA_SET: Final = Kind("apps", "v1", "ReplicaSet", "replicasets", _TEMPLATE, short=("rs",))
_CRON_JOB: Final = Kind(
    "batch",
    "v1",
    "CronJob",
    "cronjobs",
    ("spec", "jobTemplate", "spec", "template"),
    between=(("spec", "jobTemplate", "metadata"), ("spec", "jobTemplate", "spec", "metadata")),
    short=("cj",),
    completes=True,
)
# Namespaces and the kinds that make pods. They have findings. The order is that of the output: a kind stands
# before the kinds that it makes.
KINDS: Final = (
    NAMESPACE,
    DEPLOYMENT,
    Kind("apps", "v1", "StatefulSet", "statefulsets", _TEMPLATE, short=("sts",)),
    DAEMON_SET,
    _CRON_JOB,
    JOB,
    REPLICA_SET,
    Kind("", "v1", "ReplicationController", "replicationcontrollers", _TEMPLATE, short=("rc",)),
    POD_TEMPLATE,
    POD,
)
# Servers have none of them since 1.16. They still stand in manifests.
REMOVED: Final = tuple(
    kind._replace(group="extensions", version="v1beta1") for kind in (DAEMON_SET, DEPLOYMENT, REPLICA_SET)
)
# autofix reads or writes objects of these kinds, and they have no findings.
CONFIG_MAP: Final = Kind("", "v1", "ConfigMap", "configmaps")
SECRET: Final = Kind("", "v1", "Secret", "secrets")
EVENT: Final = Kind("events.k8s.io", "v1", "Event", "events")
CORE_EVENT: Final = Kind("", "v1", "Event", "events")
ENDPOINT_SLICE: Final = Kind("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices")
MUTATING_WEBHOOKS: Final = Kind(
    "admissionregistration.k8s.io",
    "v1",
    "MutatingWebhookConfiguration",
    "mutatingwebhookconfigurations",
    namespaced=False,
)

# The kinds that have findings, by group and kind.
BUILT_IN: Final[Mapping[tuple[str, str], Kind]] = {(kind.group, kind.kind): kind for kind in KINDS}


def builtin_kind(kind: str, api_version: str) -> Kind | None:
    """Return the kind of an object that has findings.

    Args:
        kind: the object's ``kind``.
        api_version: the object's ``apiVersion``; only the group in it counts.

    Returns:
        The kind; None for a custom resource or any other kind.
    """
    return BUILT_IN.get((api_version.rpartition("/")[0], kind))


def select_kinds(words: Iterable[str]) -> tuple[tuple[Kind, ...], tuple[str, ...]]:
    """Read the names of kinds as kubectl takes them.

    Args:
        words: names; a word may hold several with commas between them. No names mean every kind.

    Returns:
        The kinds in their usual order, and the names of custom resources (``rollouts.argoproj.io``), which
        only the API server knows.

    Raises:
        AutofixError: when a name is neither.
    """
    by_name = {name: kind for kind in KINDS for name in kind.names}
    names = [name.lower() for word in words for name in word.split(",") if name]
    custom = tuple(name for name in names if name not in by_name and "." in name)
    for name in names:
        if name not in by_name and name not in custom:
            known = ", ".join(kind.plural for kind in KINDS)
            raise AutofixError(
                f'"{name}" is no resource type with findings; there are {known}, and custom resources as '
                "NAME.GROUP; an object is TYPE/NAME"
            )
    kinds = tuple(kind for kind in KINDS if not names or kind in {by_name.get(name) for name in names})
    return kinds, custom
