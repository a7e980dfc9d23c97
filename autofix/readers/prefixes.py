"""Prefixes before keys, by which Spark and others set annotations in one flat mapping of properties.

Sources: spark.apache.org/docs/latest/running-on-kubernetes, "Spark Properties";
nightlies.apache.org/flink, deployment/config, "Kubernetes".
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Final

from autofix.linkerd.keys import is_linkerd_key
from autofix.readers.model import Target
from autofix.readers.names import is_labels, target_of_name

SPARK_PREFIX: Final = re.compile(
    r"spark\.kubernetes\.(?:driver(?:\.service)?|executor)\.(?:annotation|label)\."
)
# The domain of a key stands behind one of these.
_MARKER: Final = re.compile(r"(?:\A|[._-])(?:annotations?|labels?)\.")
# Words of a property's name that say of what the annotations are: Spark and Flink set those of pods, and of
# objects beside the pods.
_POD_WORDS: Final = frozenset({"driver", "executor", "jobmanager", "taskmanager", "pod", "podTemplate"})
_OTHER_KINDS: Final = MappingProxyType(
    {
        "service": "Service",
        "rest-service": "Service",
        "ingress": "Ingress",
        "secret": "Secret",
        "configmap": "ConfigMap",
        "route": "Route",
    }
)


def prefix_of(word: str) -> str:
    """Return what stands before a key, up to a word for annotations or labels; empty without such a word.

    Args:
        word: a word such as ``spark.kubernetes.driver.annotation.linkerd.io/inject``.
    """
    domain = word.partition("/")[0]
    ends = [match.end() for match in _MARKER.finditer(domain)]
    return word[: ends[-1]] if ends and is_linkerd_key(word[ends[-1] :]) else ""


def target_of_property(name: str) -> Target:
    """Tell whose annotations a property sets, such as ``kubernetes.jobmanager.annotations``.

    Args:
        name: the name of the property, or the prefix before an annotation's key.
    """
    words = name.rstrip(".").split(".")
    if is_labels(words[-1]):
        return Target.LABELS
    if kind_of_property(name):
        return Target.OTHER
    return (target_of_name(words[-1]) or Target.UNKNOWN) if _POD_WORDS.isdisjoint(words) else Target.POD


def kind_of_property(name: str) -> str:
    """Return the kind of the object beside the pods that a property is about; empty for pods.

    Args:
        name: the name of the property, or the prefix before an annotation's key.
    """
    return next((_OTHER_KINDS[word] for word in name.split(".") if word in _OTHER_KINDS), "")
