"""Linkerd's control plane, as watches show it: its release or releases, and its Helm values."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeVar

from prometheus_client import Gauge

import autofix
from autofix.cluster.installation import Linkerd, config_in, injector_in, read_linkerd, read_values
from autofix.cluster.linkerd_names import CONFIG, INJECTOR
from autofix.cluster.rollout import (
    InjectorPod,
    InjectorReplicaSet,
    Rollout,
    injector_pod,
    injector_replica_set,
    pods_in,
    replica_sets_in,
)
from autofix.kubeapi.deployment_types import Deployment, ReplicaSet
from autofix.kubeapi.informer import Informer
from autofix.kubeapi.types import ConfigMap, Pod
from webhook.settings import Settings

_READ, _ABSENT, _UNREADABLE = "read", "absent", "unreadable"
_ROLLOUT: Final = f"rollout of Deployment {INJECTOR}"
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class ControlPlane:
    """The watches of Linkerd's control plane.

    Attributes:
        injector: the injector's Deployment.
        config: the ConfigMap with the Helm values.
        replica_sets: the ReplicaSets of the injector, reduced to what counts.
        pods: the pods of the injector, reduced to what counts.
    """

    injector: Informer[Deployment, Deployment]
    config: Informer[ConfigMap, ConfigMap]
    replica_sets: Informer[ReplicaSet, InjectorReplicaSet]
    pods: Informer[Pod, InjectorPod]

    @property
    def informers(self) -> tuple[Informer[Any, Any], ...]:
        """All watches."""
        return self.injector, self.config, self.replica_sets, self.pods

    def read(self) -> Linkerd:
        """Combine what the watches show; without contact to the API server it is what they showed last."""
        rollout = Rollout(_listed(self.replica_sets), _listed(self.pods))
        return read_linkerd(_only(self.injector), _only(self.config), rollout)

    def config_state(self) -> str:
        """Say whether the Helm values are known.

        Returns:
            ``read``, ``absent``, or ``unreadable``: for want of a right, or because they are no YAML.
        """
        config = _only(self.config)
        if config is not None:
            return _UNREADABLE if read_values(config) is None else _READ
        return _UNREADABLE if self.config.problem else _ABSENT

    def config_check(self) -> tuple[str, bool | None]:
        """Make the line of the readiness probe about the Helm values.

        Returns:
            The line, and True if all is well. None needs attention, and the replica stays ready.
        """
        state = self.config_state()
        if state == _READ:
            return f"{CONFIG}: {state}", True
        return f"{CONFIG}: {state}, so the defaults of Linkerd's chart are assumed", None

    def show_config(self, gauge: Gauge) -> None:
        """Let a metric show whether the Helm values are known.

        Args:
            gauge: has one label, the state; the present state has the value 1, the others have 0.
        """
        for state in (_READ, _ABSENT, _UNREADABLE):
            gauge.labels(state).set_function(partial(self._is_config, state))

    def _is_config(self, state: str) -> float:
        return float(self.config_state() == state)


def make_control_plane(namespace: str) -> ControlPlane:
    """Make the watches of a control plane; somebody else runs them.

    Args:
        namespace: the control plane's.

    Returns:
        The watches.

    Raises:
        PathError: when no Namespace can have the name.
    """
    return ControlPlane(
        Informer(injector_in(namespace), lambda obj: obj),
        Informer(config_in(namespace), lambda obj: obj),
        Informer(replica_sets_in(namespace), injector_replica_set),
        Informer(pods_in(namespace), injector_pod),
    )


def release_sources(settings: Settings, linkerd: Linkerd, release: autofix.Release) -> dict[str, str]:
    """Say where each of the releases in force was read.

    Args:
        settings: a release in them comes before what the cluster says.
        linkerd: what the cluster says.
        release: the release in force; during an upgrade several together.

    Returns:
        By the text of each release its source, in words for people.
    """
    if settings.linkerd:
        return {release.text: "settings"}
    first = linkerd.source or "not found"
    return {part.text: _ROLLOUT if part.text in _others(linkerd) else first for part in release.each}


def _others(linkerd: Linkerd) -> set[str]:
    return {other or "unknown" for other in linkerd.others}


def _listed(informer: Informer[Any, V]) -> tuple[V, ...] | None:
    """Return what an informer holds; None when it has never held anything, for want of a right."""
    return tuple(informer.objects.values()) if informer.listed else None


def _only(informer: Informer[Any, V]) -> V | None:
    return next(iter(informer.objects.values()), None)
