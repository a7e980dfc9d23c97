"""Whose annotations a mapping or a path is, by the names on the way to it and by the kind of its object."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from autofix.readers.kinds import TARGETS
from autofix.readers.model import Target
from autofix.readers.names import target_of_name

# The metadata of these is that of pods.
_TEMPLATES: Final = frozenset({"template", "podTemplate", "podTemplateSpec"})
_BETWEEN: Final = "jobTemplate"
_CLAIMS: Final = "volumeClaimTemplates"
# Below these stands what a rule of Kyverno changes or asks for: an object from its root on.
_ROOTS: Final = frozenset({"anyPattern", "overlay", "patchStrategicMerge", "pattern"})


def target_of_kind(kind: str) -> Target:
    """Tell whose annotations the own metadata of an object has.

    Args:
        kind: its kind, or several with ``|`` between them.
    """
    targets = {TARGETS.get(each, Target.UNKNOWN) for each in kind.split("|") if each}
    return targets.pop() if len(targets) == 1 else Target.UNKNOWN


def target_of_path(names: Sequence[str], kind: str = "") -> Target:
    """Tell whose annotations or labels stand at a path.

    Args:
        names: the names on the path; it may begin at the root of an object, or anywhere above it.
        kind: the kind of the object, if known.
    """
    if not names or names[-1] != "annotations":
        return (target_of_name(names[-1]) if names else None) or Target.UNKNOWN
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
