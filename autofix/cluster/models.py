"""Objects of a cluster, reduced to the parts that count: fifty thousand objects must fit into memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import msgspec

from autofix.kubeapi.types import (
    BuiltInObject,
    ContainerState,
    JsonObject,
    Metadata,
    ObjectMetadata,
    Pod,
    TerminatedState,
    controller_of,
)
from autofix.kubeapi.workload_types import ScannedWorkload
from autofix.kubernetes.kinds import NAMESPACE, POD, Kind
from autofix.kubernetes.pointer import Path, get, replaced
from autofix.linkerd.completion import DEBUG_CONTAINER, PROXY_CONTAINER
from autofix.linkerd.injection import PodTraits, decisive_spec, traits_of
from autofix.rules.interest import ANY
from autofix.rules.running import RunningPod

_PARTS: Final = ("spec", "jobTemplate", "template")


@dataclass(frozen=True, slots=True)
class Reference:
    """An object by its names.

    Attributes:
        api_version: such as ``apps/v1``.
        kind: such as ``Deployment``.
        namespace: empty for an object without one.
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
        document: the object as JSON data. Of the annotations and labels it has only those that may concern
            Linkerd; a mapping of annotations that becomes empty stays.
        owner: the controller that it belongs to; None when it has none.
        idle: whether it is an old revision that has no pods.
        labels: all labels of a Namespace; those of other objects are left out.
    """

    kind: Kind
    reference: Reference
    document: JsonObject
    owner: Reference | None
    idle: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)


def live_object(kind: Kind, raw: BuiltInObject | ScannedWorkload | Pod) -> LiveObject:
    """Reduce an object of a built-in kind.

    Args:
        kind: its kind.
        raw: the object, as decoded.

    Returns:
        The object with the parts that count: of the spec of pods what Linkerd looks at.
    """
    metadata = raw.metadata or Metadata()
    document = _identity(kind, metadata)
    idle = False
    if isinstance(raw, Pod):
        # Its status is long, and nothing of it counts here.
        spec = msgspec.to_builtins(raw.spec)
    else:
        tree = msgspec.to_builtins(raw)
        spec = None if kind.template is None else _taken_spec(tree, kind.template)
        parts = {name: _reduced(tree[name]) for name in _PARTS if isinstance(tree.get(name), dict)}
        document |= {name: part for name, part in parts.items() if part}
        idle = bool(raw.spec and raw.spec.replicas == 0)
    if kept := _decisive(kind, spec):
        # A changed copy of a mapping is a mapping.
        document = replaced(document, (*(kind.template or ()), "spec"), kept)  # type: ignore[assignment]
    labels = dict(metadata.labels or {}) if kind == NAMESPACE else {}
    return LiveObject(kind, _reference(kind, metadata), document, owner_in(metadata), idle, labels)


def _taken_spec(tree: JsonObject, template: Path) -> object:
    """Take the spec out of a pod template."""
    parent = get(tree, template)
    return parent.pop("spec", None) if isinstance(parent, dict) else None


def _decisive(kind: Kind, spec: object) -> JsonObject:
    kept = decisive_spec(spec)
    if kind == POD:
        # A pod that is there gets no other proxy any more, and says by its status whether it completes.
        kept.pop("restartPolicy", None)
    return kept


def custom_object(kind: Kind, raw: JsonObject) -> LiveObject:
    """Take a custom resource without its status; its pod templates may stand anywhere.

    Args:
        kind: its kind.
        raw: the object as JSON data.

    Returns:
        The object; of the annotations and labels in its own metadata it has only those that count.
    """
    metadata = msgspec.convert(raw.get("metadata") or {}, ObjectMetadata)
    rest = {name: part for name, part in raw.items() if name != "status"}
    document = {**rest, **_identity(kind, metadata)}
    return LiveObject(kind, _reference(kind, metadata), document, owner_in(metadata))


def traits_in(pod: Pod) -> PodTraits:
    """Read which proxy a pod has.

    Args:
        pod: the pod.

    Returns:
        Its traits, as far as names and restart policies of containers say them.
    """
    groups = (("initContainers", pod.spec.init_containers), ("containers", pod.spec.containers))
    return traits_of(
        {
            field: [{"name": part.name, "restartPolicy": part.restart_policy} for part in parts or ()]
            for field, parts in groups
        }
    )


def running_pod(pod: Pod) -> RunningPod | None:
    """Describe how the proxy of a pod runs.

    Args:
        pod: the pod, with its status.

    Returns:
        The description; None for a pod without a proxy, and for a pod that is being deleted.
    """
    traits = traits_in(pod)
    if not traits.has_proxy or pod.metadata.deletion_timestamp:
        return None
    holder, ended = _holder(pod)
    return RunningPod(pod.metadata.namespace, pod.metadata.name, traits.has_native_proxy, holder, ended)


def _holder(pod: Pod) -> tuple[str, datetime | None]:
    """Find Linkerd's container that keeps a pod running after all its own containers have ended for good.

    Returns:
        The name of the container and the time at which the last own container ended; empty and None when the
        pod is not kept.
    """
    states = {status.name: status.state for status in pod.status.container_statuses or ()}
    linkerds = (PROXY_CONTAINER, DEBUG_CONTAINER)
    names = [container.name for container in pod.spec.containers if container.name not in linkerds]
    own = [states.get(name, ContainerState()).terminated for name in names]
    ended = [state for state in own if state and _is_final(state, pod.spec.restart_policy)]
    holder = next((name for name in linkerds if name in states and states[name].running is not None), "")
    if not own or len(ended) < len(own) or not holder:
        return "", None
    return holder, max((state.finished_at for state in ended if state.finished_at), default=None)


def _is_final(state: TerminatedState, restart_policy: str) -> bool:
    return restart_policy == "Never" or (restart_policy == "OnFailure" and state.exit_code == 0)


def concerns_linkerd(document: Mapping[str, Any]) -> bool:
    """Tell whether a reduced object has any key that may be meant for Linkerd.

    Args:
        document: the document of a LiveObject.

    Returns:
        True when it has.
    """
    return any(_mappings_in(document))


def _mappings_in(tree: Mapping[str, Any]) -> Iterator[object]:
    """Find all annotations and labels."""
    for name, value in tree.items():
        if name in ("annotations", "labels"):
            yield value
        elif isinstance(value, dict):
            yield from _mappings_in(value)


def _identity(kind: Kind, metadata: ObjectMetadata) -> JsonObject:
    names = {"name": metadata.name}
    if metadata.namespace:
        names["namespace"] = metadata.namespace
    marks: ObjectMetadata = Metadata(annotations=metadata.annotations, labels=metadata.labels)
    reduced = _reduced(msgspec.to_builtins(marks))
    return {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": {**names, **reduced}}


def _reduced(tree: JsonObject) -> JsonObject:
    """Keep the mappings of a tree, and of annotations and labels the keys that may concern Linkerd."""
    reduced: JsonObject = {}
    for name, value in tree.items():
        if name in ("annotations", "labels"):
            kept = ANY.concerning(value or {})
            # Whether there are annotations at all decides how a key is added to them.
            if kept or (value is not None and name == "annotations"):
                reduced[name] = kept
        elif isinstance(value, dict):
            reduced[name] = _reduced(value)
    return reduced


def _reference(kind: Kind, metadata: ObjectMetadata) -> Reference:
    return Reference(kind.api_version, kind.kind, metadata.namespace, metadata.name)


def owner_in(metadata: ObjectMetadata) -> Reference | None:
    """Find the controller that an object belongs to.

    Args:
        metadata: the object's.

    Returns:
        Its names; None when the object has no controller.
    """
    owner = controller_of(metadata)
    if owner is None:
        return None
    return Reference(owner.api_version, owner.kind, metadata.namespace, owner.name)
