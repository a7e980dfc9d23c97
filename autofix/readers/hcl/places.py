"""Where in a configuration a mapping stands, and so whose annotations or labels it holds."""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache
from typing import Final, NamedTuple

from autofix.readers.kinds import TARGETS
from autofix.readers.model import NOT_UNDERSTOOD, Branch, Fragment, Setting, Target
from autofix.readers.names import NAMESPACE_WORDS, is_annotations, is_labels, words_of

# Deeper than anything people write; limits the work on hostile nesting.
DEEPEST: Final = 64
_CAMEL: Final = re.compile(r"[a-z]Annotations?\Z")
_POD_WORDS: Final = frozenset({"pod", "template"})
# What is in a Namespace has annotations of its own.
_WORKLOAD_WORDS: Final = frozenset(
    {
        *("app", "application", "container", "cronjob", "daemonset", "deployment", "job", "release"),
        *("service", "statefulset", "workload"),
    }
)
_CACHED_NAMES: Final = 4096
# By convention of charts these hold the annotations of one object of that kind.
_OTHER_KINDS: Final = {
    "service": "Service",
    "ingress": "Ingress",
    "serviceaccount": "ServiceAccount",
    "service_account": "ServiceAccount",
}
_VERSION: Final = re.compile(r"_v\d+(?:(?:alpha|beta)\d+)?\Z")


class HclUse(Enum):
    """What becomes of a boolean or a number in a mapping."""

    TERRAFORM = "an argument with the type map(string): it becomes a string"
    VALUES = "Helm's values: it stays what it is, and the chart prints it"
    OBJECT = "an object for the API server: it stays what it is"
    MANIFEST = "the argument of kubernetes_manifest: it becomes a string where the schema has strings"
    UNKNOWN = "the text does not say what uses the mapping"


class HclOwner(NamedTuple):
    """The object that a resource or a manifest describes.

    Attributes:
        target: what its own annotations are.
        kind: its kind; empty for none.
        namespace: its Namespace, or its own name if it is a Namespace.
        name: its name.
        is_linkerd: whether it is a release of Linkerd's own chart.
    """

    target: Target = Target.UNKNOWN
    kind: str = ""
    namespace: str = ""
    name: str = ""
    is_linkerd: bool = False


class HclPlace(NamedTuple):
    """Where a node of the tree stands.

    Attributes:
        path: names of blocks, arguments and keys around it, from the owner inwards.
        owner: the object that it belongs to.
        use: what becomes of its booleans.
        branch: whether it takes effect.
        reason: why nothing in it may be edited.
        depth: how many blocks, objects and lists are around it.
        is_local: whether it stands in a block ``locals``.
    """

    path: tuple[str, ...] = ()
    owner: HclOwner = HclOwner()
    use: HclUse = HclUse.UNKNOWN
    branch: Branch = Branch.ALWAYS
    reason: str = ""
    depth: int = 0
    is_local: bool = False

    def below(self, *names: str) -> HclPlace:
        """Return the place one level deeper.

        Args:
            names: the name of the block, argument or key, if it has one.
        """
        path, owner, use, branch, reason, depth, is_local = self
        return HclPlace((*path, *names), owner, use, branch, reason, depth + 1, is_local)

    def under(self, branch: Branch) -> HclPlace:
        """Return the place under a condition."""
        return self if _RANK[branch] <= _RANK[self.branch] else self._replace(branch=branch)


def use_at(place: HclPlace) -> HclUse:
    """Return what becomes of a boolean in the mapping at a place.

    Args:
        place: the place of the mapping itself.

    Source: hashicorp/kubernetes, manifest/morph/morph.go, morphBoolToType: an attribute gets the type that
    the schema of the API server has for it. Annotations are strings in every schema of a built-in kind, and
    in the metadata of every object. The schema of a custom resource may leave the type open elsewhere.
    """
    if place.use is HclUse.MANIFEST:
        is_own = place.path in {("metadata", "annotations"), ("metadata", "labels")}
        return HclUse.TERRAFORM if is_own or place.owner.kind in TARGETS else HclUse.OBJECT
    if place.use is HclUse.UNKNOWN and place.path and is_in_helm_style(place.path[-1]):
        return HclUse.VALUES
    return place.use


class HclDestination(NamedTuple):
    """Whose annotations or labels a mapping holds; as in ``Fragment``."""

    target: Target
    kind: str = ""
    namespace: str = ""
    name: str = ""
    reason: str = ""


_RANK: Final = {Branch.ALWAYS: 0, Branch.CONDITIONAL: 1, Branch.ALTERNATIVE: 2}


def kind_of_resource(resource: str) -> str:
    """Return the kind of objects that a resource of the Kubernetes provider makes.

    Args:
        resource: the type, such as ``kubernetes_cron_job_v1``.

    Returns:
        The kind, such as ``CronJob``.

    Source: the names of resources in the documentation of hashicorp/kubernetes.
    """
    name = _VERSION.sub("", resource.removeprefix("kubernetes_"))
    kind = "".join(part.capitalize() for part in name.split("_"))
    return kind.removeprefix("Default") if kind != "Default" else kind


def owner_of_kind(kind: str, namespace: str, name: str) -> HclOwner:
    """Return the owner of a kind.

    Args:
        kind: the kind.
        namespace: its Namespace.
        name: its name.
    """
    target = TARGETS.get(kind, Target.OTHER)
    return HclOwner(target, kind, name if target is Target.NAMESPACE else namespace, name)


def is_in_helm_style(name: str) -> bool:
    """Tell whether a name is written as charts write it: ``podAnnotations``, not ``pod_annotations``."""
    return _CAMEL.search(name) is not None


def destination(place: HclPlace) -> HclDestination:
    """Tell whose annotations or labels the mapping at a place holds.

    Args:
        place: the place of the mapping itself.
    """
    index = next((i for i in reversed(range(len(place.path))) if _names_map(place.path[i])), -1)
    owner = place.owner
    if index >= 0 and is_labels(place.path[index]):
        return HclDestination(Target.LABELS, owner.kind, owner.namespace, owner.name, place.reason)
    if owner.kind:
        return _of_object(place, index)
    return _by_name(place, index)


def _of_object(place: HclPlace, index: int) -> HclDestination:
    """Tell it for a mapping in a Kubernetes object, where Terraform's names are those of the API."""
    owner = place.owner
    names = tuple(name.lower().replace("_", "") for name in place.path)
    if index != len(names) - 1 or index < 0:
        return HclDestination(Target.UNKNOWN, reason=place.reason or NOT_UNDERSTOOD)
    own = HclDestination(owner.target, owner.kind, owner.namespace, owner.name, place.reason)
    of_pods = HclDestination(Target.POD, "", owner.namespace, "", place.reason)
    match names:
        case ("metadata", "annotations") | ("annotations",):
            return own
        case ("templateannotations",) | (*_, "template" | "podtemplate", "metadata", "annotations"):
            return of_pods
        case (*_, "jobtemplate", "metadata", "annotations"):
            return HclDestination(Target.WORKLOAD, "Job", owner.namespace, "", place.reason)
        case (*_, "volumeclaimtemplate" | "volumeclaimtemplates", "metadata", "annotations"):
            return HclDestination(Target.OTHER, "PersistentVolumeClaim", owner.namespace, "", place.reason)
    return _by_name(place, index)


@lru_cache(maxsize=_CACHED_NAMES)
def _names_map(name: str) -> bool:
    return is_annotations(name) or is_labels(name)


@lru_cache(maxsize=_CACHED_NAMES)
def _target_of_name(name: str) -> Target | None:
    """Tell what a name says of annotations; None if it says nothing."""
    words = words_of(name)
    if words & _POD_WORDS:
        return Target.POD
    if words & NAMESPACE_WORDS:
        return Target.NAMESPACE
    return Target.UNKNOWN if words & _WORKLOAD_WORDS else None


def _by_name(place: HclPlace, index: int) -> HclDestination:
    """Tell it by the names around the mapping, the nearest first."""
    owner, path = place.owner, place.path
    nearest = path[index] if index >= 0 else ""
    parent = path[index - 1] if index > 0 else ""
    kind = _OTHER_KINDS.get(parent.lower()) if nearest == "annotations" else None
    if kind is None and is_in_helm_style(nearest):
        kind = _OTHER_KINDS.get(nearest.lower().removesuffix("s").removesuffix("annotation"))
    if kind is not None:
        return HclDestination(Target.OTHER, kind, owner.namespace, "", place.reason)
    names = (*path[index:][:1], *reversed(path[index + 1 :]), *reversed(path[: max(index, 0)]))
    target = next(filter(None, map(_target_of_name, names)), Target.UNKNOWN)
    namespace = owner.namespace if target is not Target.NAMESPACE else ""
    return HclDestination(target, "", namespace, "", place.reason)


def fragment_at(place: HclPlace, settings: tuple[Setting, ...], reason: str = "") -> Fragment:
    """Return the fragment of a mapping.

    Args:
        place: the place of the mapping itself.
        settings: what the mapping sets.
        reason: why nothing in it may be edited, if the place does not say so.
    """
    whose = destination(place)
    return Fragment(
        whose.target,
        settings,
        whose.namespace,
        whose.name,
        whose.kind,
        place.branch,
        whose.reason or reason,
    )
