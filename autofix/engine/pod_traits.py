"""Reads from an object what Linkerd looks at in the spec of its pods."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from autofix.kubernetes.kinds import KINDS
from autofix.kubernetes.locations import Location, Role, entries_of
from autofix.kubernetes.pointer import Path, get
from autofix.linkerd.completion import runs_to_completion
from autofix.linkerd.injection import NO_TRAITS, PodTraits, traits_of
from autofix.linkerd.precedence import NO_ANNOTATIONS, Annotations
from autofix.rules.context import NO_PODS, Traits

# Argo Workflows ends a sidecar by the command in this annotation.
# Source: Argo Workflows, documentation: Sidecar Injection.
_KILL_COMMAND: Final = "workflows.argoproj.io/kill-cmd-linkerd-proxy"
_JOBS: Final = frozenset(kind.kind for kind in KINDS if kind.completes)


def pod_traits(obj: Mapping[str, object], location: Location) -> PodTraits:
    """Read the traits of the pods that get the annotations at a location.

    Args:
        obj: the object.
        location: the location, of annotations of pods.

    Returns:
        The traits; those of an empty spec where the object does not hold the spec.
    """
    traits = NO_TRAITS if location.spec is None else traits_of(get(obj, location.spec))
    if not (traits.completes or location.completes):
        return traits
    traits = traits._replace(completes=True)
    # Of a Job's pods nobody runs that command.
    if location.kind in _JOBS:
        return traits
    return with_annotations(traits, entries_of(obj, location.path) or NO_ANNOTATIONS)


def with_annotations(traits: PodTraits, annotations: Annotations) -> PodTraits:
    """Add to the traits of pods what their annotations say of who ends the proxy.

    Args:
        traits: what their spec says.
        annotations: annotations of the pods.
    """
    return traits._replace(stops_proxy=True) if _KILL_COMMAND in annotations else traits


def traits_that_complete(obj: Mapping[str, object], locations: tuple[Location, ...]) -> Traits:
    """Read the traits of those pods of an object that run to completion.

    Args:
        obj: the object.
        locations: its locations.

    Returns:
        The traits by the path of the annotations. Most objects have none, and take next to no time.
    """
    traits: dict[Path, PodTraits] = {}
    for location in locations:
        if location.role is Role.POD and (location.completes or _says_so(obj, location)):
            traits[location.path] = pod_traits(obj, location)
    return traits or NO_PODS


def _says_so(obj: Mapping[str, object], location: Location) -> bool:
    """Tell whether the spec of the pods of a location says that they run to completion."""
    return location.spec is not None and runs_to_completion(get(obj, location.spec))
