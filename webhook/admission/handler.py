"""From a request to an answer: a pure function of the request and the cluster's state."""

from __future__ import annotations

from webhook.admission.answers import Answer, Outcome
from webhook.admission.limits import excess
from webhook.admission.pods import answer_pod
from webhook.admission.request import Request
from webhook.admission.state import ClusterState
from webhook.admission.workloads import WORKLOADS, answer_custom_resource, answer_workload


def answer(request: Request, state: ClusterState, *, mutate_workloads: bool = False) -> Answer:
    """Answer one admission request.

    Args:
        request: the request.
        state: what is known of the cluster.
        mutate_workloads: whether Namespaces and workloads are patched too; by default they only get warnings,
            because what differs from Git is put back by GitOps controllers.

    Returns:
        The answer. Pods are patched at CREATE only: Linkerd looks at them only then. An object that it would
        take long to look at is left alone (``limits``).
    """
    obj = request.data
    if obj is None or request.is_sub_resource or request.operation not in ("CREATE", "UPDATE"):
        return Answer(Outcome.IGNORED)
    kind = (request.group, request.kind)
    is_pod = kind == ("", "Pod")
    if is_pod and request.operation != "CREATE":
        return Answer(Outcome.IGNORED)
    if too_much := excess(obj, state.namespaces.get(request.namespace)):
        return Answer(Outcome.OVERSIZED, warnings=(f"left unchanged: {too_much}",))
    if is_pod:
        return answer_pod(request, obj, state)
    if kind in WORKLOADS:
        return answer_workload(request, obj, state, mutate=mutate_workloads)
    return answer_custom_resource(request, obj, state)
