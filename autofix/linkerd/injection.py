"""Who gets a proxy: the injector's own checks, before any native-sidecar annotation counts.

Source: linkerd2 pkg/inject/report.go (newReport, disabledByAnnotation, Injectable),
pkg/inject/inject.go:177-189 (which annotations a pod inherits),
charts/patch/templates/patch.json:27-33 (values are written unescaped).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from functools import cache
from typing import Final, NamedTuple

from autofix.linkerd.annotations import known_annotations, parse_bool
from autofix.linkerd.completion import (
    DEBUG_CONTAINER,
    PROGRAMS,
    PROXY_CONTAINER,
    is_shutdown_on,
    runs_to_completion,
    stops_proxy,
)
from autofix.linkerd.precedence import NO_ANNOTATIONS, Annotations, breaking_among
from autofix.linkerd.release import Release, real_keys

INJECT: Final = "linkerd.io/inject"
_ASKS: Final = ("enabled", "ingress")
_VALID: Final = ("", "disabled", *_ASKS)
_COPIED: Final = ("config.linkerd.io/", "config.alpha.linkerd.io/")
DEBUG_SIDECAR: Final = "config.linkerd.io/enable-debug-sidecar"
# linkerd2 pkg/k8s/labels.go MountPathServiceAccount.
_TOKEN_PATH: Final = "/var/run/secrets/kubernetes.io/serviceaccount"  # noqa: S105  # a path


class Cause(Enum):
    """Why a pod gets a proxy or none, in words for people."""

    NAMESPACE_ASKS = "linkerd.io/inject on its Namespace asks for a proxy"
    POD_ASKS = "linkerd.io/inject on the pod asks for a proxy"
    UNKNOWN = "neither the pod nor a known Namespace has linkerd.io/inject"
    VENDOR_VALUE = "only a vendor's build of Linkerd knows the value of linkerd.io/inject"
    NAMESPACE_VALUE = "Linkerd does not know the value of linkerd.io/inject on its Namespace: no pod gets one"
    POD_VALUE = "Linkerd does not know the value of linkerd.io/inject on the pod"
    POD_REFUSES = "linkerd.io/inject on the pod is disabled"
    NOBODY_ASKS = "linkerd.io/inject does not ask for one"
    HOST_NETWORK = "Linkerd skips pods with hostNetwork"
    HAS_PROXY = "it has a container linkerd-proxy already, and Linkerd leaves it alone"
    NO_TOKEN = "it mounts no ServiceAccount token, which this Linkerd needs"  # noqa: S105
    BROKEN_PATCH = "a value on its Namespace breaks the patch of Linkerd's injector"


class PodTraits(NamedTuple):
    """What Linkerd looks at in the spec of a pod.

    Attributes:
        host_network: whether it shares the network of its node.
        has_proxy: whether it has a container or an init container named ``linkerd-proxy``.
        has_native_proxy: whether that is an init container that runs on beside the others.
        has_token: whether a container mounts the token of the ServiceAccount.
        completes: whether the pod is meant to end by itself.
        stops_proxy: whether it says in its spec that it ends the proxy itself.
    """

    host_network: bool = False
    has_proxy: bool = False
    has_native_proxy: bool = False
    has_token: bool = True
    completes: bool = False
    stops_proxy: bool = False


class Injection(NamedTuple):
    """Whether a pod gets a proxy, and why.

    Attributes:
        proxy: True or False; None when nothing known says it.
        cause: why.
        keys: the annotations on the Namespace that break the injector's patch; mostly none.
    """

    proxy: bool | None
    cause: Cause
    keys: tuple[str, ...] = ()

    @property
    def reason(self) -> str:
        """Why, in a few words."""
        return f"{self.cause.value} ({', '.join(self.keys)})" if self.keys else self.cause.value


NO_TRAITS: Final = PodTraits()


def traits_of(spec: object) -> PodTraits:
    """Read what Linkerd looks at in the spec of a pod or pod template.

    Args:
        spec: any JSON value; what cannot be read counts as absent.

    Returns:
        The traits.
    """
    if not isinstance(spec, Mapping):
        return NO_TRAITS
    ordinary, initial = _containers(spec.get("containers")), _containers(spec.get("initContainers"))
    native = [container for container in initial if container.get("name") == PROXY_CONTAINER]
    return PodTraits(
        host_network=spec.get("hostNetwork") is True,
        has_proxy=bool(native) or any(container.get("name") == PROXY_CONTAINER for container in ordinary),
        has_native_proxy=any(container.get("restartPolicy") == "Always" for container in native),
        has_token=_mounts_token(spec, ordinary),
        completes=runs_to_completion(spec),
        stops_proxy=stops_proxy(spec),
    )


def decisive_spec(spec: object) -> dict[str, object]:
    """Return the parts of the spec of a pod that decide its traits.

    Args:
        spec: any JSON value.

    Returns:
        A small spec with the same traits.
    """
    if not isinstance(spec, Mapping):
        return {}
    kept: dict[str, object] = {}
    if runs_to_completion(spec):
        kept["restartPolicy"] = spec["restartPolicy"]
    if spec.get("hostNetwork") is True:
        kept["hostNetwork"] = True
    # Else every container of a pod that runs has the token.
    is_asked = spec.get("automountServiceAccountToken") is False
    if is_asked:
        kept["automountServiceAccountToken"] = False
    for field in ("initContainers", "containers"):
        parts = [
            part
            for container in _containers(spec.get(field))
            if (part := _decisive_part(container, tokens=is_asked))
        ]
        if parts:
            kept[field] = parts
    return kept


def _decisive_part(container: Mapping[str, object], *, tokens: bool) -> dict[str, object]:
    fields: list[str] = []
    if container.get("name") == PROXY_CONTAINER:
        fields += ("name", "restartPolicy")
    elif stops_proxy({"containers": [container]}):
        fields += PROGRAMS
    kept = {field: container[field] for field in fields if container.get(field) is not None}
    mounts = [{"mountPath": _TOKEN_PATH}] if tokens and _has_token(container) else None
    return {**kept, "volumeMounts": mounts} if mounts else kept


def _containers(value: object) -> list[Mapping[str, object]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _mounts_token(spec: Mapping[str, object], containers: list[Mapping[str, object]]) -> bool:
    """Tell whether a container has the token; before admission only the switch in the spec says it."""
    return spec.get("automountServiceAccountToken") is not False or any(map(_has_token, containers))


def _has_token(container: Mapping[str, object]) -> bool:
    mounts = _containers(container.get("volumeMounts"))
    return any(mount.get("mountPath") == _TOKEN_PATH for mount in mounts)


def proxy_for(
    pod: Annotations,
    namespace: Annotations | None,
    traits: PodTraits = NO_TRAITS,
    *,
    release: Release,
    projects_tokens: bool = True,
) -> Injection:
    """Say whether Linkerd's webhook gives a pod a proxy. It looks at the Namespace before the pod.

    Args:
        pod: annotations of the pod.
        namespace: annotations of its Namespace; None when the Namespace is not known.
        traits: what counts in the pod's spec.
        release: the release; it decides which annotations a pod inherits.
        projects_tokens: Helm's ``identity.serviceAccountTokenProjection``.

    Returns:
        The answer. It does not say whether the injector denies the pod: ``decision.decide`` does.

    Source: linkerd2 pkg/inject/report.go disabledByAnnotation and Injectable.
    """
    around = NO_ANNOTATIONS if namespace is None else namespace
    asked, own = around.get(INJECT, ""), pod.get(INJECT, "")
    asks = asked in _ASKS or own in _ASKS
    rows = (
        (traits.host_network, Cause.HOST_NETWORK),
        (traits.has_proxy, Cause.HAS_PROXY),
        (asked in _vendor_words() or own in _vendor_words(), Cause.VENDOR_VALUE),
        (asked not in _VALID, Cause.NAMESPACE_VALUE),
        (own not in _VALID, Cause.POD_VALUE),
        (own == "disabled", Cause.POD_REFUSES),
        (not asks and namespace is not None, Cause.NOBODY_ASKS),
        (asks and not traits.has_token and not projects_tokens, Cause.NO_TOKEN),
    )
    if (cause := next((cause for holds, cause in rows if holds), None)) is not None:
        return Injection(proxy=None if cause is Cause.VENDOR_VALUE else False, cause=cause)
    if not asks:
        return Injection(proxy=None, cause=Cause.UNKNOWN)
    if keys := tuple(breaking_keys(pod, around, release)):
        return Injection(proxy=False, cause=Cause.BROKEN_PATCH, keys=keys)
    return Injection(proxy=True, cause=Cause.POD_ASKS if own in _ASKS else Cause.NAMESPACE_ASKS)


@cache
def _vendor_words() -> tuple[str, ...]:
    return known_annotations()[INJECT].vendor_words


def breaking_keys(pod: Annotations, namespace: Annotations, release: Release) -> Iterator[str]:
    """Yield the annotations of a Namespace that break the injector's patch for a pod.

    Args:
        pod: annotations of the pod.
        namespace: annotations of its Namespace.
        release: the release; for an unknown one the keys that some release copies.
    """
    return (key for key in breaking_among(namespace, pod, namespace) if is_inherited(key, release))


def is_inherited(key: str, release: Release) -> bool:
    """Tell whether the injector copies an annotation from a Namespace to its pods.

    Args:
        key: the annotation.
        release: the release; for an unknown one, whether some release does.
    """
    if key in real_keys():
        return any(key in era.namespace_keys for era in release.eras)
    # The annotations of extensions stand on Namespaces, too, but the injector does not copy them.
    known = known_annotations().get(key) if key.startswith(_COPIED) else None
    return known is not None and "namespace" in known.levels and known.known_to(release)


def has_debug_sidecar(pod: Annotations, namespace: Annotations) -> bool:
    """Tell whether Linkerd adds its debug container, an ordinary one that never ends.

    Args:
        pod: annotations of the pod.
        namespace: annotations of its Namespace; the pod inherits its value.

    Source: linkerd2 pkg/inject/inject.go (ProxyEnableDebugAnnotation).
    """
    return parse_bool(pod[DEBUG_SIDECAR] if DEBUG_SIDECAR in pod else namespace.get(DEBUG_SIDECAR)) is True


def container_that_stays(
    pod: Annotations, namespace: Annotations, traits: PodTraits, *, native: bool
) -> str | None:
    """Return the container of Linkerd's that keeps a pod with a proxy running after its own have ended.

    Args:
        pod: annotations of the pod.
        namespace: annotations of its Namespace.
        traits: what counts in the pod's spec.
        native: whether the proxy is a native sidecar.

    Returns:
        Its name; None where the pod completes.

    Source: Kubernetes, "Sidecar Containers": a pod completes once its ordinary containers have ended.
    """
    if has_debug_sidecar(pod, namespace):
        return DEBUG_CONTAINER
    if native or traits.stops_proxy or is_shutdown_on(pod, namespace):
        return None
    return PROXY_CONTAINER
