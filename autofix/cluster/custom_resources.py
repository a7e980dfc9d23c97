"""Finds custom resources by the names that kubectl takes for them: ``rollouts.argoproj.io``."""

from __future__ import annotations

from http import HTTPStatus

import msgspec
from msgspec import Struct

from autofix.errors import AutofixError
from autofix.kubeapi.api_path import ApiPath
from autofix.kubeapi.client import Api, ApiError, decoded
from autofix.kubernetes.kinds import Kind


class _Group(Struct, rename="camel"):
    group_version: str = ""


class _Groups(Struct, rename="camel"):
    preferred_version: _Group = msgspec.field(default_factory=_Group)


class _ApiResource(Struct, rename="camel"):
    name: str = ""
    singular_name: str = ""
    kind: str = ""
    short_names: list[str] | None = None
    namespaced: bool = True

    def answers_to(self, word: str) -> bool:
        # A subresource, such as rollouts/status, has the kind of its resource.
        names = (self.name, self.singular_name, self.kind.lower(), *(self.short_names or ()))
        return "/" not in self.name and word in names


class _ApiResources(Struct):
    resources: list[_ApiResource] = msgspec.field(default_factory=list)


async def find_resource(api: Api, name: str) -> Kind:
    """Ask the API server for a custom resource.

    Args:
        api: the connection.
        name: its plural, singular or short name, a dot and its group.

    Returns:
        Its kind, in the version that the server prefers.

    Raises:
        AutofixError: when the server has no such resource.
        ApiError, aiohttp.ClientError, OSError, TimeoutError: as for ``Api.request``.

    Source: Kubernetes API concepts, "API discovery"; APIResource in the API reference.
    """
    word, _, group = name.partition(".")
    try:
        text = await api.request("GET", ApiPath("apis", group))
    except ApiError as error:
        if error.status == HTTPStatus.NOT_FOUND:
            raise AutofixError(f"{name}: the server has no such resources; are they installed?") from None
        raise
    whole = decoded(text, _Groups).preferred_version.group_version
    version = whole.removeprefix(f"{group}/")
    text = await api.request("GET", ApiPath("apis", group, version))
    for resource in decoded(text, _ApiResources).resources:
        if resource.answers_to(word):
            return Kind(group, version, resource.kind, resource.name, namespaced=resource.namespaced)
    raise AutofixError(f"{name}: the server has no such resource; `kubectl api-resources` lists them")
