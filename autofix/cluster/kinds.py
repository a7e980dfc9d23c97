"""The kinds of objects that are looked at, and how users call them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from autofix.errors import AutofixError


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

    def path(self, namespace: str = "", name: str = "") -> str:
        """Return where its objects are at the API server.

        Args:
            namespace: of the objects; empty for those of all Namespaces.
            name: of one object; empty for all.
        """
        root = "/apis/" if "/" in self.api_version else "/api/"
        inside = f"/namespaces/{namespace}" if namespace and self.namespaced else ""
        return f"{root}{self.api_version}{inside}/{self.plural}" + (f"/{name}" if name else "")


NAMESPACE: Final = Kind("v1", "Namespace", "namespaces", ("ns",), namespaced=False)
POD: Final = Kind("v1", "Pod", "pods", ("po",))
JOB: Final = Kind("batch/v1", "Job", "jobs")
# The order is that of the output: what makes others stands before them.
KINDS: Final = (
    NAMESPACE,
    Kind("apps/v1", "Deployment", "deployments", ("deploy",)),
    Kind("apps/v1", "StatefulSet", "statefulsets", ("sts",)),
    Kind("apps/v1", "DaemonSet", "daemonsets", ("ds",)),
    Kind("batch/v1", "CronJob", "cronjobs", ("cj",)),
    JOB,
    Kind("apps/v1", "ReplicaSet", "replicasets", ("rs",)),
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
