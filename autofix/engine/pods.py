"""A Pod that is going to be created: does it get a proxy, of which kind, and does it complete?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from autofix.engine.api import Result
from autofix.engine.completion import CODE, complete
from autofix.engine.namespaces import annotations_of, opted_out
from autofix.engine.options import Options
from autofix.kubernetes.pointer import get
from autofix.linkerd.completion import (
    ENDS_PROXY,
    PROXY_CONTAINER,
    ends_its_proxy,
    lacks_a_key,
    runs_to_completion,
)
from autofix.linkerd.injection import NO_TRAITS, Injection, PodTraits, proxy_for, traits_of
from autofix.linkerd.precedence import (
    NO_ANNOTATIONS,
    Annotations,
    injector_answer,
    intent_of,
    native_keys_of_namespace,
    native_keys_of_pod,
)

# Containers without the first word have no proxy, and without the others no program that ends one.
CONTAINER_WORDS: Final = (PROXY_CONTAINER, *ENDS_PROXY)
_Namespace = Mapping[str, object] | None


class PodFacts(NamedTuple):
    """What counts in the spec of a pod.

    Attributes:
        traits: what Linkerd looks at.
        runs_to_completion: whether it is meant to end by itself.
        ends_its_proxy: whether it is, and one of its containers ends Linkerd's proxy.
    """

    traits: PodTraits = NO_TRAITS
    runs_to_completion: bool = False
    ends_its_proxy: bool = False


def pod_facts(spec: object) -> PodFacts:
    """Read what counts in the spec of a pod.

    Args:
        spec: any JSON value; of containers without one of ``CONTAINER_WORDS`` nothing counts.

    Returns:
        The facts.
    """
    ends = runs_to_completion(spec)
    return PodFacts(traits_of(spec), ends, ends and ends_its_proxy(spec, NO_ANNOTATIONS, NO_ANNOTATIONS))


def injection_of(pod: object, facts: PodFacts, options: Options, namespace: _Namespace) -> Injection:
    """Say whether a new Pod gets a proxy, and why.

    Args:
        pod: the Pod.
        facts: what counts in its spec.
        options: the options.
        namespace: the Namespace, or its annotations; None when it is not known.

    Returns:
        The answer of the model (``proxy_for``).
    """
    around = None if namespace is None else annotations_of(namespace)
    return proxy_for(
        _annotations_in(pod),
        around,
        facts.traits,
        release=options.release,
        projects_tokens=options.projects_tokens,
    )


def meant_kind(pod: Mapping[str, object], options: Options, namespace: _Namespace) -> bool | None:
    """Say which kind of proxy is meant for a Pod by its keys, or else by those of its Namespace.

    Args:
        pod: the Pod; the injector may have copied the keys of the Namespace to it.
        options: the options.
        namespace: the Namespace, or its annotations; None when it is not known.

    Returns:
        True for a native sidecar, False for an ordinary container; None where nobody can say it, where the
        release has no native sidecars, and where all rules are switched off.
    """
    around, release = annotations_of(namespace), options.release
    if not release.has_native_sidecars or options.codes <= opted_out(pod, around):
        return None
    own = {key: value for key, value in _annotations_in(pod).items() if around.get(key) != value}
    keys = native_keys_of_pod(own, NO_ANNOTATIONS, release) or native_keys_of_namespace(around, release)
    return intent_of(keys)


def completion_of(
    pod: Mapping[str, object], facts: PodFacts, options: Options, namespace: _Namespace
) -> Result | None:
    """Find the key with which a Pod completes that would wait for its proxy for ever.

    Args:
        pod: the Pod; it gets a proxy, or nothing known says that it gets none.
        facts: what counts in its spec.
        options: the options.
        namespace: the Namespace, or its annotations; None when it is not known.

    Returns:
        One finding, with its fix in the patch or the reason why there is none. None for a Pod that completes,
        for one about which somebody has written a native-sidecar key, and where the rule is switched off.
    """
    annotations, around = _annotations_in(pod), annotations_of(namespace)
    if not facts.runs_to_completion or facts.ends_its_proxy or not lacks_a_key(annotations, around):
        return None
    if ends_its_proxy(None, annotations, around) or _is_native(annotations, around, options):
        return None
    off = opted_out(pod, around)
    if CODE in off or options.codes <= off:
        return None
    return complete(pod, options, around)


def _is_native(pod: Annotations, namespace: Annotations, options: Options) -> bool:
    """Tell whether a pod gets a native sidecar for sure, as far as the default is known."""
    return all(
        injector_answer(pod, namespace, era, options.default, options.wait_before_exit).native
        for era in options.release.eras
    )


def _annotations_in(pod: object) -> Annotations:
    annotations = get(pod, ("metadata", "annotations"))
    return annotations if isinstance(annotations, dict) else NO_ANNOTATIONS
