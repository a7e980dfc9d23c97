"""A place of annotations in a Kubernetes object, and what an object says of itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Literal, NamedTuple

from autofix.kubernetes.pointer import Path


class Role(Enum):
    """What a mapping of annotations (or labels) is to a pod."""

    POD = "annotations that the pod will carry"
    NAMESPACE = "annotations of a Namespace"
    WORKLOAD = "annotations of an object that makes pods, not carried by them"
    LABELS = "labels"
    STRAY = "annotations where no API server keeps them"
    OTHER = "annotations that neither pods nor Namespaces get"
    OTHER_LABELS = "labels of an object that makes no pods"
    LINKERD_VALUES = "values of Linkerd's own Helm chart; each key is a path with dots"
    UNKNOWN = "annotations in a custom resource; only its operator knows whether pods get them"


class Location(NamedTuple):
    """A mapping in an object where annotation keys stand or may stand.

    Attributes:
        role: what it is.
        path: where it stands in the object.
        home: the path at which a pod or Namespace would carry its keys; None when there is none.
        kind: kind of the object.
        level: whether its keys are meant for a pod or for a Namespace.
        elsewhere: where objects of this kind have annotations of pods, in words; empty if nobody knows.
        beside: other places whose annotations the same pods get.
        completes: whether pods of this kind always run to completion, whatever their spec says.
    """

    role: Role
    path: Path
    home: Path | None
    kind: str
    level: Literal["pod", "namespace"] = "pod"
    elsewhere: str = ""
    beside: tuple[Path, ...] = ()
    completes: bool = False

    def __hash__(self) -> int:
        # The path is nearly always different for two locations, and its hash is cheap.
        return hash(self.path)

    @property
    def spec(self) -> Path | None:
        """Where the spec of the pods stands that get annotations of a pod template; None for others."""
        return (*self.path[:-2], "spec") if self.path[-2:] == ("metadata", "annotations") else None


def kind_of(obj: Mapping[str, object]) -> str:
    """Return an object's kind; empty when it has none."""
    kind = obj.get("kind")
    return kind if isinstance(kind, str) else ""


def name_of(obj: Mapping[str, object]) -> tuple[str, str]:
    """Return an object's namespace and name (or generateName); each is empty when it has none."""
    metadata = obj.get("metadata")
    if not isinstance(metadata, dict):
        return "", ""
    namespace = metadata.get("namespace")
    name = metadata.get("name") or metadata.get("generateName")
    return (namespace if isinstance(namespace, str) else ""), (name if isinstance(name, str) else "")


def group_of(obj: Mapping[str, object]) -> str | None:
    """Return an object's API group: empty for the core group, None without an apiVersion."""
    version = obj.get("apiVersion")
    return version.rpartition("/")[0] if isinstance(version, str) else None


def pod_locations(template: Path, kind: str, *, completes: bool = False) -> Iterator[Location]:
    """Yield the places in a pod template.

    Args:
        template: its path; empty for a Pod.
        kind: the kind of the object.
        completes: whether pods of this kind always run to completion.
    """
    home = (*template, "metadata", "annotations")
    yield Location(Role.POD, home, home, kind, completes=completes)
    yield Location(Role.LABELS, (*template, "metadata", "labels"), home, kind)
    yield Location(Role.STRAY, (*template, "spec", "annotations"), home, kind)


def own_locations(kind: str, home: Path, between: tuple[Path, ...] = ()) -> Iterator[Location]:
    """Yield the places in the metadata of an object that makes pods.

    Args:
        kind: the kind of the object.
        home: the path of the annotations of its pods.
        between: paths of more metadata that pods do not get.
    """
    for metadata in (("metadata",), *between):
        yield Location(Role.WORKLOAD, (*metadata, "annotations"), home, kind)
        yield Location(Role.LABELS, (*metadata, "labels"), home, kind)
