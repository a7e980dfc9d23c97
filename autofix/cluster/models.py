"""Live objects, reduced to what counts: fifty thousand of them must fit into memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec
from msgspec import UNSET, Struct, UnsetType

from autofix.kubernetes.kinds import Kind
from autofix.rules.running import DEBUG_CONTAINER, PROXY_CONTAINER, RunningPod

JsonObject = dict[str, Any]
_ALWAYS: Final = "Always"
_PARTS: Final = ("spec", "jobTemplate", "template")


@dataclass(frozen=True, slots=True)
class Reference:
    """An object by its names.

    Attributes:
        api_version: such as ``apps/v1``.
        kind: such as ``Deployment``.
        namespace: empty for what lives in none.
        name: its name.
    """

    api_version: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        where = f"{self.namespace}/" if self.namespace else ""
        return f"{self.kind} {where}{self.name}"


@dataclass(frozen=True, slots=True)
class LiveObject:
    """An object of the cluster.

    Attributes:
        kind: its kind.
        reference: its names.
        document: the object as JSON data, with those annotations and labels alone that may concern Linkerd; a
            mapping that is there stays there, perhaps empty.
        owner: the controller it belongs to, None when it has none.
        idle: whether it is an old revision that has no pods.
    """

    kind: Kind
    reference: Reference
    document: JsonObject
    owner: Reference | None
    idle: bool = False


class _Owner(Struct, rename="camel"):
    api_version: str = ""
    kind: str = ""
    name: str = ""
    controller: bool | None = None


class _Marked(Struct):
    annotations: dict[str, Any] | UnsetType | None = UNSET
    labels: dict[str, Any] | UnsetType | None = UNSET


class _Metadata(_Marked, rename="camel"):
    name: str = ""
    namespace: str = ""
    owner_references: list[_Owner] | None = None
    deletion_timestamp: str | None = None


class _Template(Struct):
    metadata: _Marked | UnsetType | None = UNSET


class _JobSpec(Struct):
    template: _Template | UnsetType | None = UNSET


class _JobTemplate(Struct):
    metadata: _Marked | UnsetType | None = UNSET
    spec: _JobSpec | UnsetType | None = UNSET


class _Spec(Struct, rename="camel"):
    template: _Template | UnsetType | None = UNSET
    job_template: _JobTemplate | UnsetType | None = UNSET
    replicas: int | UnsetType | None = UNSET


class Raw(Struct, rename="camel"):
    """Any built-in object that holds pods or their template."""

    metadata: _Metadata = msgspec.field(default_factory=_Metadata)
    spec: _Spec | UnsetType | None = UNSET
    template: _Template | UnsetType | None = UNSET


class _Container(Struct, rename="camel"):
    name: str = ""
    restart_policy: str | None = None


class _Terminated(Struct, rename="camel"):
    exit_code: int = 0
    finished_at: datetime | None = None


class _State(Struct):
    running: Struct | None = None
    terminated: _Terminated | None = None


class _ContainerStatus(Struct):
    name: str = ""
    state: _State = msgspec.field(default_factory=_State)


class _Status(Struct, rename="camel"):
    container_statuses: list[_ContainerStatus] | None = None


class _PodSpec(Struct, rename="camel"):
    restart_policy: str = _ALWAYS
    containers: list[_Container] = msgspec.field(default_factory=list)
    init_containers: list[_Container] | None = None


class RawPod(Struct):
    """A Pod, with what tells how its proxy runs."""

    metadata: _Metadata = msgspec.field(default_factory=_Metadata)
    spec: _PodSpec = msgspec.field(default_factory=_PodSpec)
    status: _Status | None = None


def live_object(kind: Kind, raw: Raw | RawPod) -> LiveObject:
    """Reduce an object of a built-in kind.

    Args:
        kind: its kind.
        raw: the object, as decoded.
    """
    document = _identity(kind, raw.metadata)
    idle = False
    if isinstance(raw, Raw):
        tree = msgspec.to_builtins(raw)
        parts = {name: _reduced(tree[name]) for name in _PARTS if isinstance(tree.get(name), dict)}
        document |= {name: part for name, part in parts.items() if part}
        idle = raw.spec not in (UNSET, None) and raw.spec.replicas == 0
    return LiveObject(kind, _reference(kind, raw.metadata), document, _owner(raw.metadata), idle)


def custom_object(kind: Kind, raw: JsonObject) -> LiveObject:
    """Take a custom resource as it is but for its status; its pod templates may stand anywhere."""
    metadata = msgspec.convert(raw.get("metadata") or {}, _Metadata)
    rest = {name: part for name, part in raw.items() if name != "status"}
    document = {**rest, **_identity(kind, metadata)}
    return LiveObject(kind, _reference(kind, metadata), document, _owner(metadata))


def running_pod(raw: RawPod) -> RunningPod | None:
    """Say how a pod's proxy runs; None for a pod without a proxy, or one that is being deleted."""
    native = any(one.name == PROXY_CONTAINER for one in raw.spec.init_containers or ())
    ordinary = any(one.name == PROXY_CONTAINER for one in raw.spec.containers)
    if not (native or ordinary) or raw.metadata.deletion_timestamp:
        return None
    held_by, ended = _held(raw)
    return RunningPod(raw.metadata.namespace, raw.metadata.name, native, held_by, ended)


def _held(raw: RawPod) -> tuple[str, datetime | None]:
    """Return which container of Linkerd's keeps a pod whose own have all ended for good, and since when."""
    states = {one.name: one.state for one in (raw.status and raw.status.container_statuses) or ()}
    linkerds = (PROXY_CONTAINER, DEBUG_CONTAINER)
    names = [one.name for one in raw.spec.containers if one.name not in linkerds]
    own = [states.get(name, _State()).terminated for name in names]
    ended = [state for state in own if state and _is_final(state, raw.spec.restart_policy)]
    held_by = next((name for name in linkerds if name in states and states[name].running is not None), "")
    if not own or len(ended) < len(own) or not held_by:
        return "", None
    return held_by, max((state.finished_at for state in ended if state.finished_at), default=None)


def _is_final(state: _Terminated, restart_policy: str) -> bool:
    return restart_policy == "Never" or (restart_policy == "OnFailure" and state.exit_code == 0)


def concerns_linkerd(document: Mapping[str, Any]) -> bool:
    """Tell whether a reduced object holds any key that may be meant for Linkerd."""
    return any(_maps(document))


def _maps(tree: Mapping[str, Any]) -> Iterator[object]:
    for name, value in tree.items():
        if name in ("annotations", "labels"):
            yield value
        elif isinstance(value, dict):
            yield from _maps(value)


def _identity(kind: Kind, metadata: _Metadata) -> JsonObject:
    names = {"name": metadata.name}
    if metadata.namespace:
        names["namespace"] = metadata.namespace
    marks = msgspec.to_builtins(_Marked(metadata.annotations, metadata.labels))
    return {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": {**names, **_reduced(marks)}}


def _reduced(tree: JsonObject) -> JsonObject:
    found: JsonObject = {}
    for name, value in tree.items():
        if name in ("annotations", "labels"):
            kept = {key: text for key, text in (value or {}).items() if _counts(key)}
            # Whether there are annotations at all decides how one is added to them.
            if kept or (value is not None and name == "annotations"):
                found[name] = kept
        elif isinstance(value, dict):
            found[name] = _reduced(value)
    return found


def _counts(key: str) -> bool:
    return "linkerd" in key or "sidecar" in key.lower()


def _reference(kind: Kind, metadata: _Metadata) -> Reference:
    return Reference(kind.api_version, kind.kind, metadata.namespace, metadata.name)


def _owner(metadata: _Metadata) -> Reference | None:
    for one in metadata.owner_references or ():
        if one.controller:
            return Reference(one.api_version, one.kind, metadata.namespace, one.name)
    return None
