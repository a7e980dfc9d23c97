"""The state of the cluster, from watches that run beside the reviews."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import Any, Final

import msgspec

import autofix
from autofix.cluster.installation import Linkerd
from autofix.kubeapi.api_path import VERSION, PathError, resource_path
from autofix.kubeapi.client import Api
from autofix.kubeapi.informer import NOT_READ_YET, Informer, run_informer
from autofix.kubeapi.list import Resource
from autofix.kubeapi.types import Object, ServerVersion
from autofix.kubernetes.kinds import NAMESPACE
from webhook.admission.state import ClusterFacts, ClusterState, Provider, make_state
from webhook.cluster.control_plane import make_control_plane, release_sources
from webhook.serving.metrics import Metrics
from webhook.serving.tasks import Checks, in_background
from webhook.settings import Settings, SettingsError

_LOG: Final = logging.getLogger("webhook")
# What a rule may read in a Namespace.
_INTEREST: Final = autofix.interest_at(*autofix.Door)
_NAMESPACES: Final = Resource("namespaces", resource_path(NAMESPACE), Object, metadata_only=True)
_NONE: Final[Mapping[str, str]] = {}
_VERSION_SECONDS: Final = 60.0
_FIRST_SECONDS: Final = 5.0


@dataclass(slots=True)
class _Learned:
    linkerd: Linkerd
    facts: ClusterFacts
    state: ClusterState
    kubernetes: str | None = None
    problem: str = ""


@asynccontextmanager
async def watch_cluster(
    api: Api, settings: Settings, metrics: Metrics
) -> AsyncIterator[tuple[Provider, Checks]]:
    """Watch the cluster as long as the context is open. The context opens at once, also without an answer.

    Args:
        api: the connection to the API server.
        settings: they come before what the cluster says about Linkerd and Kubernetes.
        metrics: show the last contact of each watch, the release, and whether the Helm values are known.

    Yields:
        The provider of the newest state, and the checks for the readiness probe.

    Raises:
        SettingsError: when no Namespace can have the name that is set for Linkerd.
    """
    try:
        control_plane = make_control_plane(settings.linkerd_namespace)
    except PathError as error:
        raise SettingsError(f"--linkerd-namespace: {error}") from None
    namespaces: Informer[Object, Mapping[str, str]] = Informer(_NAMESPACES, _annotations_that_count)
    informers: tuple[Informer[Any, Any], ...] = (namespaces, *control_plane.informers)
    nothing = ClusterFacts()
    learned = _Learned(Linkerd(), nothing, make_state(settings, nothing, namespaces.objects))
    control_plane.show_config(metrics.linkerd_config)

    def learn() -> None:
        linkerd = control_plane.read()
        facts = _facts(linkerd, learned.kubernetes)
        if facts != learned.facts:
            # Most changes of pods change nothing here, and a new state has no answers in its cache.
            learned.facts, learned.state = facts, make_state(settings, facts, namespaces.objects)
        if linkerd != learned.linkerd:
            _LOG.info("linkerd", extra={"release": linkerd.in_force.text, "source": linkerd.source})
        learned.linkerd = linkerd
        metrics.show_linkerd(release_sources(settings, linkerd, learned.state.pods.release))

    started = monotonic()

    def checks() -> Mapping[str, bool | None]:
        # A new replica first learns what the other replicas know. If it cannot, it serves anyway.
        is_new = monotonic() - started < _FIRST_SECONDS
        shown = {_line(informer): _verdict(informer, is_new=is_new) for informer in informers}
        release = learned.state.pods.release
        sources = dict.fromkeys(release_sources(settings, learned.linkerd, release).values())
        # An upgrade passes. One that does not needs attention.
        is_settled = release.known and not release.parts
        shown[f"linkerd release: {release.text} ({', '.join(sources)})"] = True if is_settled else None
        config, is_read = control_plane.config_check()
        shown[config] = is_read
        version = learned.state.pods.kubernetes
        shown[f"kubernetes version: {version or learned.problem or NOT_READ_YET}"] = True if version else None
        return shown

    for informer in informers:
        informer.on_contact = partial(_show_contact, metrics, informer)
    for informer in (namespaces, control_plane.injector, control_plane.config):
        # The alert on old watches is to hear of these also when they never begin. The others need a Role that
        # not everybody wants.
        metrics.watch_contact.labels(informer.resource.title)
    for informer in control_plane.informers:
        informer.on_change = learn
    watches = (run_informer(api, informer) for informer in informers)
    async with in_background(_follow_version(api, learned, learn), *watches):
        yield lambda: learned.state, checks


def _annotations_that_count(namespace: Object) -> Mapping[str, str]:
    """Keep only the annotations of a Namespace that a review may need: ten thousand Namespaces stay small.

    A Namespace without such annotations is known, too. All of these have the same empty mapping.
    """
    annotations = namespace.metadata.annotations or {}
    return {key: value for key, value in annotations.items() if _INTEREST.concerns(key)} or _NONE


def _facts(linkerd: Linkerd, kubernetes: str | None) -> ClusterFacts:
    return ClusterFacts(
        linkerd.in_force, kubernetes, linkerd.default, linkerd.wait_before_exit, linkerd.projects_tokens
    )


def _show_contact(metrics: Metrics, informer: Informer[Any, Any]) -> None:
    metrics.watch_contact.labels(informer.resource.title).set_to_current_time()


def _verdict(informer: Informer[Any, Any], *, is_new: bool) -> bool | None:
    if not informer.problem:
        return True
    return False if is_new and informer.problem == NOT_READ_YET else None


def _line(informer: Informer[Any, Any]) -> str:
    problem = f": {informer.problem}" if informer.problem else ""
    return f"watch {informer.resource.title}{problem}"


async def _follow_version(api: Api, learned: _Learned, learn: Callable[[], None]) -> None:
    while True:
        try:
            version = await _version(api)
        except Exception as error:  # noqa: BLE001  # the log has it, and the next try follows
            problem = str(error) or type(error).__name__
            if problem != learned.problem:
                _LOG.warning("cannot read the server's version", extra={"reason": problem})
            learned.problem = problem
        else:
            learned.problem = ""
            if version != learned.kubernetes:
                learned.kubernetes = version
                learn()
        await asyncio.sleep(_VERSION_SECONDS)


async def _version(api: Api) -> str:
    text = await api.request("GET", VERSION)
    version = msgspec.json.decode(text, type=ServerVersion).git_version
    autofix.options(kubernetes=version)
    return version
