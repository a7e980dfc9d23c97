"""Reads all objects that may have findings: all kinds at once, page by page; and keeps what counts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

import msgspec

from autofix.cluster.custom_resources import find_resource
from autofix.cluster.models import (
    LiveObject,
    Reference,
    concerns_linkerd,
    custom_object,
    live_object,
    owner_in,
    running_pod,
)
from autofix.cluster.read_errors import Failure, is_forbidden, problem, problems, target_problem
from autofix.cluster.scope import Scope
from autofix.errors import AutofixError
from autofix.kubeapi.api_path import resource_path
from autofix.kubeapi.client import METADATA, Api, ApiError, decoded
from autofix.kubeapi.list import Resource, pages
from autofix.kubeapi.types import BuiltInObject, JsonObject, Object, Pod
from autofix.kubeapi.workload_types import ScannedPod, ScannedWorkload
from autofix.kubernetes.kinds import KINDS, NAMESPACE, POD, POD_TEMPLATE, Kind, builtin_kind
from autofix.rules.interest import ANY
from autofix.rules.running import RunningPod

_PAGE_SECONDS: Final = 60.0
_TRIES: Final = 3
# No pod has an owner of these kinds.
_OWN_NO_PODS: Final = (POD_TEMPLATE, POD)
# Takes what is read, how many of its objects were read so far, and how many there are.
Progress = Callable[[str, int, int], None]


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
        has_namespaces: whether all Namespaces could be read.
        is_whole: whether all objects that may own pods were read, and not only those that a selector chooses.
        count: how many objects were read.
        problems: what could not be read.
        warnings: what may not be read, and counts as if it were not there.
        unread: titles of the kinds of both.
        focus: the kinds of which every object may have findings.
        targets: the objects that the user names, and that are there.
        target_owners: the objects that made them; the findings about them speak for what they made.
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
    warnings: list[AutofixError] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    focus: tuple[Kind, ...] = ()
    targets: frozenset[Reference] = frozenset()
    target_owners: frozenset[Reference] = frozenset()


def chain(owner: Reference | None, owners: Mapping[Reference, Reference]) -> list[Reference]:
    """List the objects that made an object.

    Args:
        owner: its owner.
        owners: the owner of each other object.

    Returns:
        The owner, the owner of that, and so on; no object twice, because owners may stand in a circle.
    """
    makers: list[Reference] = []
    while owner and owner not in makers:
        makers.append(owner)
        owner = owners.get(owner)
    return makers


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
    inventory = Inventory()
    custom = await _custom_kinds(api, scope, inventory)
    # A pod depends on the object that made it.
    needed = KINDS if POD in scope.kinds else scope.kinds
    kinds = (NAMESPACE, *(kind for kind in needed if kind != NAMESPACE), *custom.values())
    places = [(kind, namespace) for kind in kinds for namespace in _namespaces(kind, scope)]
    parts = await asyncio.gather(
        *(_read(api, kind, namespace, scope.labels, progress) for kind, namespace in places),
        return_exceptions=True,
    )
    failures: list[Failure] = []
    for (kind, _), part in zip(places, parts, strict=True):
        if isinstance(part, Inventory):
            _join(inventory, part)
        else:
            failures.append((kind, part))
    inventory.kinds = kinds
    inventory.is_whole = not scope.labels and all(kind in _OWN_NO_PODS for kind, _ in failures)
    await _note_targets(api, inventory, scope, custom)
    _note_failures(inventory, failures, scope)
    inventory.focus = _focus(inventory, scope, custom)
    return inventory


async def _custom_kinds(api: Api, scope: Scope, inventory: Inventory) -> dict[str, Kind]:
    """Find the kinds of the custom resources in scope, by the names that the user gives them."""
    answers = await asyncio.gather(
        *(find_resource(api, name) for name in scope.custom), return_exceptions=True
    )
    kinds: dict[str, Kind] = {}
    for name, answer in zip(scope.custom, answers, strict=True):
        if isinstance(answer, Kind):
            kinds[name] = answer
        else:
            inventory.problems.append(problem(name, answer))
            inventory.unread.append(name)
    return kinds


def _focus(inventory: Inventory, scope: Scope, custom: Mapping[str, Kind]) -> tuple[Kind, ...]:
    """Choose the kinds of which every object may have findings."""
    if scope.targets:
        names = {name: kind for name, kind in custom.items() if name in scope.named}
        return tuple(kind for kind in inventory.kinds if kind in (*scope.named, *names.values()))
    # A label selector is for the objects in Namespaces. Namespaces are only context then.
    kinds = (kind for kind in scope.kinds if not (scope.labels and kind == NAMESPACE))
    whole = {*kinds, *custom.values()}
    return tuple(kind for kind in inventory.kinds if kind in whole)


def _namespaces(kind: Kind, scope: Scope) -> Sequence[str]:
    """Return the Namespaces in which to read a kind; one empty name for all."""
    if not scope.namespaces:
        return [""]
    if kind == NAMESPACE:
        targets = (target.name for target in scope.targets if target.resource == NAMESPACE)
        return list(dict.fromkeys((*scope.namespaces, *targets)))
    return scope.namespaces if kind.namespaced else [""]


def _note_failures(inventory: Inventory, failures: Sequence[Failure], scope: Scope) -> None:
    """Sort the failures: a missing right to a single kind that the user does not name is only a warning."""
    named = {*scope.named, *(target.resource for target in scope.targets)}
    owners = {builtin_kind(owner.kind, owner.api_version) for owner in inventory.target_owners}
    optional = {kind for kind, error in failures if is_forbidden(error)} - {NAMESPACE, *named, *owners}
    if not named and len(optional) > 1:
        optional = set()
    inventory.has_namespaces = all(kind != NAMESPACE for kind, _ in failures)
    inventory.warnings += problems([failure for failure in failures if failure[0] in optional])
    inventory.problems += problems([failure for failure in failures if failure[0] not in optional])
    inventory.unread += dict.fromkeys(kind.title for kind, _ in failures)


async def _note_targets(api: Api, inventory: Inventory, scope: Scope, custom: Mapping[str, Kind]) -> None:
    """Find out whether the objects that the user names are there; most have no key of Linkerd's."""
    references: list[tuple[Kind, Reference]] = []
    for target in scope.targets:
        kind = custom.get(target.resource) if isinstance(target.resource, str) else target.resource
        if kind is not None:
            references += [
                (kind, Reference(kind.api_version, kind.kind, namespace, target.name))
                for namespace in (scope.namespaces if kind.namespaced else [""])
            ]
    answers = await asyncio.gather(
        *(_owner(api, kind, reference) for kind, reference in references), return_exceptions=True
    )
    owners: dict[Reference, Reference | None] = {}
    for (kind, reference), answer in zip(references, answers, strict=True):
        if isinstance(answer, BaseException):
            inventory.problems.append(target_problem(kind, reference, answer))
        else:
            owners[reference] = answer
    inventory.targets = frozenset(owners)
    inventory.target_owners = frozenset(
        maker for owner in owners.values() for maker in chain(owner, inventory.owners)
    )


async def _owner(api: Api, kind: Kind, reference: Reference) -> Reference | None:
    """Ask for an object; return the owner."""
    path = resource_path(kind, reference.namespace or None, reference.name)
    return owner_in(decoded(await api.request("GET", path, accept=METADATA), Object).metadata)


async def _read(api: Api, kind: Kind, namespace: str, labels: str, progress: Progress) -> Inventory:
    if kind == NAMESPACE and namespace:
        # A user with rights in one Namespace may get this Namespace, but not list Namespaces.
        inventory = Inventory(count=1)
        text = await api.request("GET", resource_path(kind, name=namespace), accept=METADATA)
        _take(inventory, kind, decoded(text, BuiltInObject))
        return inventory
    resource = _resource(kind, namespace, labels)
    title = f"{kind.title} {namespace}"
    for attempt in range(1, _TRIES + 1):
        inventory = Inventory()
        try:
            async for page in pages(api, resource, consistent=False, seconds=_PAGE_SECONDS, tries=_TRIES):
                for raw in page.items:
                    _take(inventory, kind, raw)
                inventory.count += len(page.items)
                progress(title, inventory.count, inventory.count + page.remaining)
        except ApiError as error:
            # The list is too old, and the server offers no way to go on: begin again, a few times.
            if error.status != HTTPStatus.GONE or attempt == _TRIES:
                raise
        else:
            return inventory
    raise AssertionError  # pragma: no cover  # the last attempt returns or raises


def _resource(kind: Kind, namespace: str, labels: str) -> Resource[Any]:
    if kind == NAMESPACE:
        # The selector is for the objects in Namespaces.
        return Resource(kind.title, resource_path(kind), BuiltInObject, metadata_only=True)
    types: dict[Kind, type] = {POD: ScannedPod}
    own = types.get(kind, ScannedWorkload if kind in KINDS else msgspec.Raw)
    return Resource(kind.title, resource_path(kind, namespace or None), own, labels=labels)


def _take(inventory: Inventory, kind: Kind, raw: BuiltInObject | ScannedWorkload | Pod | msgspec.Raw) -> None:
    """Keep the parts of an object that count."""
    if isinstance(raw, msgspec.Raw):
        if ANY.may_be_in(text := bytes(raw)):
            inventory.objects.append(custom_object(kind, decoded(text, JsonObject)))
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
