"""What the webhook knows of its cluster, as one immutable snapshot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import autofix
from webhook.settings import Settings


@dataclass(frozen=True, slots=True)
class ClusterState:
    """A snapshot of the cluster, and the library's options that follow from it.

    Attributes:
        pods: options for Pods.
        workloads: options for Namespaces and built-in workloads.
        custom_resources: options for custom resources.
        namespaces: annotations of the known Namespaces, by name; one that is missing is not known.
        complete_jobs: whether the pods of Jobs get the key with which they complete, where their Namespace
            does not say it.
    """

    pods: autofix.Options
    workloads: autofix.Options
    custom_resources: autofix.Options
    namespaces: Mapping[str, Mapping[str, str]]
    complete_jobs: bool = False


_T = TypeVar("_T")

# Called for every review; a provider that watches the cluster returns its newest snapshot.
Provider = Callable[[], ClusterState]


@dataclass(frozen=True, slots=True)
class ClusterFacts:
    """What a cluster says of itself; None where it says nothing.

    Attributes:
        release: the Linkerd release, during an upgrade all that answer, together.
        kubernetes: the server's version.
        default: Helm's ``proxy.nativeSidecar``.
        wait_before_exit: Helm's ``proxy.waitBeforeExitSeconds``, in seconds.
        projects_tokens: Helm's ``identity.serviceAccountTokenProjection``.
    """

    release: autofix.Release | str | None = None
    kubernetes: str | None = None
    default: bool | None = None
    wait_before_exit: int | None = None
    projects_tokens: bool = True


def make_state(
    settings: Settings, facts: ClusterFacts, namespaces: Mapping[str, Mapping[str, str]]
) -> ClusterState:
    """Make a snapshot; a setting goes before what the cluster says.

    Args:
        settings: the settings.
        facts: what the cluster says of itself.
        namespaces: annotations of its Namespaces, by name.

    Returns:
        The snapshot.

    Raises:
        AutofixError: when the Linkerd release or the Kubernetes version cannot be read.
    """

    def options(door: autofix.Door) -> autofix.Options:
        return autofix.options(
            release=_first(settings.linkerd, facts.release),
            kubernetes=_first(settings.kubernetes, facts.kubernetes),
            default=_first(settings.native_sidecar_default, facts.default),
            wait_before_exit=_first(settings.wait_before_exit_seconds, facts.wait_before_exit) or 0,
            projects_tokens=facts.projects_tokens,
            door=door,
        )

    return ClusterState(
        pods=options(autofix.Door.WEBHOOK_POD),
        workloads=options(autofix.Door.WEBHOOK_WORKLOAD),
        custom_resources=options(autofix.Door.WEBHOOK_CUSTOM_RESOURCE),
        namespaces=namespaces,
        complete_jobs=settings.complete_jobs,
    )


def _first(setting: _T | None, fact: _T | None) -> _T | None:
    return fact if setting is None else setting


def static_provider(settings: Settings) -> Provider:
    """Provide a state that never changes, taken from the settings.

    Raises:
        AutofixError: when the Linkerd release or the Kubernetes version cannot be read.
    """
    state = make_state(settings, ClusterFacts(), settings.namespaces)
    return lambda: state
