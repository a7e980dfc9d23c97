"""What our webhook makes of a new pod, as far as the cluster's configurations say that it is called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from autofix.cluster.label_selection import selects
from autofix.cluster.webhook_order import find_injector, find_ours
from autofix.engine.options import Options
from autofix.engine.options import options as make_options
from autofix.engine.pod_traits import pod_traits
from autofix.engine.pods import repair_pod
from autofix.kubeapi.types import JsonObject, LabelSelector, MutatingWebhookConfiguration
from autofix.kubernetes.kinds import POD, builtin_kind
from autofix.kubernetes.locations import Role, entries_of, locations_of
from autofix.kubernetes.pointer import replaced
from autofix.linkerd.precedence import Annotations
from autofix.rules.context import Door


class OurWebhook(NamedTuple):
    """Our webhook, where the API server calls it before Linkerd's injector.

    Attributes:
        selector: which Namespaces it is called for; None for all.
        complete_jobs: whether the pods of Jobs get the key with which they complete, where their Namespace
            does not say it.
    """

    selector: LabelSelector | None
    complete_jobs: bool = False

    def is_called_in(self, labels: Mapping[str, str]) -> bool:
        """Tell whether the API server calls it for the pods of a Namespace.

        Args:
            labels: the Namespace's.
        """
        return selects(self.selector, labels)


def find_our_webhook(configurations: Mapping[str, MutatingWebhookConfiguration]) -> OurWebhook | None:
    """Find our webhook among the cluster's configurations.

    Args:
        configurations: the MutatingWebhookConfigurations, by name.

    Returns:
        The webhook; None when there is none, or when the API server calls it after Linkerd's injector.
    """
    ours = find_ours(configurations)
    injector = find_injector(configurations)
    if ours is None or (injector and injector.is_called_before(ours.configuration)):
        return None
    return OurWebhook(ours.webhook.namespace_selector)


def as_admitted(
    webhook: OurWebhook, document: JsonObject, namespace: Annotations, options: Options
) -> JsonObject:
    """Write into an object what our webhook writes on its pods when they are created.

    Args:
        webhook: our webhook.
        document: the object.
        namespace: annotations of its Namespace.
        options: the webhook's (``options_of_webhook``).

    Returns:
        The object; the same where the webhook leaves its pods alone.
    """
    kind = builtin_kind(document.get("kind", ""), document.get("apiVersion", ""))
    is_job = kind is not None and kind.completes
    for location in locations_of(document):
        if location.role is not Role.POD:
            continue
        own = entries_of(document, location.path) or {}
        pod = {"apiVersion": POD.api_version, "kind": POD.kind, "metadata": {"annotations": own}}
        traits = pod_traits(document, location)
        repair = repair_pod(pod, traits, options, namespace, complete_jobs=webhook.complete_jobs)
        result = repair.completion if repair.completion and is_job else repair.result
        if result.changes_injection:
            admitted = entries_of(result.object, ("metadata", "annotations"))
            # A changed copy of a mapping is a mapping.
            document = replaced(document, location.path, admitted)  # type: ignore[assignment]
    return document


def options_of_webhook(options: Options) -> Options:
    """Return the options with which the webhook looks at a Pod in a cluster of which the same is known.

    Args:
        options: what is known about the cluster.
    """
    return make_options(release=options.release, door=Door.WEBHOOK_POD)._replace(
        kubernetes=options.kubernetes,
        default=options.default,
        wait_before_exit=options.wait_before_exit,
        projects_tokens=options.projects_tokens,
    )
