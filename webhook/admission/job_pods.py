"""Pods that never complete, because Linkerd's proxy outlives their containers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from autofix.engine.completion import CODE, complete
from autofix.engine.namespaces import opted_out
from autofix.kubeapi.types import JsonObject
from autofix.linkerd.completion import ends_its_proxy, lacks_a_key
from autofix.linkerd.injection import has_debug_sidecar
from autofix.linkerd.precedence import NO_ANNOTATIONS, injector_answer
from webhook.admission.answers import Answer, Outcome, patched, warned
from webhook.admission.request import Request
from webhook.admission.state import ClusterState

ANNOTATION: Final = "linkerd-autofix.io/complete-jobs"
_SWITCH: Final = {"enabled": True, "disabled": False}


def answer_pod_of_job(
    request: Request, obj: JsonObject, annotations: Mapping[str, object], state: ClusterState
) -> Answer | None:
    """Answer about a pod that would never complete.

    Args:
        request: the request.
        obj: its Pod as JSON data. It gets a proxy, or nothing known says that it gets none.
        annotations: the Pod's annotations.
        state: what is known of the cluster.

    Returns:
        For the pod of a Job the answer with the key that lets it complete, or the reason why it gets none;
        for another pod a warning. None for a pod that completes, that has a key, or that nobody asks for.
    """
    namespace = state.namespaces.get(request.namespace, NO_ANNOTATIONS)
    is_asked_for = _SWITCH.get(str(namespace.get(ANNOTATION)), state.complete_jobs)
    if not is_asked_for or not request.pod.runs_to_completion or request.pod.ends_its_proxy:
        return None
    if ends_its_proxy(None, annotations, namespace) or not lacks_a_key(annotations, namespace):
        return None
    off = opted_out(obj, namespace)
    if CODE in off or state.pods.codes <= off or not _gets_an_ordinary_proxy(annotations, namespace, state):
        return None
    if has_debug_sidecar(annotations, namespace):
        text = f"{CODE}: remove config.linkerd.io/enable-debug-sidecar: its container never ends"
        return Answer(Outcome.WARNED, warnings=(text,))
    result = complete(obj, state.pods, namespace)
    if not request.is_owned_by_a_job or not result.operations:
        return warned(result.findings)
    return patched(request, result, Outcome.COMPLETED)


def _gets_an_ordinary_proxy(
    pod: Mapping[str, object], namespace: Mapping[str, object], state: ClusterState
) -> bool:
    """Tell whether a pod gets an ordinary container, as far as that is known."""
    options = state.pods
    return not all(
        injector_answer(pod, namespace, era, options.default, options.wait_before_exit).native
        for era in options.release.eras
    )
