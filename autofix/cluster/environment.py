"""What a cluster tells of itself: Linkerd's release and Helm values, and the server's version."""

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
from autofix.kubernetes.version import parse_kubernetes
from autofix.linkerd.release import parse_release

T = TypeVar("T", bound=Struct)


class _Version(Struct, rename="camel"):
    git_version: str = ""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What was found.

    Attributes:
        kubernetes: the server's version, empty when it does not say one that can be read.
        linkerd: what is known of Linkerd.
        lacking: what could not be read, and why.
    """

    kubernetes: str
    linkerd: Linkerd
    lacking: tuple[str, ...] = ()


async def surroundings(api: Api, linkerd_namespace: str) -> Surroundings:
    """Ask the cluster.

    Args:
        api: the connection.
        linkerd_namespace: the control plane's.

    Raises:
        PathError: when the control plane's Namespace cannot be any.
        aiohttp.ClientError, OSError, TimeoutError: when nobody answers any question.
    """
    injector, values = injector_in(linkerd_namespace), config_in(linkerd_namespace)
    answers = await asyncio.gather(
        api.request("GET", VERSION),
        _one(api, injector),
        _one(api, values),
        return_exceptions=True,
    )
    version, deployment, config = answers
    for answer in answers:
        if isinstance(answer, BaseException) and not isinstance(answer, Exception):
            raise answer
    if isinstance(version, Exception) and not any(_is_answer(answer) for answer in answers):
        # To ask on would be to wait on.
        raise version
    lacking = tuple(
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
    return Surroundings("" if isinstance(version, BaseException) else _readable(version), linkerd, lacking)


def _is_answer(found: object) -> bool:
    """Tell whether a server has said anything, and be it no."""
    return not isinstance(found, Exception) or isinstance(found, ApiError)


async def _one(api: Api, resource: Resource[T]) -> T:
    text = await api.request("GET", resource.path.child(resource.name or ""))
    return msgspec.json.decode(text, type=resource.type)


def _readable(text: bytes) -> str:
    try:
        version = msgspec.json.decode(text, type=_Version).git_version
        parse_kubernetes(version)
    except (msgspec.DecodeError, AutofixError):
        return ""
    return version


def completed(chosen: Options, found: Surroundings) -> Options:
    """Complete the options of the user with what the cluster tells; what the user says goes first.

    Args:
        chosen: the options, with an unknown release where the user names none.
        found: what the cluster tells.
    """
    linkerd = found.linkerd
    named = chosen.release.text != parse_release(None).text
    return chosen._replace(
        release=chosen.release if named or not linkerd.release else parse_release(linkerd.release),
        kubernetes=chosen.kubernetes or (parse_kubernetes(found.kubernetes) if found.kubernetes else None),
        default=linkerd.default if chosen.default is None else chosen.default,
        wait_before_exit=chosen.wait_before_exit or linkerd.wait_before_exit,
    )
