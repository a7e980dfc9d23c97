"""The answer about a new Pod: write what Linkerd will obey, and say where it is too late."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import autofix
from autofix.kubeapi.types import JsonObject
from webhook.admission.answers import Answer, Outcome, patched, warned
from webhook.admission.request import Request
from webhook.admission.state import ClusterState

# What a user has to repair before his pods get a proxy at all; the other reasons are what somebody wants.
_ADVICE: Final = {
    autofix.Cause.NAMESPACE_VALUE: 'set linkerd.io/inject to "enabled" or "disabled" on the Namespace',
    autofix.Cause.POD_VALUE: 'set linkerd.io/inject to "enabled" or "disabled" on the pod',
    autofix.Cause.BROKEN_PATCH: "set {keys} on the pod",
}


def answer_pod(request: Request, obj: JsonObject, state: ClusterState) -> Answer:
    """Answer about a Pod that is going to be created.

    Args:
        request: the request.
        obj: its Pod as JSON data.
        state: what is known of the cluster.

    Returns:
        The answer. A Pod is patched wherever its author's intent would not be obeyed for sure, whatever
        Helm's default is today, and only if Linkerd's injector is going to give it a proxy. Of Pods that
        never complete only those of a Job are patched.
    """
    traits = request.pod
    namespace = state.namespaces.get(request.namespace)
    if traits.has_proxy:
        return _with_proxy(obj, state.pods, namespace, is_native=traits.has_native_proxy)
    repair = autofix.repair_pod(obj, traits, state.pods, namespace, complete_jobs=state.complete_jobs)
    result, completion = repair.result, repair.completion
    if repair.injection.proxy is False:
        return _without_proxy(result, repair.injection)
    if result.operations:
        return patched(request, result)
    if completion is None:
        return warned(result.findings)
    if completion.operations and request.is_owned_by_a_job:
        return patched(request, completion, Outcome.COMPLETED)
    return warned((*result.findings, *completion.findings))


def _with_proxy(
    obj: JsonObject, options: autofix.Options, namespace: Mapping[str, str] | None, *, is_native: bool
) -> Answer:
    """Leave a pod alone whose proxy is there; say if it is of another kind than its keys ask for."""
    meant = autofix.meant_kind(obj, options, namespace)
    if meant is None or meant == is_native:
        return Answer(Outcome.UNCHANGED)
    kind = "a native sidecar" if is_native else "an ordinary container"
    return Answer(
        Outcome.TOO_LATE, warnings=(f"create it again without a proxy: the one that it has is {kind}",)
    )


def _without_proxy(result: autofix.Result, injection: autofix.Injection) -> Answer:
    """Leave a pod alone that gets no proxy; say why where nobody can have meant that."""
    advice = _ADVICE.get(injection.cause)
    if injection.cause is autofix.Cause.BROKEN_PATCH:
        if any(finding.withheld for finding in result.findings):
            # What a gate forbids to write is no advice, either.
            return warned(result.findings)
        # Only AFX406 speaks of these keys, which the pod does not have; who opts out of it hears nothing.
        is_said = any(finding.key in injection.keys for finding in result.findings)
    else:
        is_said = any(finding.severity is autofix.Severity.ERROR for finding in result.findings)
    if advice is None or not is_said:
        return Answer(Outcome.UNCHANGED)
    first, *others = injection.keys or ("",)
    keys = f"{first} and {len(others)} more" if others else first
    text = f"{advice.format(keys=keys)}: no proxy: {injection.cause.value}"
    return Answer(Outcome.WARNED, warnings=(text,))
