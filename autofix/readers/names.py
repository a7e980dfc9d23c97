"""What people call mappings of labels and of annotations, and Namespaces, in any language."""

from __future__ import annotations

import re
from typing import Final

from autofix.readers.model import Target

# What charts, tools and Terraform call mappings of labels: podLabels, matchLabels, match_labels.
_LABELS: Final = re.compile(
    r"(?:[Ll]abels?|[Ss]electors?|LABELS?|SELECTORS?)(?:[A-Z_-]\w{0,60})?\Z|match_?[Ee]xpressions\Z"
)
# A number at the end makes several variables, as of GitLab's runner.
_ANNOTATIONS: Final = re.compile(r"annotations?(?:_\d+)?\Z", re.IGNORECASE)
_POD_ANNOTATIONS: Final = re.compile(r"pods?(?:[_-]?template)?[_-]?annotations?", re.IGNORECASE)
# The short name counts as a word of its own only: dnsAnnotations are others.
_NAMESPACE_ANNOTATIONS: Final = re.compile(
    r"(?:(?i:namespaces?)|(?<![A-Za-z])(?:ns|NS)|(?<=[a-z])Ns)[_-]?(?i:annotations?)(?:_\d+)?\Z"
)
# What stands above annotations of Namespaces: namespace, managedNamespaceMetadata, appNamespaces.
_NAMESPACE: Final = re.compile(r"namespaces?(?:_?(?:metadata|options|config|settings))?\Z", re.IGNORECASE)
_NAMESPACES: Final = re.compile(r"namespaces\Z", re.IGNORECASE)
_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
# The words of a name that say that a Namespace is meant, for ``words_of``.
NAMESPACE_WORDS: Final = frozenset({"namespace", "ns"})


def is_labels(name: str | int) -> bool:
    """Tell whether a name is that of labels or of a selector. Linkerd reads none of them.

    Args:
        name: the name of a mapping, a list or a variable.
    """
    return _LABELS.search(str(name)) is not None


def is_annotations(name: str) -> bool:
    """Tell whether a name is that of annotations, such as ``podAnnotations``."""
    return _ANNOTATIONS.search(name) is not None


def is_namespace_annotations(name: str) -> bool:
    """Tell whether a name is that of annotations of Namespaces, such as ``namespaceAnnotations``."""
    return _NAMESPACE_ANNOTATIONS.search(name) is not None


def is_namespace(name: str) -> bool:
    """Tell whether the annotations directly below a name are those of a Namespace, or of several."""
    return _NAMESPACE.search(name) is not None


def is_namespaces(name: str) -> bool:
    """Tell whether a name is that of several Namespaces, such as ``appNamespaces``."""
    return _NAMESPACES.search(name) is not None


def target_of_name(name: str) -> Target | None:
    """Tell whose annotations or labels a mapping holds, by its name; None if it is another name.

    Args:
        name: the name of a mapping, a variable, an argument or a function.
    """
    if is_labels(name):
        return Target.LABELS
    if _POD_ANNOTATIONS.search(name):
        return Target.POD
    if is_namespace_annotations(name):
        return Target.NAMESPACE
    return Target.UNKNOWN if "annotation" in name.lower() else None


def words_of(name: str) -> frozenset[str]:
    """Split a name into its words, each in lower case, with and without an ``s`` at its end.

    Args:
        name: the name, such as ``podAnnotations`` or ``ns_labels``.
    """
    words = {word.lower() for word in _WORD.findall(name)}
    return frozenset({*words, *(word.removesuffix("s") for word in words)})
