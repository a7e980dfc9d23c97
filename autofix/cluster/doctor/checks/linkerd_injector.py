"""Does the API server call Linkerd's injector?

## What it checks

A MutatingWebhookConfiguration has the webhook `linkerd-proxy-injector.linkerd.io`, and this webhook has a
caBundle.

## Why

Without it no pod gets a proxy.

## What to do

Run `linkerd check`, which looks at the whole control plane, and upgrade or install Linkerd again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from autofix.cluster.doctor.check import CheckResult, fail, ok, warn

if TYPE_CHECKING:
    from autofix.cluster.doctor.facts import Facts

NAME: Final = "linkerd-injector"


def check(facts: Facts) -> Iterator[CheckResult]:
    """Answer the question."""
    if gap := facts.gap("MutatingWebhookConfigurations"):
        yield warn(NAME, f"cannot be checked: {gap}", "ask for the right to list them")
    elif (injector := facts.injector) is None:
        yield fail(
            NAME,
            "no MutatingWebhookConfiguration leads to Linkerd's injector: no pod gets a proxy",
            "run `linkerd check`, and install Linkerd",
        )
    elif not injector.webhook.client_config.ca_bundle:
        yield fail(
            NAME,
            f"{injector.configuration} has no caBundle: the API server cannot call Linkerd's injector",
            "run `linkerd check`, and upgrade or reinstall the control plane",
        )
    else:
        yield ok(NAME, f"{injector.configuration} leads to Linkerd's injector")
