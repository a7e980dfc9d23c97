"""Does the API server trust the certificate that is served?

## What it checks

Each of our webhooks has a caBundle, and the certificate in the Secret is signed by it.

## Why

Otherwise the API server refuses to call the webhook.

## What to do

The webhook writes the caBundle itself: look at its log. With the component `cert-manager`, its cainjector
writes it from the Certificate that the annotation `cert-manager.io/inject-ca-from` names. A GitOps tool
that restores the configuration from git empties the caBundle each time: tell the tool to ignore that field,
see [the runbook](runbook.md#gitops).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from autofix.cluster.doctor.check import CheckResult, fail, ok

if TYPE_CHECKING:
    from autofix.cluster.doctor.facts import Facts

NAME: Final = "webhook-ca-bundle"
_CAINJECTOR: Final = "cert-manager.io/inject-ca-from"


def check(facts: Facts) -> Iterator[CheckResult]:
    """Answer the question."""
    # Imported here, as only a check needs it: nobody needs its packages to read the page.
    from autofix.cluster.doctor.chain import certificates_in, trusts

    webhooks = facts.our_webhooks
    if not webhooks:
        return
    chain = certificates_in(facts.secret, facts.source.key) if facts.source else []
    empty = [webhook.name for webhook in webhooks if not webhook.client_config.ca_bundle]
    if empty:
        yield fail(
            NAME, f"{', '.join(empty)} has no caBundle: the API server cannot call it", _who_writes_it(facts)
        )
    elif not chain:
        yield ok(NAME, "there is a caBundle; the certificate cannot be read to compare them")
    elif bad := [webhook.name for webhook in webhooks if not trusts(webhook.client_config.ca_bundle, chain)]:
        yield fail(
            NAME,
            f"the caBundle of {', '.join(bad)} does not belong to the certificate in the Secret",
            f"{_who_writes_it(facts)}; somebody else, such as a GitOps tool, may overwrite it",
        )
    else:
        yield ok(NAME, "the caBundle belongs to the certificate in the Secret")


def _who_writes_it(facts: Facts) -> str:
    configuration = (facts.configurations or {})[facts.ours]
    certificate = (configuration.metadata.annotations or {}).get(_CAINJECTOR)
    if certificate:
        return f"cert-manager's cainjector writes it from Certificate {certificate}: look at its log"
    if facts.source and not facts.source.is_ours:
        return "write the CA of the certificate into it: the webhook does not, with a certificate from files"
    return f"the webhook writes it: run {facts.log}"
