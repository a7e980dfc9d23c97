"""The answer about a new Pod: write what Linkerd will obey, and say where it is too late."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import autofix
from autofix.engine.namespaces import opted_out
from autofix.kubeapi.types import JsonObject
from autofix.linkerd.injection import Cause, Injection, proxy_for
from autofix.linkerd.precedence import NO_ANNOTATIONS, intent_of, native_keys_of_namespace, native_keys_of_pod
from webhook.admission import job_pods
from webhook.admission.answers import Answer, Outcome, makes_a_template, patched, warned
from webhook.admission.request import Request
from webhook.admission.state import ClusterState

# What a user has to repair before his pods get a proxy at all; the other reasons are what somebody wants.
_ADVICE: Final = {
    Cause.NAMESPACE_VALUE: 'set linkerd.io/inject to "enabled" or "disabled" on the Namespace',
    Cause.POD_VALUE: 'set linkerd.io/inject to "enabled" or "disabled" on the pod',
    Cause.BROKEN_PATCH: "set {key} on the pod",
}


def answer_pod(request: Request, obj: JsonObject, state: ClusterState) -> Answer:
    """Answer about a Pod that is going to be created.

    Args:
        request: the request.
        obj: its Pod as JSON data.
        state: what is known of the cluster.

    Returns:
        The answer. A Pod is patched wherever its author's intent would not be obeyed for sure, whatever
        Helm's default is today, and only if Linkerd's injector is going to give it a proxy. A Namespace that
        is not known counts as one that asks for proxies.
    """
    namespace = state.namespaces.get(request.namespace)
    if request.pod.traits.has_proxy:
        return _with_proxy(request, obj, state, namespace or NO_ANNOTATIONS)
    result = autofix.fix_all((obj,), state.pods, namespace=namespace)[0]
    # The patch may take away what breaks the injector's own patch.
    annotations = annotations_in(result.object)
    injection = proxy_for(annotations, namespace, request.pod.traits, release=state.pods.release)
    if injection.proxy is False:
        return _without_proxy(result, injection)
    if result.operations and not makes_a_template(result):
        return patched(request, result)
    return job_pods.answer_pod_of_job(request, obj, annotations, state) or warned(result.findings)


def annotations_in(obj: object) -> Mapping[str, object]:
    """Return the annotations of an object; an empty mapping where it has none.

    Args:
        obj: any JSON value.
    """
    metadata = obj.get("metadata") if isinstance(obj, dict) else None
    annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
    return annotations if isinstance(annotations, dict) else NO_ANNOTATIONS


def _with_proxy(
    request: Request, obj: JsonObject, state: ClusterState, namespace: Mapping[str, object]
) -> Answer:
    """Leave a pod alone whose proxy is there; say if it is of another kind than its keys ask for."""
    is_native = request.pod.traits.has_native_proxy
    intent = _intent(annotations_in(obj), namespace, state.pods.release)
    if intent is None or intent == is_native or state.pods.codes <= opted_out(obj, namespace):
        return Answer(Outcome.UNCHANGED)
    kind = "a native sidecar" if is_native else "an ordinary container"
    return Answer(
        Outcome.TOO_LATE, warnings=(f"create it again without a proxy: the one that it has is {kind}",)
    )


def _intent(
    pod: Mapping[str, object], namespace: Mapping[str, object], release: autofix.Release
) -> bool | None:
    """Return what the keys of a pod mean, else those of its Namespace; None where nobody can say it."""
    if not release.has_native_sidecars:
        return None
    # The injector copies the keys of the Namespace to the pod, so these are not the pod's own.
    own = {key: value for key, value in pod.items() if namespace.get(key) != value}
    keys = native_keys_of_pod(own, NO_ANNOTATIONS, release) or native_keys_of_namespace(namespace, release)
    return intent_of(keys)


def _without_proxy(result: autofix.Result, injection: Injection) -> Answer:
    """Leave a pod alone that gets no proxy; say why where nobody can have meant that."""
    advice = _ADVICE.get(injection.cause)
    is_error = any(finding.severity is autofix.Severity.ERROR for finding in result.findings)
    if advice is None or not (is_error or injection.cause is Cause.BROKEN_PATCH):
        return Answer(Outcome.UNCHANGED)
    text = f"{advice.format(key=injection.key)}: no proxy: {injection.cause.value}"
    return Answer(Outcome.WARNED, warnings=(text,))
