"""What the webhook knows of its cluster, as one immutable snapshot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import autofix
from webhook.settings import Settings

# About the native-sidecar annotation alone; AFX4xx are its gates, AFX3xx say that it is misplaced. A Pod is
# not tidied (AFX105): nobody's manifest would become tidier.
_PODS = "AFX101,AFX102,AFX103,AFX104,AFX201,AFX202,AFX4"
_WORKLOADS = f"{_PODS},AFX105,AFX3"
# In a template of a custom resource only what its operator could not read is touched: an unquoted boolean.
_TEMPLATES = "AFX201,AFX4"


@dataclass(frozen=True, slots=True)
class ClusterState:
    """A snapshot of the cluster, and the library's options that follow from it.

    Attributes:
        pods: options for Pods.
        workloads: options for Namespaces and built-in workloads.
        templates: options for custom resources.
        namespaces: annotations of the known Namespaces, by name.
    """

    pods: autofix.Options
    workloads: autofix.Options
    templates: autofix.Options
    namespaces: Mapping[str, Mapping[str, str]]


# Called for every review; a provider that watches the cluster hands out its newest snapshot.
Provider = Callable[[], ClusterState]


def static_provider(settings: Settings) -> Provider:
    """Provide a state that never changes, taken from the settings.

    Raises:
        AutofixError: when the Linkerd release or the Kubernetes version cannot be read.
    """

    def options(select: str) -> autofix.Options:
        return autofix.options(
            release=settings.linkerd,
            kubernetes=settings.kubernetes,
            default=settings.native_sidecar_default,
            wait_before_exit=settings.wait_before_exit_seconds,
            select=select,
            native_only=True,
        )

    state = ClusterState(options(_PODS), options(_WORKLOADS), options(_TEMPLATES), settings.namespaces)
    return lambda: state
