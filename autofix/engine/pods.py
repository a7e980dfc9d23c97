"""A Pod that is going to be created: does it get a proxy, of which kind, and does it complete?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from autofix.engine.api import Result, fix_all, result_of
from autofix.engine.cache import examined
from autofix.engine.examine import read
from autofix.engine.namespaces import annotations_of, opted_out
from autofix.engine.options import Options
from autofix.kubernetes.locations import Role, entries_of
from autofix.linkerd.completion import lacks_a_key
from autofix.linkerd.injection import INJECT, Injection, PodTraits
from autofix.linkerd.precedence import (
    NO_ANNOTATIONS,
    Annotations,
    intent_of,
    native_keys_of_namespace,
    native_keys_of_pod,
)
from autofix.linkerd.release import real_keys
from autofix.rules.afx403_old_kubernetes import problem_of
from autofix.rules.afx603_never_completes import CODE
from autofix.rules.context import Context, injector_answers
from autofix.rules.injection import injection_of

# With this annotation on a Namespace the pods of its Jobs get the key with which they complete.
COMPLETE_JOBS: Final = "linkerd-autofix.io/complete-jobs"
_SWITCH: Final = {"enabled": True, "disabled": False}
_OWN: Final = ("metadata", "annotations")
_Namespace = Mapping[str, object] | None


class PodRepair(NamedTuple):
    """What becomes of a Pod before Linkerd's injector sees it.

    Attributes:
        result: what the rules say of it, and the patch.
        injection: whether the injector then gives it a proxy, and why.
        completion: where the Pod would wait for its proxy for ever, the finding about that with its patch;
            None where it completes, and where nobody asks for that.
    """

    result: Result
    injection: Injection
    completion: Result | None = None


def repair_pod(
    pod: Mapping[str, object],
    traits: PodTraits,
    options: Options,
    namespace: _Namespace,
    *,
    complete_jobs: bool = False,
) -> PodRepair:
    """Repair a new Pod.

    Args:
        pod: the Pod.
        traits: what counts in its spec, and in its annotations (``with_annotations``).
        options: the options.
        namespace: the Namespace, or its annotations; None when it is not known: then it counts as one that
            asks for proxies.
        complete_jobs: whether a Pod that never completes is repaired, where its Namespace does not say it.

    Returns:
        The repair. Nobody uses its patches for a Pod that gets no proxy.
    """
    around = annotations_of(namespace)
    result = fix_all((pod,), options, namespace=namespace)[0]
    # The patch may take away what breaks the injector's own patch.
    injection = injection_of(
        _annotations_in(result.object), None if namespace is None else around, traits, options
    )
    is_asked = _SWITCH.get(str(around.get(COMPLETE_JOBS)), complete_jobs)
    if injection.proxy is False or result.operations or not is_asked:
        return PodRepair(result, injection)
    # A Namespace that is not known counts as one that asks for proxies.
    context = Context(options, {INJECT: "enabled"} if namespace is None else around, namespace is not None)
    return PodRepair(result, injection, _completion(pod, traits, context))


def _completion(pod: Mapping[str, object], traits: PodTraits, context: Context) -> Result | None:
    """Ask the rule about pods that never complete, of a Pod about which nobody has written a key."""
    around = context.namespace
    own = _annotations_in(pod)
    if not traits.completes or not lacks_a_key(own, around) or CODE in opted_out(pod, around):
        return None
    reading = read(pod)
    paths = [location.path for location in reading.locations if location.role is Role.POD]
    reading = reading._replace(traits=dict.fromkeys(paths, traits))
    only = context.options._replace(codes=frozenset({CODE}), unsafe=True)
    answer = examined(reading, context._replace(options=only))
    return result_of(pod, [((), pod, answer)]) if answer.findings else None


def meant_kind(pod: Mapping[str, object], options: Options, namespace: _Namespace) -> bool | None:
    """Say which kind of proxy is meant for a Pod by its keys, or else by those of its Namespace.

    Args:
        pod: the Pod; the injector may have copied the keys of the Namespace to it.
        options: the options.
        namespace: the Namespace, or its annotations; None when it is not known.

    Returns:
        True for a native sidecar, False for an ordinary container; None where nobody can say it, where a pod
        with a native sidecar could not be made at all, and where all rules are switched off.
    """
    around, release = annotations_of(namespace), options.release
    if not release.has_native_sidecars or options.codes <= opted_out(pod, around):
        return None
    own = {key: value for key, value in _annotations_in(pod).items() if around.get(key) != value}
    keys = native_keys_of_pod(own, NO_ANNOTATIONS, release) or native_keys_of_namespace(around, release)
    meant = intent_of(keys)
    return None if meant and _is_refused(pod, options, around) else meant


def _is_refused(pod: Mapping[str, object], options: Options, namespace: Annotations) -> bool:
    """Tell whether the API server or an injector that may answer refuses a Pod with a native sidecar."""
    asking = {**_annotations_in(pod), **dict.fromkeys(real_keys(), "true")}
    answers = injector_answers("pod", asking, Context(options, namespace))
    return problem_of(options) is not None or any(answer.denied for answer in answers)


def _annotations_in(pod: object) -> Annotations:
    return entries_of(pod, _OWN) or NO_ANNOTATIONS
