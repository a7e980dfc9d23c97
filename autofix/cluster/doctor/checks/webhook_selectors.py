"""Does our webhook keep out of the system's way, and see every pod that Linkerd sees?

## What it checks

The namespaceSelector of the webhooks for pods leaves out `kube-system`, and asks for no label that
Linkerd's injector does not ask for.

## Why

A webhook that is called for the pods of the system can keep a cluster from starting. A selector that is
narrower than Linkerd's leaves pods that get a proxy and no repair.

## What to do

Take the namespaceSelector of `deploy/base`. To leave out more Namespaces, use `NotIn` with their names, the
chart's `excludedNamespaces`, or the label `linkerd-autofix.io/webhook: disabled` on a Namespace.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from autofix.cluster.doctor.check import CheckResult, ok, warn

if TYPE_CHECKING:
    from autofix.cluster.doctor.facts import Facts
    from autofix.kubeapi.types import LabelSelector

NAME: Final = "webhook-selectors"
_SYSTEM: Final = "kube-system"
_NAME_LABEL: Final = "kubernetes.io/metadata.name"


def check(facts: Facts) -> Iterator[CheckResult]:
    """Answer the question."""
    pods = [webhook for webhook in facts.our_webhooks if webhook.mutates_pods]
    if not pods:
        return
    everywhere = [webhook.name for webhook in pods if not _keeps_out(webhook.namespace_selector)]
    injector = facts.injector
    narrower = injector and [
        webhook.name
        for webhook in pods
        if _labels(webhook.namespace_selector) - _labels(injector.webhook.namespace_selector)
    ]
    if everywhere:
        yield warn(
            NAME,
            f"{', '.join(everywhere)} is called for pods of {_SYSTEM}, too",
            f"leave {_SYSTEM} out by its label {_NAME_LABEL}, as deploy/base does",
        )
    elif narrower:
        yield warn(
            NAME,
            f"{', '.join(narrower)} asks for labels that Linkerd's injector does not ask for: pods without "
            "them are injected and not repaired",
            "take matchLabels, and In and Exists, off the namespaceSelector",
        )
    else:
        yield ok(NAME, "the selectors are as narrow as Linkerd's, and leave the system out")


def _keeps_out(selector: LabelSelector | None) -> bool:
    """Tell whether pods of the system are left out, by name or because a label is asked for."""
    if selector is None:
        return False
    return bool(_labels(selector)) or any(
        requirement.key == _NAME_LABEL
        and requirement.operator == "NotIn"
        and _SYSTEM in (requirement.values or ())
        for requirement in selector.match_expressions or ()
    )


def _labels(selector: LabelSelector | None) -> set[str]:
    """Return the labels that a selector asks for."""
    if selector is None:
        return set()
    return set(selector.match_labels or ()) | {
        requirement.key
        for requirement in selector.match_expressions or ()
        if requirement.operator in ("In", "Exists")
    }
