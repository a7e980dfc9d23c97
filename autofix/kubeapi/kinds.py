"""The kinds of objects that are looked at, and how users call them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from autofix.errors import AutofixError
from autofix.kubeapi.api_path import ApiPath, PathError


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of objects that the API server has.

    Attributes:
        api_version: such as ``apps/v1``.
        kind: such as ``Deployment``.
        plural: its name in paths, such as ``deployments``.
        short: its other names for kubectl.
        namespaced: whether its objects live in Namespaces.
    """

    api_version: str
    kind: str
    plural: str
    short: tuple[str, ...] = ()
    namespaced: bool = True

    @property
    def title(self) -> str:
        """Its name as kubectl prints it, such as ``deployments.apps``."""
        group = self.api_version.rpartition("/")[0]
        return f"{self.plural}.{group}" if group else self.plural

    def path(self, namespace: str | None = None, name: str | None = None) -> ApiPath:
        """Return where its objects are at the API server.

        Args:
            namespace: of the objects; None for those of all Namespaces.
            name: of one object; None for all.

        Raises:
            PathError: when nothing can have such a name, or one object is wanted and not its Namespace.
        """
        group, slash, version = self.api_version.rpartition("/")
        root = ApiPath("apis", group, version) if slash else ApiPath("api", version)
        if self.namespaced and namespace is None and name is not None:
            raise PathError(f"{self.kind} {name!r} has no Namespace; name it")
        if self.namespaced and namespace is not None:
            root = root.child("namespaces", namespace)
        return root.child(self.plural, *(() if name is None else (name,)))


NAMESPACE: Final = Kind("v1", "Namespace", "namespaces", ("ns",), namespaced=False)
POD: Final = Kind("v1", "Pod", "pods", ("po",))
JOB: Final = Kind("batch/v1", "Job", "jobs")
DEPLOYMENT: Final = Kind("apps/v1", "Deployment", "deployments", ("deploy",))
DAEMON_SET: Final = Kind("apps/v1", "DaemonSet", "daemonsets", ("ds",))
REPLICA_SET: Final = Kind("apps/v1", "ReplicaSet", "replicasets", ("rs",))
# These are read, and have no findings.
CONFIG_MAP: Final = Kind("v1", "ConfigMap", "configmaps")
SECRET: Final = Kind("v1", "Secret", "secrets")
EVENT: Final = Kind("events.k8s.io/v1", "Event", "events")
CORE_EVENT: Final = Kind("v1", "Event", "events")
ENDPOINT_SLICE: Final = Kind("discovery.k8s.io/v1", "EndpointSlice", "endpointslices")
MUTATING_WEBHOOKS: Final = Kind(
    "admissionregistration.k8s.io/v1",
    "MutatingWebhookConfiguration",
    "mutatingwebhookconfigurations",
    namespaced=False,
)
# The order is that of the output: what makes others stands before them.
KINDS: Final = (
    NAMESPACE,
    DEPLOYMENT,
    Kind("apps/v1", "StatefulSet", "statefulsets", ("sts",)),
    DAEMON_SET,
    Kind("batch/v1", "CronJob", "cronjobs", ("cj",)),
    JOB,
    REPLICA_SET,
    Kind("v1", "ReplicationController", "replicationcontrollers", ("rc",)),
    Kind("v1", "PodTemplate", "podtemplates"),
    POD,
)
_NAMES: Final = {
    name: kind for kind in KINDS for name in (kind.plural, kind.title, kind.kind.lower(), *kind.short)
}


def builtin(kind: str, api_version: str) -> Kind | None:
    """Return the kind of an object that is looked at without being asked for; None for any other."""
    group = api_version.rpartition("/")[0]
    return next(
        (one for one in KINDS if one.kind == kind and one.api_version.rpartition("/")[0] == group), None
    )


def named(words: Iterable[str]) -> tuple[tuple[Kind, ...], tuple[str, ...]]:
    """Read the names of kinds as kubectl takes them.

    Args:
        words: names, also several with commas between them; none for every kind.

    Returns:
        The kinds in their usual order, and the names of custom resources (``rollouts.argoproj.io``), which
        only the API server knows.

    Raises:
        AutofixError: when a name is neither.
    """
    wanted = [name.lower() for word in words for name in word.split(",") if name]
    custom = tuple(name for name in wanted if name not in _NAMES and "." in name)
    for name in wanted:
        if name not in _NAMES and name not in custom:
            known = ", ".join(kind.plural for kind in KINDS)
            raise AutofixError(f"{name}: no such kind; there are {known}, and others as NAME.GROUP")
    kinds = tuple(kind for kind in KINDS if not wanted or kind in {_NAMES.get(name) for name in wanted})
    return kinds, custom
