"""What the native-sidecar keys of one pod or Namespace mean to Linkerd and to their author.

Precedence, inheritance and shadowing stand here once, and so does the answer of the injector of one era;
``decision`` and the rules read them from here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

from autofix.linkerd.annotations import breaks_json, parse_bool, read_intent
from autofix.linkerd.keys import Likeness, is_native_like, likeness
from autofix.linkerd.release import Era, Release, real_keys, wait_before_exit_key

Level = Literal["pod", "namespace"]
Annotations = Mapping[str, object]
ON: Final[Mapping[Level, str]] = {"pod": "on the pod", "namespace": "on the Namespace"}
NO_ANNOTATIONS: Final[Annotations] = MappingProxyType({})
# Go, strconv.ParseUint(value, 10, 64): decimal digits only, within 64 bits.
_UNSIGNED: Final = r"0*([0-9]{1,20})"
_UINT64_MAX: Final = 2**64 - 1


class Standing(Enum):
    """What a release makes of a native-sidecar-like key, at the level where it stands."""

    LIVE = "read, and preferred to every other key"
    SHADOWED = "read only when the key that shadows it is absent"
    NOT_READ = "a real key that this release does not read at this level"
    UNKNOWN_NAME = "a name that no release reads"
    DEPENDS = "the releases that may be running differ"


class NativeKey(NamedTuple):
    """One native-sidecar-like key and its value.

    Attributes:
        key: the annotation key.
        value: its value, of any JSON type.
        level: where it stands.
        standing: what the release makes of it.
        shadowed_by: the key, and its level, that Linkerd prefers.
        intent: the boolean its author meant, None when unreadable.
        parsed: the boolean that Linkerd reads, None when it ignores the value.
    """

    key: str
    value: object
    level: Level
    standing: Standing
    shadowed_by: tuple[str, Level] | None
    intent: bool | None
    parsed: bool | None


class InjectorAnswer(NamedTuple):
    """The injector's answer in one era.

    Attributes:
        native: True when the proxy becomes a native sidecar.
        denied: True when the injector rejects the pod instead.
        key: the annotation that decided, None when Helm's value did.
        level: where that annotation stands; ``default`` when Helm's value decided.
        broken: True when a native-sidecar value that the pod inherits breaks the injector's patch: the pod
            gets no proxy at all. Values of other annotations may break it, too: ``injection.breaking_keys``.
    """

    native: bool
    denied: bool
    key: str | None
    level: Literal["pod", "namespace", "default"]
    broken: bool = False


def winner(pod: Annotations, namespace: Annotations, era: Era) -> tuple[str, Level] | None:
    """Find the key that Linkerd's injector looks at.

    A Namespace's key is copied to a pod that lacks it, and only then the most preferred key present wins,
    whether or not its value can be parsed.

    Args:
        pod: annotations of the pod.
        namespace: annotations of its Namespace.
        era: the era of the release.

    Returns:
        The key and the level it came from, or None when there is no key that the era reads.

    Source: linkerd2 pkg/inject/inject.go:177-189 (inheritance), :429-445 (the if / else-if chain).
    """
    for key in era.pod_keys:
        if key in pod:
            return key, "pod"
        if key in namespace and key in era.namespace_keys:
            return key, "namespace"
    return None


def injector_answer(
    pod: Annotations, namespace: Annotations, era: Era, default: bool | None, wait_before_exit: int
) -> InjectorAnswer:
    """Answer as the injector of one era does.

    Args:
        pod: annotations of the pod.
        namespace: annotations of its Namespace.
        era: the era of the release.
        default: Helm's ``proxy.nativeSidecar``; None for the chart's default.
        wait_before_exit: Helm's ``proxy.waitBeforeExitSeconds``, in seconds.

    Returns:
        The answer. An era without the feature is never native.

    Source: linkerd2 pkg/inject/inject.go:429-445; charts/partials _proxy.tpl:2-3 (the denial), and its
    absence from edge-26.5.2.
    """
    if not era.pod_keys:
        return InjectorAnswer(native=False, denied=False, key=None, level="default")
    native = era.default_native if default is None else default
    key: str | None = None
    level: Literal["pod", "namespace", "default"] = "default"
    if preferred := winner(pod, namespace, era):
        value = parse_bool((pod if preferred[1] == "pod" else namespace)[preferred[0]])
        if value is not None:
            native, (key, level) = value, preferred
    denied = native and era.wait_before_exit == "deny" and _waits(pod, namespace, wait_before_exit)
    broken = any(breaking_among(era.namespace_keys, pod, namespace))
    return InjectorAnswer(native, denied, key, level, broken)


def breaking_among(keys: Iterable[str], pod: Annotations, namespace: Annotations) -> Iterator[str]:
    """Yield those of some annotations that break the injector's patch for a pod that inherits them.

    The injector writes each value that a pod inherits between quotes, and does not escape it. A key that the
    pod has itself is not inherited.

    Args:
        keys: annotations that the injector copies from a Namespace.
        pod: annotations of the pod.
        namespace: annotations of its Namespace.

    Source: linkerd2 pkg/inject/inject.go:177-189; charts/patch/templates/patch.json:27-33.
    """
    for key in keys:
        if key not in pod and breaks_json(namespace.get(key)):
            yield key


def _waits(pod: Annotations, namespace: Annotations, helm_seconds: int) -> bool:
    key = wait_before_exit_key()
    return is_wait(pod[key] if key in pod else namespace.get(key), helm_seconds)


def is_wait(value: object, helm_seconds: int = 0) -> bool:
    """Tell whether a value of the wait-before-exit annotation makes the proxy wait.

    Args:
        value: the value, of any JSON type; None when there is no annotation.
        helm_seconds: Helm's ``proxy.waitBeforeExitSeconds``, which counts where Linkerd ignores the value.
    """
    if isinstance(value, int | float):
        # Not quoted yet. No API server takes it so; what it will be once it is a string is what counts.
        return value > 0
    seconds = _parse_uint(value)
    return (helm_seconds if seconds is None else seconds) > 0


def _parse_uint(value: object) -> int | None:
    """Read a value as Go's ``strconv.ParseUint(value, 10, 64)``; None where Linkerd ignores it."""
    match = re.fullmatch(_UNSIGNED, value, re.ASCII) if isinstance(value, str) else None
    return int(match[1]) if match and int(match[1]) <= _UINT64_MAX else None


def decisive(annotations: Annotations) -> dict[str, object]:
    """Return the annotations that the injector's decision about native sidecars is made of."""
    return {key: annotations[key] for key in (*real_keys(), wait_before_exit_key()) if key in annotations}


def intent_of(keys: tuple[NativeKey, ...]) -> bool | None:
    """Return the one boolean that the readable keys agree on, None when there is none or they disagree."""
    intents = {key.intent for key in keys} - {None}
    return intents.pop() if len(intents) == 1 else None


def native_keys_of_pod(pod: Annotations, namespace: Annotations, release: Release) -> tuple[NativeKey, ...]:
    """List the native-sidecar-like keys of a pod, in their order, with their standing.

    Args:
        pod: annotations of the pod.
        namespace: annotations of its Namespace, whose keys may shadow the pod's.
        release: the release; an unknown one yields DEPENDS where the eras differ.

    Returns:
        One entry a key; empty when the pod has none.
    """
    return tuple(_native_key(key, pod, namespace, "pod", release) for key in pod if is_native_like(key))


def native_keys_of_namespace(
    namespace: Annotations, release: Release, pod: Annotations = NO_ANNOTATIONS
) -> tuple[NativeKey, ...]:
    """List the native-sidecar-like keys of a Namespace, as ``native_keys_of_pod`` does for a pod.

    Args:
        namespace: annotations of the Namespace.
        release: the release.
        pod: annotations of the pod for which it is asked; its keys may shadow the Namespace's.

    Returns:
        One entry a key; empty when the Namespace has none.
    """
    return tuple(
        _native_key(key, pod, namespace, "namespace", release) for key in namespace if is_native_like(key)
    )


def _native_key(
    key: str, pod: Annotations, namespace: Annotations, level: Level, release: Release
) -> NativeKey:
    value = (pod if level == "pod" else namespace)[key]
    standing, shadowed_by = _standing(key, pod, namespace, level, release)
    return NativeKey(key, value, level, standing, shadowed_by, read_intent(value), parse_bool(value))


def _standing(
    key: str, pod: Annotations, namespace: Annotations, level: Level, release: Release
) -> tuple[Standing, tuple[str, Level] | None]:
    if likeness(key) is not Likeness.REAL:
        return Standing.UNKNOWN_NAME, None
    if release.known:
        return _standing_in(key, pod, namespace, level, release.eras[0])
    standings = {_standing_in(key, pod, namespace, level, era) for era in release.eras}
    return standings.pop() if len(standings) == 1 else (Standing.DEPENDS, None)


def _standing_in(
    key: str, pod: Annotations, namespace: Annotations, level: Level, era: Era
) -> tuple[Standing, tuple[str, Level] | None]:
    if key not in (era.pod_keys if level == "pod" else era.namespace_keys):
        return Standing.NOT_READ, None
    preferred = winner(pod, namespace, era)
    return (Standing.LIVE, None) if preferred == (key, level) else (Standing.SHADOWED, preferred)
