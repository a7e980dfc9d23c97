"""What to renew, and when: a pure function of the present bundle and the time.

An authority is replaced after two thirds of its life. Its successor is trusted at once, beside it. It signs
the next certificate once the API server trusts it. Certificates live at most a third as long, so that no
certificate outlives the authority that signed it. Every decision depends on the present time only: a pause,
or a clock that jumps, misses nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from webhook.certificates.bundle import CertificateBundle
from webhook.certificates.ca import names_of, new_authority, new_leaf

_DUE: Final = 2 / 3
_MOST_TRUSTED: Final = 5
_MOST_NAMES: Final = 20


@dataclass(frozen=True, slots=True)
class Policy:
    """Which certificates to make.

    Attributes:
        names: DNS names and IP addresses of the webhook.
        authority_lifetime: how long an authority lives.
        leaf_lifetime: how long a certificate lives, at most a third of that.
    """

    names: Sequence[str]
    authority_lifetime: timedelta
    leaf_lifetime: timedelta


def renew(
    old: CertificateBundle | None, policy: Policy, now: datetime, *, published: bool
) -> tuple[CertificateBundle, str]:
    """Return the bundle to use from now on, and why it is not the present bundle.

    Args:
        old: the present bundle; None when there is none that can be used.
        policy: which certificates to make.
        now: the time, with time zone.
        published: whether the API server trusts the newest authority.

    Returns:
        The bundle and the reason; the same ``old`` with an empty reason when there is nothing to do.
    """
    if old is None:
        return _fresh(policy, now), "there is none that can be used"
    if reason := _unusable(old, policy, now):
        # No client can connect now, so nothing can break: take the shortest way back.
        if _valid(old.authority.certificate, now) and not _due(old.authority.certificate, now):
            return _with_leaf(old, policy, now), reason
        return _trusting(_fresh(policy, now), old, now), reason
    if _due(old.authority.certificate, now):
        successor = new_authority(now, policy.authority_lifetime)
        return _trusting(replace(old, authority=successor), old, now), "two thirds of the CA's life are over"
    if _due(old.leaf.certificate, now) and published:
        return _with_leaf(old, policy, now), "two thirds of the certificate's life are over"
    return old, ""


def _fresh(policy: Policy, now: datetime) -> CertificateBundle:
    authority = new_authority(now, policy.authority_lifetime)
    leaf = new_leaf(authority, policy.names, now, policy.leaf_lifetime)
    return CertificateBundle(authority, (authority.certificate,), leaf)


def _with_leaf(old: CertificateBundle, policy: Policy, now: datetime) -> CertificateBundle:
    # While replicas with other names are replaced, a certificate must have the names of both. The next one
    # has only our names.
    served = names_of(old.leaf.certificate)
    others = () if frozenset(policy.names) <= served else sorted(served - frozenset(policy.names))
    names = (*policy.names, *others)[:_MOST_NAMES]
    leaf = new_leaf(old.authority, names, now, policy.leaf_lifetime)
    return _trusting(replace(old, leaf=leaf), old, now)


def _trusting(new: CertificateBundle, old: CertificateBundle, now: datetime) -> CertificateBundle:
    """Trust the new authority first, and the old ones as long as they live."""
    newest = new.authority.certificate
    older = [certificate for certificate in old.trusted if certificate != newest and _valid(certificate, now)]
    return replace(new, trusted=(newest, *older)[:_MOST_TRUSTED])


def validity_problem(bundle: CertificateBundle, now: datetime) -> str:
    """Say why no client can trust a certificate at a time.

    Args:
        bundle: the certificate with its CAs.
        now: the time, with time zone.

    Returns:
        The problem; empty when the certificate is valid, and a CA that signed it.
    """
    leaf = bundle.leaf.certificate
    if not _valid(leaf, now):
        return "the certificate is not valid at this time"
    if not any(_valid(authority, now) and _has_signed(leaf, authority) for authority in bundle.trusted):
        return "no CA that is valid at this time has signed the certificate"
    return ""


def _unusable(old: CertificateBundle, policy: Policy, now: datetime) -> str:
    if not frozenset(policy.names) <= names_of(old.leaf.certificate):
        return validity_problem(old, now) or "the certificate has other names"
    return validity_problem(old, now)


def _has_signed(leaf: x509.Certificate, authority: x509.Certificate) -> bool:
    try:
        leaf.verify_directly_issued_by(authority)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def _valid(certificate: x509.Certificate, now: datetime) -> bool:
    return certificate.not_valid_before_utc <= now < certificate.not_valid_after_utc


def _due(certificate: x509.Certificate, now: datetime) -> bool:
    start, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    return now >= start + _DUE * (end - start)
