"""Does a pod with a wrong key come back repaired?

## What it checks

doctor creates a pod with a wrong key and `linkerd.io/inject: enabled` as a dry run, in the Namespace of
`-n`. The pod must come back repaired.

## Why

This tests the whole way: Service, network, certificate, and the webhook itself.

## What to do

If this check fails and the checks before it do not, look for a firewall or a NetworkPolicy between the API
server and the nodes: see [the runbook](runbook.md#clouds). If the selectors leave the Namespace out
(`kube-system`, `linkerd`, the label `linkerd-autofix.io/webhook: disabled`), name another with `-n`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from autofix.cluster.doctor.check import CheckResult, fail, ok, warn

if TYPE_CHECKING:
    from autofix.cluster.doctor.facts import Facts

NAME: Final = "webhook-reachable"


def check(facts: Facts) -> Iterator[CheckResult]:
    """Answer the question."""
    webhooks, options, dry_run = facts.our_webhooks, facts.options, facts.dry_run
    if not webhooks:
        return
    denies = any(era.wait_before_exit == "deny" for era in options.release.eras)
    if dry_run.repaired:
        yield ok(NAME, "a pod with a wrong key comes back repaired (dry run)")
    elif dry_run.repaired is False and facts.leaves_namespace_out:
        yield warn(
            NAME,
            f"cannot be tried: the selectors of our webhooks leave Namespace {facts.namespace} out",
            "name another Namespace with -n",
        )
    elif dry_run.repaired is None and any(webhook.name in dry_run.why for webhook in webhooks):
        yield fail(
            NAME,
            f"the API server refuses a pod, and names our webhook: {dry_run.why}",
            f"look at its Service and pods, and run {facts.log}",
        )
    elif dry_run.repaired is None:
        yield warn(
            NAME,
            f"a pod cannot be tried in Namespace {facts.namespace}: {dry_run.why}",
            "name a Namespace in which you may create pods with -n",
        )
    elif not options.release.has_native_sidecars or (options.wait_before_exit and denies):
        yield warn(
            NAME,
            "a wrong key is left alone, as it must be with this Linkerd",
            "see linkerd-release and linkerd-values",
        )
    else:
        yield fail(
            NAME,
            f"a pod with a wrong key comes back as it was from Namespace {facts.namespace}: our webhook was "
            "not called, or was late",
            f"run {facts.log}; look at firewalls and NetworkPolicies before the pods",
        )
