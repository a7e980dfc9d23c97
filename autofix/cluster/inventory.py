"""Reads all objects that may have findings: all kinds at once, page by page; and keeps what counts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

import msgspec
from msgspec import Struct

from autofix.cluster.models import (
    LiveObject,
    Reference,
    concerns_linkerd,
    custom_object,
    live_object,
    running_pod,
)
from autofix.cluster.workloads import ScannedPod, ScannedWorkload
from autofix.errors import AutofixError
from autofix.kubeapi.api_path import ApiPath, resource_path
from autofix.kubeapi.client import METADATA, Api, ApiError
from autofix.kubeapi.list import Resource, pages
from autofix.kubeapi.types import BuiltInObject, JsonObject, Pod
from autofix.kubernetes.kinds import KINDS, NAMESPACE, POD, Kind, builtin_kind
from autofix.rules.interest import ANY
from autofix.rules.running import RunningPod

_PAGE_SECONDS: Final = 60.0
_TRIES: Final = 3
# Takes the title of a kind, how many of its objects were read so far, and how many there are.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Scope:
    """What to look at.

    Attributes:
        kinds: built-in kinds.
        custom: names of custom resources, such as ``rollouts.argoproj.io``.
        namespace: the only Namespace; empty for all.
        labels: a label selector; empty for everything.
    """

    kinds: tuple[Kind, ...]
    custom: tuple[str, ...] = ()
    namespace: str = ""
    labels: str = ""


@dataclass(frozen=True, slots=True)
class OwnedPod:
    """A pod with a proxy, and the controller that made it."""

    pod: RunningPod
    owner: Reference | None


@dataclass(slots=True)
class Inventory:
    """The objects that were read.

    Attributes:
        namespaces: the Namespaces, by name.
        objects: the other objects that have a key of Linkerd's, and Jobs and CronJobs, which may hang without
            one; but none whose owner is of a built-in kind.
        pods: the pods that have a proxy.
        owners: the owner of each object; both make pods.
        kinds: the kinds that were read, custom resources too.
        has_namespaces: whether the Namespaces could be read.
        is_whole: whether all objects of these kinds were read, and not only those that a selector chooses.
        count: how many objects were read.
        problems: what could not be read.
    """

    namespaces: dict[str, LiveObject] = field(default_factory=dict)
    objects: list[LiveObject] = field(default_factory=list)
    pods: list[OwnedPod] = field(default_factory=list)
    owners: dict[Reference, Reference] = field(default_factory=dict)
    kinds: tuple[Kind, ...] = ()
    has_namespaces: bool = True
    is_whole: bool = True
    count: int = 0
    problems: list[AutofixError] = field(default_factory=list)


class _Group(Struct, rename="camel"):
    group_version: str = ""


class _Groups(Struct, rename="camel"):
    preferred_version: _Group = msgspec.field(default_factory=_Group)


class _ApiResource(Struct):
    name: str = ""
    kind: str = ""
    namespaced: bool = True


class _ApiResources(Struct):
    resources: list[_ApiResource] = msgspec.field(default_factory=list)


async def read_cluster(api: Api, scope: Scope, progress: Progress) -> Inventory:
    """Read what is in scope. A kind that cannot be read is a problem in the result; the rest is still read.

    Args:
        api: the connection.
        scope: what to read. Namespaces are always read, because they are context. If Pods are in scope, all
            kinds that make pods are read, for the same reason.
        progress: called after every page.

    Returns:
        The objects that were read.
    """
    custom = await asyncio.gather(*(_custom(api, name) for name in scope.custom), return_exceptions=True)
    inventory = Inventory()
    # A pod depends on the object that made it.
    needed = KINDS if POD in scope.kinds else scope.kinds
    kinds: list[Kind] = [NAMESPACE, *(kind for kind in needed if kind != NAMESPACE)]
    for name, kind in zip(scope.custom, custom, strict=True):
        if isinstance(kind, Kind):
            kinds.append(kind)
        else:
            inventory.problems.append(_problem(name, kind))
    parts = await asyncio.gather(
        *(_read(api, kind, scope, progress) for kind in kinds), return_exceptions=True
    )
    failures: list[tuple[Kind, BaseException]] = []
    for kind, part in zip(kinds, parts, strict=True):
        if isinstance(part, Inventory):
            _join(inventory, part)
        else:
            failures.append((kind, part))
    inventory.has_namespaces = all(kind != NAMESPACE for kind, _ in failures)
    inventory.problems += _problems(failures)
    inventory.kinds, inventory.is_whole = tuple(kinds), not scope.labels
    return inventory


async def _custom(api: Api, name: str) -> Kind:
    """Ask the API server for a resource by its plural and group."""
    plural, _, group = name.partition(".")
    try:
        text = await api.request("GET", ApiPath("apis", group))
    except ApiError as error:
        if error.status == HTTPStatus.NOT_FOUND:
            raise AutofixError(f"{name}: the server has no such resources; are they installed?") from None
        raise
    whole = msgspec.json.decode(text, type=_Groups).preferred_version.group_version
    version = whole.removeprefix(f"{group}/")
    text = await api.request("GET", ApiPath("apis", group, version))
    for resource in msgspec.json.decode(text, type=_ApiResources).resources:
        if resource.name == plural:
            return Kind(group, version, resource.kind, plural, namespaced=resource.namespaced)
    raise AutofixError(f"{name}: the server has no such resource; `kubectl api-resources` lists them")


async def _read(api: Api, kind: Kind, scope: Scope, progress: Progress) -> Inventory:
    if kind == NAMESPACE and scope.namespace:
        # A user with rights in one Namespace may get this Namespace, but not list Namespaces.
        inventory = Inventory(count=1)
        text = await api.request("GET", resource_path(kind, name=scope.namespace), accept=METADATA)
        _take(inventory, kind, msgspec.json.decode(text, type=BuiltInObject))
        return inventory
    resource = _resource(kind, scope)
    for attempt in range(1, _TRIES + 1):
        inventory = Inventory()
        try:
            async for page in pages(api, resource, consistent=False, seconds=_PAGE_SECONDS, tries=_TRIES):
                for raw in page.items:
                    _take(inventory, kind, raw)
                inventory.count += len(page.items)
                progress(kind.title, inventory.count, inventory.count + page.remaining)
        except ApiError as error:
            # The list is too old, and the server offers no way to go on: begin again, a few times.
            if error.status != HTTPStatus.GONE or attempt == _TRIES:
                raise
        else:
            return inventory
    raise AssertionError  # pragma: no cover  # the last attempt returns or raises


def _resource(kind: Kind, scope: Scope) -> Resource[Any]:
    if kind == NAMESPACE:
        # The selector is for the objects in Namespaces.
        return Resource(kind.title, resource_path(kind), BuiltInObject, metadata_only=True)
    types: dict[Kind, type] = {POD: ScannedPod}
    own = types.get(kind, ScannedWorkload if kind in KINDS else msgspec.Raw)
    return Resource(kind.title, resource_path(kind, scope.namespace or None), own, labels=scope.labels)


def _take(inventory: Inventory, kind: Kind, raw: BuiltInObject | ScannedWorkload | Pod | msgspec.Raw) -> None:
    """Keep the parts of an object that count."""
    if isinstance(raw, msgspec.Raw):
        if ANY.may_be_in(text := bytes(raw)):
            decoded: JsonObject = msgspec.json.decode(text)
            inventory.objects.append(custom_object(kind, decoded))
        return
    obj = live_object(kind, raw)
    if isinstance(raw, Pod) and (pod := running_pod(raw)):
        inventory.pods.append(OwnedPod(pod, obj.owner))
    if obj.owner and kind != POD:
        inventory.owners[obj.reference] = obj.owner
    if kind == NAMESPACE:
        inventory.namespaces[obj.reference.name] = obj
        return
    has_known_owner = obj.owner and builtin_kind(obj.owner.kind, obj.owner.api_version)
    # The finding about an owner speaks for the objects that it owns.
    if not has_known_owner and (kind.completes or concerns_linkerd(obj.document)):
        inventory.objects.append(obj)


def _join(whole: Inventory, part: Inventory) -> None:
    whole.namespaces |= part.namespaces
    whole.objects += part.objects
    whole.pods += part.pods
    whole.owners |= part.owners
    whole.count += part.count


def _problems(failures: list[tuple[Kind, BaseException]]) -> list[AutofixError]:
    """Report each cause once, also when it concerns many kinds."""
    titles: dict[str, list[str]] = {}
    errors: dict[str, BaseException] = {}
    for kind, error in failures:
        # The server's message about a missing right is different for each kind.
        is_forbidden = isinstance(error, ApiError) and error.status == HTTPStatus.FORBIDDEN
        cause = "forbidden" if is_forbidden else str(error) or type(error).__name__
        titles.setdefault(cause, []).append(kind.title)
        errors.setdefault(cause, error)
    return [_problem(", ".join(titles[cause]), error) for cause, error in errors.items()]


def _problem(title: str, error: BaseException) -> AutofixError:
    if isinstance(error, AutofixError):
        return error
    if not isinstance(error, Exception):
        raise error
    if isinstance(error, ApiError) and error.status == HTTPStatus.FORBIDDEN:
        return AutofixError(
            f"{title}: {error}; ask for the right to read them, or name other kinds to look at"
        )
    return AutofixError(f"{title}: {str(error) or type(error).__name__}; the other findings are right")
