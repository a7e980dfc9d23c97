"""Tools that restore an object from their source: they may undo a repair."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

import msgspec
from aiohttp import ClientError
from msgspec import Struct

from autofix.cluster.evaluate import Evaluation
from autofix.cluster.models import Reference
from autofix.errors import AutofixError
from autofix.kubeapi.api_path import resource_path
from autofix.kubeapi.client import METADATA, Api, ApiError

# Requests at the same time.
_AT_ONCE: Final = 8
# Their labels and annotations (their documentation), and the names under which they write (Argo CD,
# common/common.go; the controllers of Flux and Helm's kube client use the name of their program).
_MARKS: Final = {
    "argocd.argoproj.io/instance": "Argo CD",
    "argocd.argoproj.io/tracking-id": "Argo CD",
    "kustomize.toolkit.fluxcd.io/name": "Flux",
    "helm.toolkit.fluxcd.io/name": "Flux",
    "meta.helm.sh/release-name": "Helm",
}
_FIELD_MANAGERS: Final = {
    "argocd-controller": "Argo CD",
    "argocd-application-controller": "Argo CD",
    "kustomize-controller": "Flux",
    "helm-controller": "Flux",
    "helm": "Helm",
}
# Flux's Helm releases have the marks of both: Flux is what puts them back.
_TOOLS: Final = ("Argo CD", "Flux", "Helm")


class _FieldManager(Struct):
    manager: str = ""


class _Metadata(Struct, rename="camel"):
    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None
    managed_fields: list[_FieldManager] | None = None


class _Object(Struct):
    metadata: _Metadata = msgspec.field(default_factory=_Metadata)


async def read_managers(api: Api, evaluations: Sequence[Evaluation]) -> dict[str, list[Reference]]:
    """Ask which objects a tool restores.

    Args:
        api: the connection.
        evaluations: the objects; one that cannot be read has no tool.

    Returns:
        For each tool its objects, in their order.
    """
    limit = asyncio.Semaphore(_AT_ONCE)

    async def read(evaluation: Evaluation) -> str:
        if evaluation.kind is None:
            return ""
        reference = evaluation.reference
        async with limit:
            try:
                path = resource_path(evaluation.kind, reference.namespace or None, reference.name)
                return manager_in(await api.request("GET", path, accept=METADATA))
            except (ApiError, AutofixError, ClientError, OSError, TimeoutError, msgspec.DecodeError):
                # The patch will say what is wrong.
                return ""

    tools = await asyncio.gather(*map(read, evaluations))
    managers: dict[str, list[Reference]] = {}
    for tool, evaluation in zip(tools, evaluations, strict=True):
        if tool:
            managers.setdefault(tool, []).append(evaluation.reference)
    return managers


def manager_in(text: bytes) -> str:
    """Find the tool that restores an object.

    Args:
        text: the object, or its metadata, as JSON.

    Returns:
        The tool's name; empty when no such tool is known.

    Raises:
        msgspec.DecodeError: when the text is no object.
    """
    metadata = msgspec.json.decode(text, type=_Object).metadata
    marks = {**(metadata.labels or {}), **(metadata.annotations or {})}
    writers = {field.manager for field in metadata.managed_fields or ()}
    tools = {
        *(tool for mark, tool in _MARKS.items() if mark in marks),
        *(tool for writer, tool in _FIELD_MANAGERS.items() if writer in writers),
    }
    return next((tool for tool in _TOOLS if tool in tools), "")
