"""The answer about a Namespace, workload or custom resource: a warning, or a patch where it is asked for."""

from __future__ import annotations

from typing import Final

import autofix
from autofix.kubeapi.types import JsonObject
from autofix.kubernetes.kinds import BUILT_IN, JOB
from webhook.admission.answers import Answer, makes_a_template, patched, warned
from webhook.admission.limits import excess
from webhook.admission.request import Request
from webhook.admission.state import ClusterState

WORKLOADS: Final = BUILT_IN.keys() - {("", "Pod")}


def answer_workload(request: Request, obj: JsonObject, state: ClusterState, *, mutate: bool) -> Answer:
    """Answer about a Namespace or a built-in workload.

    Args:
        request: the request.
        obj: its object as JSON data.
        state: what is known of the cluster.
        mutate: whether it is patched.

    Returns:
        The answer. The same object gets the same patch at CREATE and UPDATE, so that an unchanged manifest
        changes nothing; the template of a Job, which cannot change, becomes what is stored.
    """
    result = _fix(request, obj, state, state.workloads)
    # A Deployment takes a ReplicaSet with another template than its own for a stranger's.
    if not mutate or request.is_owned or makes_a_template(result):
        return warned(result.findings)
    if request.kind == JOB.kind and request.operation == "UPDATE":
        return _updated_job(request, obj, result, state) or warned(result.findings)
    return patched(request, result) if result.operations else warned(result.findings)


def _updated_job(
    request: Request, obj: JsonObject, result: autofix.Result, state: ClusterState
) -> Answer | None:
    """Answer about a Job that exists; None where its template may not be patched."""
    stored = request.stored_data
    if stored is None or excess(stored, None):
        return None
    namespace = state.namespaces.get(request.namespace)
    same = autofix.as_stored(obj, stored, result, state.workloads, namespace)
    return patched(request, same) if same and same.operations else None


def answer_custom_resource(request: Request, obj: JsonObject, state: ClusterState) -> Answer:
    """Answer about a custom resource.

    Args:
        request: the request.
        obj: its object as JSON data.
        state: what is known of the cluster.

    Returns:
        The answer; with a patch only for what its operator could not read.
    """
    result = _fix(request, obj, state, state.custom_resources)
    return patched(request, result) if result.operations else warned(result.findings)


def _fix(request: Request, obj: JsonObject, state: ClusterState, options: autofix.Options) -> autofix.Result:
    return autofix.fix_all((obj,), options, namespace=state.namespaces.get(request.namespace))[0]
