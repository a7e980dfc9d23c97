"""What a rule is given: one place in an object, and what is known around it."""

from __future__ import annotations

from enum import Enum
from typing import Final, NamedTuple

from autofix.kubernetes.locations import Location, Role
from autofix.kubernetes.version import KubernetesVersion
from autofix.linkerd.decision import Outcome, outcome
from autofix.linkerd.precedence import NO_ANNOTATIONS, Annotations, Level, NativeKey
from autofix.linkerd.release import Release
from autofix.rules.finding import Fix

# Where Linkerd reads annotations, and where the API server keeps them as annotations at all.
READ: Final = (Role.POD, Role.NAMESPACE)
KEPT: Final = (*READ, Role.WORKLOAD, Role.OTHER)


class Subject(Enum):
    """What a rule speaks of, where it does not speak of every key."""

    NATIVE = "native-sidecar-like keys only"
    OTHER = "other keys only"


class Context(NamedTuple):
    """What is known about the cluster in which an object lives, or will live.

    Attributes:
        release: the Linkerd release, perhaps unknown.
        kubernetes: the server's version, None when not known.
        default: Helm's ``proxy.nativeSidecar``, None for the chart's default.
        wait_before_exit: Helm's ``proxy.waitBeforeExitSeconds``, in seconds.
        namespace: annotations of the Namespace the object lives in.
        inherit: True when the Namespace itself is not going to be fixed, so that its intent has to be
            written on the pod.
        dependents: annotations of the pods known to live in the Namespace that is looked at.
    """

    release: Release
    kubernetes: KubernetesVersion | None = None
    default: bool | None = None
    wait_before_exit: int = 0
    namespace: Annotations = NO_ANNOTATIONS
    inherit: bool = False
    dependents: tuple[Annotations, ...] = ()


class Place(NamedTuple):
    """One mapping of annotations or labels, as a rule sees it.

    Attributes:
        location: what it is and where it stands.
        entries: its keys and values, but for those that are plainly right.
        home: keys and values of the annotations its keys are meant for.
        context: what is known around it.
        native: native-sidecar-like keys of the annotations at home, with their standing.
        live: the one of them that Linkerd obeys, or would if it could parse its value.
        inherited: the Namespace's key whose intent does not reach this pod, None when there is none.
        intent: what the native-sidecar keys at home, or the inherited one, agree on.
    """

    location: Location
    entries: Annotations
    home: Annotations
    context: Context
    native: tuple[NativeKey, ...] = ()
    live: NativeKey | None = None
    inherited: NativeKey | None = None
    intent: bool | None = None

    @property
    def level(self) -> Level:
        """The level its keys are meant for."""
        return self.location.level

    @property
    def is_read(self) -> bool:
        """Whether Linkerd reads annotations here at all."""
        return self.location.role in READ


class Repair(NamedTuple):
    """A fix about to be made, for a gate to judge.

    Attributes:
        place: where the finding stands.
        fix: the fix.
        before: Linkerd's answers today, one for every subject and era.
        after: Linkerd's answers on the patched object, in the same order.
    """

    place: Place
    fix: Fix
    before: tuple[Outcome, ...]
    after: tuple[Outcome, ...]


def outcomes(level: Level, annotations: Annotations, context: Context) -> tuple[Outcome, ...]:
    """Ask the injector's model about a pod, or about the pods of a Namespace.

    Args:
        level: whether ``annotations`` are a pod's or a Namespace's.
        annotations: the annotations, before or after a fix.
        context: the rest that the injector sees.

    Returns:
        One answer for every era of the release; for a Namespace first those of a pod without annotations,
        then those of each pod known to live there.
    """
    release, _, default, wait_before_exit, around, _, dependents = context
    pods = (annotations,) if level == "pod" else (NO_ANNOTATIONS, *dependents)
    namespace = around if level == "pod" else annotations
    return tuple(
        [outcome(pod, namespace, era, default, wait_before_exit) for pod in pods for era in release.eras]
    )
