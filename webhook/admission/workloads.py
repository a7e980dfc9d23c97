"""The answer about a Namespace, workload or custom resource: a warning, or a patch where it is asked for."""

from __future__ import annotations

from typing import Final

import autofix
from autofix.kubeapi.types import JsonObject
from autofix.kubernetes.kinds import BUILT_IN
from webhook.admission.answers import Answer, makes_a_template, patched, warned
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
        The answer.
    """
    result = _fix(request, obj, state, state.workloads)
    if not mutate or not result.operations or not _may_be_patched(request) or makes_a_template(result):
        return warned(result.findings)
    return patched(request, result)


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


def _may_be_patched(request: Request) -> bool:
    """Keep off what the API server, or the object's own controller, would not take.

    The pod template of a Job is immutable once it exists (Kubernetes API reference, JobSpec); a Deployment
    takes a ReplicaSet with another template than its own for a stranger's.
    """
    if request.kind == "Job" and request.operation == "UPDATE":
        return False
    return not request.is_owned
