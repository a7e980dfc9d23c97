"""What a cluster says about itself: Linkerd's release and Helm values, and the server's version."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TypeVar

import msgspec
from msgspec import Struct

from autofix.cluster.installation import Linkerd, config_in, injector_in, read_linkerd
from autofix.engine.options import Options
from autofix.errors import AutofixError
from autofix.kubeapi.api_path import VERSION
from autofix.kubeapi.client import Api, ApiError
from autofix.kubeapi.list import Resource
from autofix.kubeapi.types import ServerVersion
from autofix.kubernetes.version import parse_kubernetes
from autofix.linkerd.release import parse_release

T = TypeVar("T", bound=Struct)


@dataclass(frozen=True, slots=True)
class ClusterEnvironment:
    """What a cluster says about itself.

    Attributes:
        kubernetes: the server's version; empty when it cannot be read.
        linkerd: what is known about Linkerd.
        unknowns: what could not be read, and why.
    """

    kubernetes: str
    linkerd: Linkerd
    unknowns: tuple[str, ...] = ()


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
    answers = await asyncio.gather(
        api.request("GET", VERSION),
        _get(api, injector),
        _get(api, values),
        return_exceptions=True,
    )
    version, deployment, config = answers
    for answer in answers:
        if isinstance(answer, BaseException) and not isinstance(answer, Exception):
            raise answer
    if isinstance(version, Exception) and not any(_is_answer(answer) for answer in answers):
        # Other requests would only wait, too.
        raise version
    unknowns = tuple(
        f"{what}: {str(answer) or type(answer).__name__}"
        for what, answer in (
            ("the server's version", version),
            (f"Linkerd's injector in {linkerd_namespace}", deployment),
            (f"Linkerd's configuration in {linkerd_namespace}", config),
        )
        if isinstance(answer, Exception)
    )
    linkerd = read_linkerd(
        None if isinstance(deployment, BaseException) else deployment,
        None if isinstance(config, BaseException) else config,
    )
    kubernetes = "" if isinstance(version, BaseException) else _readable(version)
    return ClusterEnvironment(kubernetes, linkerd, unknowns)


def _is_answer(answer: object) -> bool:
    """Tell whether the server has answered; a refusal is an answer, too."""
    return not isinstance(answer, Exception) or isinstance(answer, ApiError)


async def _get(api: Api, resource: Resource[T]) -> T:
    text = await api.request("GET", resource.path.child(resource.name or ""))
    return msgspec.json.decode(text, type=resource.type)


def _readable(text: bytes) -> str:
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
        release=options.release if is_named or not linkerd.release else parse_release(linkerd.release),
        kubernetes=options.kubernetes or (parse_kubernetes(kubernetes) if kubernetes else None),
        default=linkerd.default if options.default is None else options.default,
        wait_before_exit=options.wait_before_exit or linkerd.wait_before_exit,
    )
