"""Is the certificate valid for our Service, and for longer than a few days?

## What it checks

The certificate in the Secret: its names, and when it begins and ends. doctor takes the name of the Secret
from the settings of our Deployment: `AUTOFIX_TLS_SECRET`, or the volume that holds the file of
`AUTOFIX_TLS_CERT`. So it is `linkerd-autofix-tls` as shipped, and `linkerd-autofix-cert` with the component
`cert-manager`. doctor finds the Deployment in the Namespace of the Service, by its setting
`AUTOFIX_CONFIGURATION`.

## Why

The API server does not call a server whose certificate has ended or has another name.

## What to do

The webhook renews its certificate ten days before the end, and cert-manager does so with the component of
that name. A certificate that ends within a week was not renewed: the log of the webhook, or the
Certificate, says why. If you may not read the Secret, look at the metric
`autofix_certificate_expiry_timestamp_seconds`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from autofix.cluster.doctor.check import CheckResult, fail, ok, warn

if TYPE_CHECKING:
    from autofix.cluster.deployment import CertificateSource
    from autofix.cluster.doctor.facts import Facts

NAME: Final = "webhook-certificate"
_SOON: Final = timedelta(days=7)


def check(facts: Facts) -> Iterator[CheckResult]:
    """Answer the question."""
    # Imported here, as only a check needs it: nobody needs its packages to read the page.
    from autofix.cluster.doctor.chain import certificates_in, names_of

    source, gap = facts.source, facts.gap("Secret") or facts.gap("our Deployment")
    if not facts.our_webhooks:
        return
    if source is None or (gap and not gap.is_absent):
        rights = "ask for the right to list Deployments and get the Secret, or "
        yield warn(
            NAME,
            f"the certificate cannot be read: {gap or 'it comes from no Secret'}",
            f"{rights if gap and not gap.is_absent else ''}look at the metric "
            "autofix_certificate_expiry_timestamp_seconds",
        )
        return
    where, renewal = f"Secret {source.namespace}/{source.secret}", _who_renews_it(facts, source)
    chain = certificates_in(facts.secret, source.key)
    if not chain:
        yield fail(NAME, f"there is no certificate in {where}, {source.key}", renewal)
        return
    leaf = chain[0]
    left, until = leaf.not_valid_after_utc - facts.now, f"{leaf.not_valid_after_utc:%Y-%m-%d %H:%M} UTC"
    names = names_of(leaf)
    if left <= timedelta():
        yield fail(NAME, f"the certificate in {where} ended on {until}", renewal)
    elif leaf.not_valid_before_utc > facts.now:
        yield fail(
            NAME,
            f"the certificate in {where} is not valid yet",
            "compare the clocks of the nodes and this one",
        )
    elif (host := _host(facts)) and not {host, f"*.{host.partition('.')[2]}"} & set(names):
        yield fail(
            NAME,
            f"the certificate in {where} is for {', '.join(names) or 'no name'}, "
            f"and the API server asks for {host}",
            f"set AUTOFIX_TLS_NAMES to {host}" if source.is_ours else f"make one with the DNS name {host}",
        )
    elif left < _SOON:
        yield warn(NAME, f"the certificate in {where} ends on {until}, and should be renewed", renewal)
    else:
        yield ok(NAME, f"the certificate in {where} is valid until {until}")


def _host(facts: Facts) -> str:
    """Return the name that the API server asks for, as Kubernetes' client of webhooks makes it."""
    return f"{facts.service.name}.{facts.service.namespace}.svc" if facts.service else ""


def _who_renews_it(facts: Facts, source: CertificateSource) -> str:
    if source.is_ours:
        return f"the webhook makes and renews it: run {facts.log}"
    describe = f"kubectl -n {source.namespace} describe certificate"
    return f"whoever writes that Secret renews it; with cert-manager, run {describe}"
