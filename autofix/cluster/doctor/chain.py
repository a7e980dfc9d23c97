"""The certificate in a Secret, and whether a caBundle trusts it."""

from __future__ import annotations

import base64

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from autofix.kubeapi.types import Secret


def certificates_in(secret: Secret | None, key: str) -> list[x509.Certificate]:
    """Read the certificates that a Secret has under a key.

    Args:
        secret: the Secret; None when it cannot be read.
        key: the key of the certificate.

    Returns:
        The certificates, the server's own first; empty when there are none that can be read.
    """
    return authorities_in(((secret and secret.data) or {}).get(key, ""))


def authorities_in(bundle: str) -> list[x509.Certificate]:
    """Read the certificates of a caBundle.

    Args:
        bundle: base64 of PEM.

    Returns:
        The certificates; empty when they cannot be read.
    """
    try:
        return x509.load_pem_x509_certificates(base64.b64decode(bundle))
    except ValueError:
        return []


def trusts(bundle: str, chain: list[x509.Certificate]) -> bool:
    """Tell whether signatures lead from a caBundle to a server's certificate.

    Args:
        bundle: the caBundle.
        chain: the server's certificate, and those between it and its authority.

    Returns:
        True when each has signed the next.
    """
    trusted, rest = authorities_in(bundle), list(chain)
    while issued := [certificate for certificate in rest if any(_issued(certificate, by) for by in trusted)]:
        trusted += issued
        rest = [certificate for certificate in rest if certificate not in issued]
    return bool(chain) and chain[0] not in rest


def names_of(certificate: x509.Certificate) -> list[str]:
    """Return the DNS names of a certificate.

    Args:
        certificate: a server's.

    Returns:
        The names; a name may begin with ``*.``.
    """
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return []
    return names.get_values_for_type(x509.DNSName)


def _issued(leaf: x509.Certificate, authority: x509.Certificate) -> bool:
    if leaf == authority:
        return True
    try:
        leaf.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
