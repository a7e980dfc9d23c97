"""Checks of the admission webhooks: is Linkerd's there, is ours before it, and does it answer?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from autofix.cluster.doctor.check import CheckResult, fail, ok, warn
from autofix.cluster.doctor.facts import Facts
from autofix.cluster.webhook_order import INJECTOR_WEBHOOK, PodWebhook, find_injector
from autofix.kubeapi.types import LabelSelector

_SYSTEM: Final = "kube-system"
_NAME_LABEL: Final = "kubernetes.io/metadata.name"
_INSTALL: Final = "kubectl apply -k deploy/base, or install the chart"


def linkerd_injector(facts: Facts) -> Iterator[CheckResult]:
    """Does the API server call Linkerd's injector?"""
    name = "linkerd-injector"
    if facts.configurations is None:
        yield _unknown(name, facts)
    elif (injector := _injector(facts)) is None:
        yield fail(
            name, f"no MutatingWebhookConfiguration has a webhook {INJECTOR_WEBHOOK}", "install Linkerd"
        )
    elif not injector.webhook.client_config.ca_bundle:
        yield fail(
            name,
            f"{injector.configuration} has no caBundle: the API server cannot call Linkerd's injector",
            "run `linkerd check`, and upgrade or reinstall the control plane",
        )
    else:
        yield ok(name, f"{injector.configuration} leads to Linkerd's injector")


def webhook_present(facts: Facts) -> Iterator[CheckResult]:
    """Does the API server call our webhook when a pod is created?"""
    name = "webhook-present"
    if facts.configurations is None:
        yield _unknown(name, facts)
    elif facts.ours not in facts.configurations:
        yield fail(
            name, f"there is no MutatingWebhookConfiguration {facts.ours}: nothing is repaired", _INSTALL
        )
    elif not any(webhook.mutates_pods for webhook in facts.our_webhooks):
        yield fail(name, f"{facts.ours} has no rule for the creation of pods", _INSTALL)
    else:
        yield ok(name, f"{facts.ours} is called when a pod is created")


def webhook_order(facts: Facts) -> Iterator[CheckResult]:
    """Is our webhook called before Linkerd's injector?"""
    name = "webhook-order"
    injector = _injector(facts)
    if not facts.our_webhooks or injector is None:
        return
    if injector.is_called_before(facts.ours):
        yield fail(
            name,
            f"{injector.configuration} is called before {facts.ours}, so the injector never sees a repair",
            f"give {facts.ours} a name that sorts before {injector.configuration}",
        )
    else:
        yield ok(name, f"{facts.ours} is called before {injector.configuration}")


def webhook_selectors(facts: Facts) -> Iterator[CheckResult]:
    """Does our webhook keep out of the system's way, and see every pod that Linkerd sees?"""
    name = "webhook-selectors"
    pods = [webhook for webhook in facts.our_webhooks if webhook.mutates_pods]
    if not pods:
        return
    everywhere = [webhook.name for webhook in pods if not _keeps_out(webhook.namespace_selector)]
    injector = _injector(facts)
    wider = injector and [
        webhook.name
        for webhook in pods
        if _misses(webhook.namespace_selector, injector.webhook.namespace_selector)
    ]
    if everywhere:
        yield warn(
            name,
            f"{', '.join(everywhere)} is called for pods of {_SYSTEM}, too",
            f"leave {_SYSTEM} out by its label {_NAME_LABEL}, as deploy/base does",
        )
    elif wider:
        yield warn(
            name,
            f"{', '.join(wider)} asks for labels that Linkerd's injector does not ask for: pods without them "
            "are injected and not repaired",
            "take matchLabels, and In and Exists, off the namespaceSelector",
        )
    else:
        yield ok(name, "the selectors are as narrow as Linkerd's, and leave the system out")


def webhook_failure_policy(facts: Facts) -> Iterator[CheckResult]:
    """Can pods be created while our webhook is away?"""
    name = "webhook-failure-policy"
    strict = [webhook.name for webhook in facts.our_webhooks if webhook.failure_policy == "Fail"]
    if not facts.our_webhooks:
        return
    if not strict:
        yield ok(name, "failurePolicy is Ignore: pods start without us")
    elif facts.ready is not None and facts.ready > 1:
        yield ok(name, f"failurePolicy is Fail, and {facts.ready} replicas are ready")
    else:
        ready = "an unknown number of" if facts.ready is None else facts.ready
        yield warn(
            name,
            f"failurePolicy of {', '.join(strict)} is Fail, with {ready} ready replicas: pods may not start",
            "use Ignore, or three replicas as deploy/components/ha does",
        )


def webhook_replicas(facts: Facts) -> Iterator[CheckResult]:
    """Are replicas ready behind our Service?"""
    name = "webhook-replicas"
    if not facts.our_webhooks:
        return
    if facts.ready is None:
        reason = facts.why_unknown("EndpointSlices") or "the configuration names no Service"
        yield warn(name, f"ready replicas cannot be counted: {reason}", "look at webhook-reachable instead")
    elif facts.ready == 0:
        yield fail(name, "no replica is ready: nothing is repaired", "look at the Deployment and its pods")
    elif facts.ready == 1:
        yield warn(name, "one replica is ready: nothing is repaired while it restarts", "run two or more")
    else:
        yield ok(name, f"{facts.ready} replicas are ready")


def webhook_reachable(facts: Facts) -> Iterator[CheckResult]:
    """Does a pod with a wrong key come back repaired?"""
    name = "webhook-reachable"
    if not facts.our_webhooks:
        return
    options = facts.options
    denies = any(era.wait_before_exit == "deny" for era in options.release.eras)
    if facts.dry_run.repaired:
        yield ok(name, "a pod with a wrong key comes back repaired (dry run)")
    elif facts.dry_run.repaired is None:
        yield fail(
            name,
            f"a pod is refused: {facts.dry_run.why}",
            "if that names our webhook, look at its Service and log",
        )
    elif not options.release.has_native_sidecars or (options.wait_before_exit and denies):
        yield warn(
            name,
            "a wrong key is left alone, as it must be with this Linkerd",
            "see linkerd-release and linkerd-values",
        )
    else:
        yield fail(
            name,
            "a pod with a wrong key comes back as it was: our webhook was not called, or was late",
            "look at its log, at firewalls and NetworkPolicies before the pods, and at the selectors",
        )


def other_webhooks(facts: Facts) -> Iterator[CheckResult]:
    """Do others change pods after Linkerd's injector?"""
    name = "other-webhooks"
    injector = _injector(facts)
    if facts.configurations is None or injector is None:
        return
    later = [
        other
        for other, configuration in sorted(facts.configurations.items())
        if injector.is_called_before(other)
        and other != facts.ours
        and any(webhook.mutates_pods for webhook in configuration.webhooks or ())
    ]
    if later:
        yield warn(
            name,
            f"called for pods after Linkerd's injector: {', '.join(later)}",
            "make sure that they keep restartPolicy of init containers; sidecar-containers shows it",
        )
    else:
        yield ok(name, "nobody changes pods after Linkerd's injector")


def _injector(facts: Facts) -> PodWebhook | None:
    return find_injector(facts.configurations or {})


def _unknown(name: str, facts: Facts) -> CheckResult:
    reason = facts.why_unknown("MutatingWebhookConfigurations")
    return warn(name, f"cannot be checked: {reason}", "ask for the right to list them")


def _keeps_out(selector: LabelSelector | None) -> bool:
    """Tell whether pods of the system are left out, by name or because a label is asked for."""
    if selector is None:
        return False
    expressions = selector.match_expressions or ()
    return bool(selector.match_labels) or any(
        (
            requirement.key == _NAME_LABEL
            and requirement.operator == "NotIn"
            and _SYSTEM in (requirement.values or ())
        )
        or requirement.operator in ("In", "Exists")
        for requirement in expressions
    )


def _misses(ours: LabelSelector | None, linkerds: LabelSelector | None) -> bool:
    """Tell whether we ask for labels that Linkerd does not ask for."""
    return bool(_asked_for(ours) - _asked_for(linkerds))


def _asked_for(selector: LabelSelector | None) -> set[str]:
    if selector is None:
        return set()
    labels = set(selector.match_labels or ())
    return labels | {
        requirement.key
        for requirement in selector.match_expressions or ()
        if requirement.operator in ("In", "Exists")
    }


CHECKS: Final = (
    linkerd_injector,
    webhook_present,
    webhook_order,
    webhook_selectors,
    webhook_failure_policy,
    webhook_replicas,
    webhook_reachable,
    other_webhooks,
)
