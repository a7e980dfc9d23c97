"""What a cluster says about itself: Linkerd's release and Helm values, and the server's version."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import msgspec
from msgspec import Struct

from autofix.cluster.installation import Linkerd, config_in, injector_in, read_linkerd, read_values
from autofix.cluster.rollout import Rollout, injector_pod, injector_replica_set, pods_in, replica_sets_in
from autofix.engine.options import Options
from autofix.errors import AutofixError
from autofix.kubeapi.api_path import VERSION
from autofix.kubeapi.client import Api, ApiError, decoded
from autofix.kubeapi.list import Resource, read_all
from autofix.kubeapi.types import ConfigMap, ServerVersion
from autofix.kubernetes.version import parse_kubernetes
from autofix.linkerd.release import parse_release

A = TypeVar("A")
R = TypeVar("R")
T = TypeVar("T", bound=Struct)


@dataclass(frozen=True, slots=True)
class ClusterEnvironment:
    """What a cluster says about itself.

    Attributes:
        kubernetes: the server's version; empty when it cannot be read.
        linkerd: what is known about Linkerd.
        unknowns: what could not be read, and why.
        has_values: whether the Helm values could be read.
    """

    kubernetes: str
    linkerd: Linkerd
    unknowns: tuple[str, ...] = ()
    has_values: bool = True


async def read_environment(api: Api, linkerd_namespace: str) -> ClusterEnvironment:
    """Ask a cluster for its environment.

    Args:
        api: the connection.
        linkerd_namespace: the control plane's.

    Returns:
        What the cluster says.

    Raises:
        PathError: when no Namespace can have the control plane's name.
        aiohttp.ClientError, OSError, TimeoutError: when nobody answers any question.
    """
    injector, values = injector_in(linkerd_namespace), config_in(linkerd_namespace)
    replica_sets, pods = replica_sets_in(linkerd_namespace), pods_in(linkerd_namespace)
    answers = await asyncio.gather(
        api.request("GET", VERSION),
        _get(api, injector),
        _get(api, values),
        read_all(api, replica_sets),
        read_all(api, pods),
        return_exceptions=True,
    )
    for answer in answers:
        if isinstance(answer, BaseException) and not isinstance(answer, Exception):
            raise answer
    if isinstance(answers[0], Exception) and not any(map(_is_answer, answers)):
        # Other requests would only wait, too.
        raise answers[0]
    version, deployment, config, of_injector, answering = answers
    rollout = Rollout(
        _reduced(_known(of_injector), injector_replica_set), _reduced(_known(answering), injector_pod)
    )
    linkerd = read_linkerd(_known(deployment), _known(config), rollout)
    unknowns = (
        *_unknown("the server's version", version),
        *_unknown(f"Linkerd's injector in {linkerd_namespace}", deployment),
        *_unknown(f"Linkerd's configuration in {linkerd_namespace}", _readable_config(config)),
        *_unknown_release(linkerd, linkerd_namespace, answering),
    )
    has_values = read_values(_known(config)) is not None
    return ClusterEnvironment(_readable(_known(version)), linkerd, unknowns, has_values)


def _known(answer: A | BaseException) -> A | None:
    return None if isinstance(answer, BaseException) else answer


def _unknown(what: str, answer: object) -> tuple[str, ...]:
    """Say what could not be read, and why; nothing for what could be."""
    return (f"{what}: {str(answer) or type(answer).__name__}",) if isinstance(answer, Exception) else ()


def _readable_config(answer: ConfigMap | BaseException) -> ConfigMap | BaseException:
    if isinstance(answer, BaseException) or read_values(answer) is not None:
        return answer
    return ValueError("its values are no mapping in YAML")


def _unknown_release(linkerd: Linkerd, namespace: str, pods: object) -> tuple[str, ...]:
    """Say that another release answers, too, and that nothing says which; without a rollout there is none."""
    if None not in linkerd.others:
        return ()
    reason = pods if isinstance(pods, Exception) else ValueError("an image of its pods names no release")
    return _unknown(
        f"the other release of Linkerd's injector in {namespace}, which is being rolled out", reason
    )


def _reduced(objects: list[T] | None, reduce: Callable[[T], R | None]) -> tuple[R, ...] | None:
    return None if objects is None else tuple(kept for item in objects if (kept := reduce(item)) is not None)


def _is_answer(answer: object) -> bool:
    """Tell whether the server has answered; a refusal is an answer, too."""
    return not isinstance(answer, Exception) or isinstance(answer, ApiError)


async def _get(api: Api, resource: Resource[T]) -> T:
    return decoded(await api.request("GET", resource.path.child(resource.name or "")), resource.type)


def _readable(text: bytes | None) -> str:
    if text is None:
        return ""
    try:
        version = msgspec.json.decode(text, type=ServerVersion).git_version
        parse_kubernetes(version)
    except (msgspec.DecodeError, AutofixError):
        return ""
    return version


def complete_options(options: Options, environment: ClusterEnvironment) -> Options:
    """Complete the options of the user with what the cluster says. The options of the user come first.

    Args:
        options: the options; the release is unknown if the user names none.
        environment: what the cluster says.

    Returns:
        The completed options.
    """
    linkerd, kubernetes = environment.linkerd, environment.kubernetes
    is_named = options.release.text != parse_release(None).text
    return options._replace(
        release=options.release if is_named else linkerd.in_force,
        kubernetes=options.kubernetes or (parse_kubernetes(kubernetes) if kubernetes else None),
        default=linkerd.default if options.default is None else options.default,
        wait_before_exit=options.wait_before_exit or linkerd.wait_before_exit,
        projects_tokens=linkerd.projects_tokens,
    )
