"""What the pods get that would be made of objects now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from autofix.cluster.linkerd_names import CREATED_BY
from autofix.cluster.our_webhook import OurWebhook, as_admitted, options_of_webhook
from autofix.engine.explain import Explanation, explain_all
from autofix.engine.options import Options
from autofix.kubeapi.types import JsonObject
from autofix.kubernetes.kinds import NAMESPACE, POD
from autofix.linkerd.completion import PROXY_CONTAINER
from autofix.linkerd.precedence import NO_ANNOTATIONS, Annotations

# linkerd2 controller/proxy-injector/webhook.go: the injector writes its name into what it changes.
_INJECTOR: Final = "linkerd/proxy-injector"


@dataclass(frozen=True, slots=True)
class PodContext:
    """What counts around the pods of a Namespace.

    Attributes:
        options: what is known about the cluster.
        webhook: our webhook, if the API server calls it before Linkerd's injector.
        labels: the Namespace's labels.
    """

    options: Options
    webhook: OurWebhook | None
    labels: Mapping[str, str]


def explain_new_pods(
    documents: Sequence[JsonObject], namespace: JsonObject | None, context: PodContext
) -> list[Explanation | None]:
    """Explain what pods get that are made of objects now.

    Args:
        documents: the objects, all in one Namespace. A Namespace among them stands for a pod in it without
            annotations, a running Pod for one that is made like it.
        namespace: their Namespace; None when it is not known.
        context: what counts around them.

    Returns:
        An explanation for each object; None where it makes no pods.
    """
    inherited = annotations_of(namespace)
    made = [_made_anew(document, inherited) for document in documents]
    if context.webhook and context.webhook.is_called_in(context.labels):
        options = options_of_webhook(context.options)
        made = [as_admitted(context.webhook, document, inherited, options) for document in made]
    namespaces = [] if namespace is None else [namespace]
    first: dict[int, Explanation] = {}
    for explanation in explain_all([*made, *namespaces], context.options):
        first.setdefault(explanation.document, explanation)
    return [first.get(index) for index in range(len(documents))]


def annotations_of(document: JsonObject | None) -> Annotations:
    """Return an object's own annotations; none where there is no object."""
    return NO_ANNOTATIONS if document is None else document["metadata"].get("annotations") or NO_ANNOTATIONS


def _made_anew(document: JsonObject, namespace: Annotations) -> JsonObject:
    """Return what is sent to the API server to make such pods."""
    if (document["apiVersion"], document["kind"]) == (NAMESPACE.api_version, NAMESPACE.kind):
        metadata = {"name": "", "namespace": document["metadata"]["name"]}
        return {"apiVersion": POD.api_version, "kind": POD.kind, "metadata": metadata}
    own = annotations_of(document)
    is_pod = (document["apiVersion"], document["kind"]) == (POD.api_version, POD.kind)
    if not is_pod or not str(own.get(CREATED_BY, "")).startswith(_INJECTOR):
        return document
    # The injector has copied what the pod inherits, and put the proxy into it.
    kept = {key: value for key, value in own.items() if namespace.get(key) != value}
    spec = {name: _without_proxy(part) for name, part in document.get("spec", {}).items()}
    return {**document, "metadata": {**document["metadata"], "annotations": kept}, "spec": spec}


def _without_proxy(part: object) -> object:
    if not isinstance(part, list):
        return part
    return [container for container in part if container.get("name") != PROXY_CONTAINER]
