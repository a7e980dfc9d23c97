"""Does the API server call our webhook when a pod is created?

## What it checks

There is a MutatingWebhookConfiguration with the name of `--configuration` (`linkerd-autofix` by default),
and one of its webhooks asks for the creation of pods.

## Why

Without it nothing repairs new pods.

## What to do

Install the webhook with `kubectl apply -k deploy/base` or with the chart. If its configuration has another
name, name it with `--configuration`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from autofix.cluster.doctor.check import CheckResult, fail, ok, warn

if TYPE_CHECKING:
    from autofix.cluster.doctor.facts import Facts

NAME: Final = "webhook-present"
_INSTALL: Final = "kubectl apply -k deploy/base, or install the chart"


def check(facts: Facts) -> Iterator[CheckResult]:
    """Answer the question."""
    if gap := facts.gap("MutatingWebhookConfigurations"):
        yield warn(NAME, f"cannot be checked: {gap}", "ask for the right to list them")
    elif facts.ours not in (facts.configurations or {}):
        yield fail(
            NAME,
            f"there is no MutatingWebhookConfiguration {facts.ours}: nothing is repaired",
            f"{_INSTALL}; if it has another name, give that to --configuration",
        )
    elif not any(webhook.mutates_pods for webhook in facts.our_webhooks):
        yield fail(NAME, f"{facts.ours} has no rule for the creation of pods", _INSTALL)
    else:
        yield ok(NAME, f"{facts.ours} is called when a pod is created")
