"""Whose annotations a mapping or a path is, by the names on the way to it and by the kind of its object."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from autofix.kubernetes.kinds import KINDS
from autofix.readers.model import Target
from autofix.readers.names import is_labels

# A number at the end makes several variables, as of GitLab's runner.
_ANNOTATIONS: Final = re.compile(r"(?:[Aa]nnotations?|ANNOTATIONS?)(?:_\d+)?\Z")
_OF_PODS: Final = re.compile(r"pods?(?:[_-]?template)?[_-]?annotations?(?:_\d+)?\Z", re.IGNORECASE)
_OF_NAMESPACES: Final = re.compile(r"(?:namespaces?|ns)[_-]?annotations?(?:_\d+)?\Z", re.IGNORECASE)
_PATHS: Final = {kind.kind: kind.template for kind in KINDS}
_WORKLOADS: Final = frozenset(kind for kind, template in _PATHS.items() if template)
_PODS: Final = frozenset(kind for kind, template in _PATHS.items() if template == ())
# The metadata of these is that of pods.
_TEMPLATES: Final = frozenset({"template", "podTemplate", "podTemplateSpec"})
_BETWEEN: Final = "jobTemplate"
_CLAIMS: Final = "volumeClaimTemplates"
# Below these stands what a rule of Kyverno changes or asks for: an object from its root on.
_ROOTS: Final = frozenset({"anyPattern", "overlay", "patchStrategicMerge", "pattern"})
# Words of a property's name that say of what the annotations are: Spark and Flink set those of pods, and of
# objects beside the pods.
_POD_WORDS: Final = frozenset({"driver", "executor", "jobmanager", "taskmanager", "pod", "podTemplate"})
_OTHER_WORDS: Final = frozenset({"service", "rest-service", "ingress", "secret", "configmap", "route"})


def is_annotations(name: str) -> bool:
    """Tell whether a name is one of annotations, such as ``podAnnotations``."""
    return _ANNOTATIONS.search(name) is not None


def target_of_kind(kind: str) -> Target:
    """Tell whose annotations the own metadata of an object has.

    Args:
        kind: its kind, or several with ``|`` between them.
    """
    kinds = set(filter(None, kind.split("|")))
    if kinds and kinds <= _PODS:
        return Target.POD
    if kinds == {"Namespace"}:
        return Target.NAMESPACE
    return Target.WORKLOAD if kinds and kinds <= _WORKLOADS else Target.UNKNOWN


def target_of_name(name: str) -> Target:
    """Tell whose annotations or labels a mapping has, by its name alone."""
    if is_labels(name):
        return Target.LABELS
    if _OF_PODS.search(name):
        return Target.POD
    return Target.NAMESPACE if _OF_NAMESPACES.search(name) else Target.UNKNOWN


def target_of_path(names: Sequence[str], kind: str = "") -> Target:
    """Tell whose annotations or labels stand at a path.

    Args:
        names: the names on the path; it may begin at the root of an object, or anywhere above it.
        kind: the kind of the object, if known.
    """
    if not names or not is_annotations(names[-1]) or names[-1] != "annotations":
        return target_of_name(names[-1]) if names else Target.UNKNOWN
    owner, above = ["", "", *names[:-1]][-2:]
    if above == "podMetadata":
        return Target.POD
    return _target_of_owner(owner, kind) if above == "metadata" else Target.UNKNOWN


def _target_of_owner(owner: str, kind: str) -> Target:
    """Tell whose annotations the metadata below a name has."""
    if not owner or owner in _ROOTS:
        return target_of_kind(kind)
    if owner in _TEMPLATES:
        return Target.POD
    if owner == _CLAIMS:
        return Target.OTHER
    return Target.WORKLOAD if owner == _BETWEEN else Target.UNKNOWN


def target_of_property(name: str) -> Target:
    """Tell whose annotations a property sets, such as ``kubernetes.jobmanager.annotations``.

    Sources: spark.apache.org/docs/latest/running-on-kubernetes, "Spark Properties";
    nightlies.apache.org/flink, deployment/config, "Kubernetes".

    Args:
        name: the name of the property, without an annotation's key behind it.
    """
    words = name.rstrip(".").split(".")
    if is_labels(words[-1]):
        return Target.LABELS
    if not _OTHER_WORDS.isdisjoint(words):
        return Target.OTHER
    return target_of_name(words[-1]) if _POD_WORDS.isdisjoint(words) else Target.POD
