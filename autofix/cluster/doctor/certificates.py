"""Checks of our certificate: is it valid, and does the API server trust it?"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from autofix.cluster.doctor.check import CheckResult, fail, ok, warn
from autofix.cluster.doctor.facts import Facts
from autofix.kubeapi.types import MutatingWebhook

_SOON: Final = timedelta(days=7)


def webhook_ca_bundle(facts: Facts) -> Iterator[CheckResult]:
    """Does the API server trust the certificate that is served?"""
    name = "webhook-ca-bundle"
    if not facts.our_webhooks:
        return
    empty = [webhook.name for webhook in facts.our_webhooks if not webhook.client_config.ca_bundle]
    leaf = _leaf(facts)
    if empty:
        yield fail(
            name,
            f"{', '.join(empty)} has no caBundle: the API server cannot call it",
            "look at the webhook's log: it writes the caBundle itself, or cert-manager's cainjector does",
        )
    elif leaf is None:
        yield ok(name, "there is a caBundle; the certificate cannot be read to compare them")
    elif bad := [webhook.name for webhook in facts.our_webhooks if not _trusts(webhook, leaf)]:
        yield fail(
            name,
            f"the caBundle of {', '.join(bad)} does not belong to the certificate in the Secret",
            "look at the webhook's log; somebody else, such as a GitOps tool, may overwrite the caBundle",
        )
    else:
        yield ok(name, "the caBundle belongs to the certificate in the Secret")


def webhook_certificate(facts: Facts) -> Iterator[CheckResult]:
    """Is the certificate valid, and for longer than a few days?"""
    name = "webhook-certificate"
    if not facts.our_webhooks:
        return
    leaf = _leaf(facts)
    if leaf is None:
        yield warn(
            name,
            "the certificate cannot be read: " + (facts.why_unknown("Secret") or "the Secret holds none"),
            "ask for the right to get the Secret, or look at autofix_certificate_expiry_timestamp_seconds",
        )
        return
    left = leaf.not_valid_after_utc - facts.now
    until = f"{leaf.not_valid_after_utc:%Y-%m-%d %H:%M} UTC"
    if left <= timedelta():
        yield fail(name, f"the certificate ended on {until}", "restart the webhook, and look at its log")
    elif left < _SOON:
        yield warn(name, f"the certificate ends on {until}", "it should have been renewed: look at the log")
    elif leaf.not_valid_before_utc > facts.now:
        yield fail(name, "the certificate is not valid yet", "compare the clocks of the nodes and this one")
    else:
        yield ok(name, f"the certificate is valid until {until}")


def _leaf(facts: Facts) -> x509.Certificate | None:
    text = ((facts.secret and facts.secret.data) or {}).get("tls.crt", "")
    try:
        return x509.load_pem_x509_certificates(base64.b64decode(text))[0]
    except (ValueError, IndexError):
        return None


def _trusts(webhook: MutatingWebhook, leaf: x509.Certificate) -> bool:
    try:
        trusted = x509.load_pem_x509_certificates(base64.b64decode(webhook.client_config.ca_bundle))
    except ValueError:
        return False
    return any(_issued(leaf, authority) for authority in trusted)


def _issued(leaf: x509.Certificate, authority: x509.Certificate) -> bool:
    if leaf == authority:
        return True
    try:
        leaf.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


CHECKS: Final = (webhook_ca_bundle, webhook_certificate)
