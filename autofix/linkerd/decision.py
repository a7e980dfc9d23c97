"""What Linkerd's injector does with a pod: native sidecar or not, which key decided, denied or not."""

from __future__ import annotations

from typing import Literal, NamedTuple

from autofix.linkerd import eras
from autofix.linkerd.annotations import as_text
from autofix.linkerd.injection import breaking_keys
from autofix.linkerd.precedence import (
    ON,
    Annotations,
    NativeKey,
    Standing,
    injector_answer,
    native_keys_of_namespace,
    native_keys_of_pod,
)
from autofix.linkerd.release import Release, parse_release

DecidedAt = Literal["pod", "namespace", "default", "release"]


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
        broken: the Namespace's annotations that break the injector's patch, so that the pod gets no proxy at
            all, or is refused under failurePolicy Fail; mostly none.
    """

    native: bool | None
    denied: bool
    key: str | None
    level: DecidedAt
    ignored: tuple[NativeKey, ...]
    reasons: tuple[str, ...]
    broken: tuple[str, ...] = ()


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
    answers = [injector_answer(pod, namespace, era, default, wait_before_exit) for era in known.eras]
    natives = {answer.native for answer in answers}
    deciders = {(answer.key, answer.level) for answer in answers}
    native = natives.pop() if len(natives) == 1 else None
    key: str | None
    level: DecidedAt
    key, level = deciders.pop() if len(deciders) == 1 else (None, "release")
    denied = any(answer.denied for answer in answers)
    ignored = tuple(
        ignored_key
        for ignored_key in (
            *native_keys_of_pod(pod, namespace, known),
            *native_keys_of_namespace(namespace, known, pod),
        )
        if (ignored_key.key, ignored_key.level) != (key, level)
    )
    broken = tuple(breaking_keys(pod, namespace, known))
    reasons = (
        *_breakage(broken),
        _lead(known, native, key, level, default),
        *(_why_ignored(ignored_key, known) for ignored_key in ignored),
        *_denial(denied=denied),
    )
    return Decision(native, denied, key, level, ignored, reasons, broken)


def _breakage(keys: tuple[str, ...]) -> tuple[str, ...]:
    if not keys:
        return ()
    return (
        "the pod gets no proxy, or is refused if the injector's failurePolicy is Fail: what the Namespace "
        f"has under {' and '.join(keys)} breaks the injector's patch, which holds it unescaped; "
        "a readable value under the same key on the pod prevents that",
    )


def _lead(
    release: Release, native: bool | None, key: str | None, level: DecidedAt, default: bool | None
) -> str:
    if not release.has_native_sidecars:
        first = eras.releases_with_native_sidecars()
        return (
            f"Linkerd {release.text} has no native sidecars; "
            f"the feature came with {first.start} ({first.minors[0]})"
        )
    if native is None:
        return f"the answer depends on the Linkerd release ({release.text})"
    kind = "a native sidecar" if native else "an ordinary container"
    match level:
        case "pod" | "namespace":
            return f"the proxy becomes {kind}: {key} {ON[level]} decides"
        case "release":
            return f"the proxy becomes {kind} in every release that may run, though different keys decide"
        case "default":
            source = "the chart's default" if default is None else "set"
            return (
                f"the proxy becomes {kind}: Helm's proxy.nativeSidecar={as_text(native)} ({source}) decides"
            )


def _why_ignored(native: NativeKey, release: Release) -> str:
    where = f"{native.key} {ON[native.level]}"
    match native.standing:
        case Standing.LIVE if not isinstance(native.value, str):
            return f"{where} is ignored: its value is not a string, so the API server refuses the object"
        case Standing.LIVE:
            return f"{where} is ignored: Go's ParseBool cannot read its value {native.value!r}"
        case Standing.SHADOWED if native.shadowed_by:
            key, level = native.shadowed_by
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
    end = eras.releases_that_deny_a_wait()[-1].end
    before = f" before {end}" if end else ""
    return (
        "the injector denies the pod: "
        f"a native sidecar cannot be combined with a wait-before-exit above 0{before}",
    )
