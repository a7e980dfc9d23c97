"""What the webhook knows of its cluster, as one immutable snapshot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

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


_T = TypeVar("_T")

# Called for every review; a provider that watches the cluster hands out its newest snapshot.
Provider = Callable[[], ClusterState]


@dataclass(frozen=True, slots=True)
class Known:
    """What a cluster tells of itself; None where it tells nothing.

    Attributes:
        release: the Linkerd release.
        kubernetes: the server's version.
        default: Helm's ``proxy.nativeSidecar``.
        wait_before_exit: Helm's ``proxy.waitBeforeExitSeconds``, in seconds.
    """

    release: str | None = None
    kubernetes: str | None = None
    default: bool | None = None
    wait_before_exit: int | None = None


def make_state(settings: Settings, known: Known, namespaces: Mapping[str, Mapping[str, str]]) -> ClusterState:
    """Make a snapshot; a setting goes before what the cluster tells.

    Args:
        settings: the settings.
        known: what the cluster tells.
        namespaces: annotations of its Namespaces, by name.

    Raises:
        AutofixError: when the Linkerd release or the Kubernetes version cannot be read.
    """

    def either(setting: _T | None, told: _T | None) -> _T | None:
        return told if setting is None else setting

    def options(select: str) -> autofix.Options:
        return autofix.options(
            release=either(settings.linkerd, known.release),
            kubernetes=either(settings.kubernetes, known.kubernetes),
            default=either(settings.native_sidecar_default, known.default),
            wait_before_exit=either(settings.wait_before_exit_seconds, known.wait_before_exit) or 0,
            select=select,
            native_only=True,
        )

    return ClusterState(options(_PODS), options(_WORKLOADS), options(_TEMPLATES), namespaces)


def static_provider(settings: Settings) -> Provider:
    """Provide a state that never changes, taken from the settings.

    Raises:
        AutofixError: when the Linkerd release or the Kubernetes version cannot be read.
    """
    state = make_state(settings, Known(), settings.namespaces)
    return lambda: state
