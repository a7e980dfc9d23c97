"""The lifecycle test: a Job that should complete, in a Namespace that is always removed after it."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from time import monotonic
from typing import Any, Final

import msgspec
from aiohttp import ClientError

from autofix.cluster.lifecycle import Ending, ProbeOutcome, probe_outcome, progress, timeout_outcome
from autofix.engine.options import Options
from autofix.kubeapi.api_path import resource_path
from autofix.kubeapi.client import Api, ApiError, decoded
from autofix.kubeapi.connection import UnreachableError
from autofix.kubeapi.list import Resource, read_all
from autofix.kubeapi.types import Event, Object, ObjectMetadata
from autofix.kubeapi.workload_types import ScannedPod
from autofix.kubernetes.kinds import CORE_EVENT, JOB, NAMESPACE, POD
from autofix.linkerd.injection import INJECT, Injection, traits_of
from autofix.linkerd.precedence import Annotations
from autofix.rules.injection import injection_of

WORK: Final = "work"
_NAME: Final = "autofix-probe"
_PAUSE: Final = 0.5
_TRIES: Final = 3
_GONE_SECONDS: Final = 5.0
Say = Callable[[str], None]


async def probe(
    api: Api, *, options: Options, key: str, image: str, seconds: float, keep: bool, say: Say
) -> ProbeOutcome:
    """Run a Job with a native sidecar, and watch it.

    Args:
        api: the connection.
        options: what is known about the cluster.
        key: the native-sidecar annotation to write.
        image: of the container that does the work: anything with the command ``sleep``.
        seconds: how long to wait.
        keep: whether the Namespace stays, so that people can look into it.
        say: called with a line about every step.

    Returns:
        The outcome.

    Raises:
        ApiError, aiohttp.ClientError, OSError, TimeoutError: when the API server refuses Namespace or Job.
    """
    async with _namespace(api, keep=keep, say=say) as metadata:
        namespace = metadata.name
        job = _job(namespace, {INJECT: "enabled", key: "true"}, image)
        try:
            await api.request("POST", resource_path(JOB, namespace), body=job)
        except ApiError as error:
            return ProbeOutcome(Ending.DENIED, f"the Job is refused: {error}")
        say(f'created Job {namespace}/{_NAME} with {key}: "true"')
        explain = partial(_injection, namespace=metadata.annotations or {}, options=options)
        return await _watched(api, namespace, seconds, say, explain)


async def _watched(
    api: Api, namespace: str, seconds: float, say: Say, explain: Callable[[ScannedPod], Injection]
) -> ProbeOutcome:
    end, line = monotonic() + seconds, ""
    while True:
        pod, refusals = await _read(api, namespace)
        injection = explain(pod) if pod else None
        if outcome := probe_outcome(pod, WORK, refusals, datetime.now(UTC), injection):
            return outcome
        if (now := progress(pod)) != line:
            line = now
            say(line)
        if monotonic() > end:
            return timeout_outcome(pod, WORK, seconds)
        await asyncio.sleep(_PAUSE)


def _injection(pod: ScannedPod, namespace: Annotations, options: Options) -> Injection:
    """Say whether Linkerd gives such a pod a proxy; somebody may have changed it or its Namespace."""
    traits = traits_of(msgspec.to_builtins(pod.spec))
    return injection_of(pod.metadata.annotations or {}, namespace, traits, options)


async def _read(api: Api, namespace: str) -> tuple[ScannedPod | None, list[str]]:
    pods = await read_all(api, Resource("pods", resource_path(POD, namespace), ScannedPod), tries=_TRIES)
    if pods:
        return pods[0], []
    events = await read_all(
        api, Resource("events", resource_path(CORE_EVENT, namespace), Event), tries=_TRIES
    )
    return None, [event.message for event in events if event.reason == "FailedCreate"]


@asynccontextmanager
async def _namespace(api: Api, *, keep: bool, say: Say) -> AsyncIterator[ObjectMetadata]:
    """Make a Namespace of our own; remove it at the end, also after Ctrl-C. The metadata is as stored."""
    name = f"{_NAME}-{secrets.token_hex(3)}"
    labels = {"app.kubernetes.io/managed-by": "autofix"}
    body = {
        "apiVersion": NAMESPACE.api_version,
        "kind": NAMESPACE.kind,
        "metadata": {"name": name, "labels": labels},
    }
    is_made = True
    try:
        try:
            text = await api.request("POST", resource_path(NAMESPACE), body=body)
        except (ApiError, UnreachableError):
            # The server has refused it, or cannot be reached: there is nothing to remove.
            is_made = False
            raise
        yield decoded(text, Object).metadata
    finally:
        if not is_made:
            pass
        elif keep:
            say(f"left for a look: kubectl get all -n {name}; remove it with kubectl delete namespace {name}")
        else:
            await _remove(api, name, say)


async def _remove(api: Api, name: str, say: Say) -> None:
    path = resource_path(NAMESPACE, name=name)
    end = monotonic() + _GONE_SECONDS
    try:
        await api.request("DELETE", path)
        while monotonic() < end:
            await api.request("GET", path)
            await asyncio.sleep(_PAUSE)
    except ApiError as error:
        if error.status == HTTPStatus.NOT_FOUND:
            say(f"removed Namespace {name}")
            return
        say(f"cannot remove Namespace {name}: {error}; run: kubectl delete namespace {name}")
    except (ClientError, OSError, TimeoutError) as error:
        say(f"cannot remove Namespace {name}: {error}; run: kubectl delete namespace {name}")
    else:
        say(f"Namespace {name} is being removed")


def _job(namespace: str, annotations: dict[str, str], image: str) -> dict[str, Any]:
    container = {
        "name": WORK,
        "image": image,
        "command": ["sleep", "1"],
        "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}},
        # The restricted Pod Security level asks for this. Linkerd answers for its own containers.
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "runAsNonRoot": True,
            "runAsUser": 65534,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
    }
    template = {
        "metadata": {"annotations": annotations},
        "spec": {"restartPolicy": "Never", "containers": [container]},
    }
    return {
        "apiVersion": JOB.api_version,
        "kind": JOB.kind,
        "metadata": {"name": _NAME, "namespace": namespace},
        "spec": {"backoffLimit": 0, "template": template},
    }
