"""What Linkerd's injector does with a pod: native sidecar or not, which key decided, denied or not."""

from __future__ import annotations

import re
from typing import Final, Literal, NamedTuple

from autofix.linkerd.boolean import as_text, parse_bool
from autofix.linkerd.precedence import (
    ON,
    Annotations,
    NativeKey,
    Standing,
    survey_namespace,
    survey_pod,
    winner,
)
from autofix.linkerd.release import Era, Release, parse_release, wait_before_exit_key

# Go, strconv.ParseUint(value, 10, 64): decimal digits only, within 64 bits.
_UNSIGNED: Final = r"0*([0-9]{1,20})"
_UINT64_MAX: Final = 2**64 - 1


DecidedAt = Literal["pod", "namespace", "default", "release"]


class Outcome(NamedTuple):
    """The injector's answer in one era.

    Attributes:
        native: True when the proxy becomes a native sidecar.
        denied: True when the injector rejects the pod instead.
        key: the annotation that decided, None when Helm's value did.
        level: where that annotation stands; ``default`` when Helm's value decided.
    """

    native: bool
    denied: bool
    key: str | None
    level: Literal["pod", "namespace", "default"]


class Decision(NamedTuple):
    """The injector's answer, with the reasons.

    Attributes:
        native: True when the proxy becomes a native sidecar, False when not; None only for an unknown
            release whose possible answers differ.
        denied: True when the injector would reject the pod (for an unknown release: when any would).
        key: the annotation that decided, None when none did or when it depends on the release.
        level: ``pod`` or ``namespace`` for that annotation, ``default`` when Helm's value decided,
            ``release`` when it depends on the release.
        ignored: native-sidecar-like keys that did not decide, with their standing.
        reasons: sentences that a person can read.
    """

    native: bool | None
    denied: bool
    key: str | None
    level: DecidedAt
    ignored: tuple[NativeKey, ...]
    reasons: tuple[str, ...]


def outcome(
    pod: Annotations, namespace: Annotations, era: Era, default: bool | None, wait_before_exit: int
) -> Outcome:
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
        return Outcome(native=False, denied=False, key=None, level="default")
    native = era.default_native if default is None else default
    key: str | None = None
    level: Literal["pod", "namespace", "default"] = "default"
    if found := winner(pod, namespace, era):
        value = parse_bool((pod if found[1] == "pod" else namespace)[found[0]])
        if value is not None:
            native, (key, level) = value, found
    denied = native and era.wait_before_exit == "deny" and _waits(pod, namespace, wait_before_exit)
    return Outcome(native, denied, key, level)


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


def decide(
    pod_annotations: Annotations | None,
    namespace_annotations: Annotations | None,
    *,
    release: str | Release | None,
    default: bool | None = None,
    wait_before_exit: int = 0,
) -> Decision:
    """Answer what the injector of a Linkerd release would do with a pod, and why.

    Args:
        pod_annotations: annotations of the pod or pod template; None for none. Values that are no strings
            never reach an injector (the API server refuses them); they are treated as unreadable, but for
            a wait that is a number, which counts as the string it is meant to be.
        namespace_annotations: annotations of its Namespace; None for none.
        release: a release string (see ``parse_release``), or None when it is not known.
        default: Helm's ``proxy.nativeSidecar``; None for the chart's default of that release.
        wait_before_exit: Helm's ``proxy.waitBeforeExitSeconds``, in seconds.

    Returns:
        The decision. For an unknown release the answer that all releases with the feature share.

    Raises:
        AutofixError: when ``release`` is no Linkerd release.
    """
    known = release if isinstance(release, Release) else parse_release(release)
    pod, namespace = pod_annotations or {}, namespace_annotations or {}
    outcomes = [outcome(pod, namespace, era, default, wait_before_exit) for era in known.eras]
    answers = {answer.native for answer in outcomes}
    deciders = {(answer.key, answer.level) for answer in outcomes}
    native = answers.pop() if len(answers) == 1 else None
    key: str | None
    level: DecidedAt
    key, level = deciders.pop() if len(deciders) == 1 else (None, "release")
    denied = any(answer.denied for answer in outcomes)
    ignored = tuple(
        found
        for found in (*survey_pod(pod, namespace, known), *survey_namespace(namespace, known, pod))
        if (found.key, found.level) != (key, level)
    )
    lead = _lead(known, native, key, level, default)
    reasons = (lead, *(_why_ignored(found, known) for found in ignored), *_denial(denied=denied))
    return Decision(native, denied, key, level, ignored, reasons)


def _lead(
    release: Release, native: bool | None, key: str | None, level: DecidedAt, default: bool | None
) -> str:
    if not release.has_native_sidecars:
        return f"Linkerd {release.text} has no native sidecars; the feature came with edge-23.11.4 (2.15)"
    if native is None:
        return "the answer depends on the Linkerd release, which is not known"
    kind = "a native sidecar" if native else "an ordinary container"
    match level:
        case "pod" | "namespace":
            return f"the proxy becomes {kind}: {key} {ON[level]} decides"
        case "release":
            return f"the proxy becomes {kind} in every release, though different keys decide"
        case "default":
            source = "the chart's default" if default is None else "set"
            return (
                f"the proxy becomes {kind}: Helm's proxy.nativeSidecar={as_text(native)} ({source}) decides"
            )


def _why_ignored(found: NativeKey, release: Release) -> str:
    where = f"{found.key} {ON[found.level]}"
    match found.standing:
        case Standing.LIVE if not isinstance(found.value, str):
            return f"{where} is ignored: its value is not a string, so the API server refuses the object"
        case Standing.LIVE:
            return f"{where} is ignored: its value {found.value!r} is none that Go's ParseBool reads"
        case Standing.SHADOWED if found.shadowed_by:
            key, level = found.shadowed_by
            return f"{where} is ignored: Linkerd prefers {key}, which is {ON[level]}"
        case Standing.NOT_READ:
            return f"{where} is ignored: Linkerd {release.text} does not read this key there"
        case Standing.DEPENDS:
            return f"{where} is read by some releases of Linkerd only"
        case _:
            return f"{where} is ignored: no release of Linkerd reads this name"


def _denial(*, denied: bool) -> tuple[str, ...]:
    if not denied:
        return ()
    return (
        "the injector denies the pod: a native sidecar cannot be combined with a wait-before-exit above 0 "
        "before edge-26.5.2",
    )
