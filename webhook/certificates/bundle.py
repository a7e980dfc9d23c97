"""CAs, certificate and keys as one value, and as the data of a Secret."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from webhook.certificates.ca import KeyPair

# The names that cert-manager and kubernetes.io/tls use; the key of the authority is our own.
_CA_CERT, _CA_KEY, _CERT, _KEY = "ca.crt", "ca.key", "tls.crt", "tls.key"
FIELDS: Final = (_CA_CERT, _CA_KEY, _CERT, _KEY)


@dataclass(frozen=True, slots=True)
class CertificateBundle:
    """The certificates and keys of a webhook that makes its own.

    Attributes:
        authority: the newest one; it issues new certificates.
        trusted: authorities to be trusted: the newest first, then those it has replaced.
        leaf: the served certificate.
    """

    authority: KeyPair
    trusted: tuple[x509.Certificate, ...]
    leaf: KeyPair

    @property
    def ca_bundle(self) -> str:
        """The caBundle of a webhook configuration: base64 of PEM, as the API takes it."""
        return base64.b64encode(_pem(*self.trusted)).decode()

    @property
    def chain_pem(self) -> bytes:
        """The served certificate as PEM."""
        return _pem(self.leaf.certificate)

    @property
    def key_pem(self) -> bytes:
        """Its key as PEM."""
        return _key_pem(self.leaf.key)


def to_data(bundle: CertificateBundle) -> dict[str, str]:
    """Write a bundle as the ``data`` of a Secret.

    Args:
        bundle: the bundle.

    Returns:
        The values by their keys, base64.
    """
    parts = (
        _pem(*bundle.trusted),
        _key_pem(bundle.authority.key),
        bundle.chain_pem,
        bundle.key_pem,
    )
    return {name: base64.b64encode(part).decode() for name, part in zip(FIELDS, parts, strict=True)}


def from_data(data: Mapping[str, str]) -> CertificateBundle | None:
    """Read the ``data`` of a Secret.

    Args:
        data: its values, base64.

    Returns:
        The bundle; None when a part is missing, broken or does not fit the others.
    """
    try:
        ca, ca_key, cert, key = (base64.b64decode(data[name], validate=True) for name in FIELDS)
        trusted = tuple(x509.load_pem_x509_certificates(ca))
        authority = KeyPair(trusted[0], _load_key(ca_key))
        leaf = KeyPair(x509.load_pem_x509_certificate(cert), _load_key(key))
    except (KeyError, ValueError, TypeError, IndexError):
        return None
    fits = all(pair.certificate.public_key() == pair.key.public_key() for pair in (authority, leaf))
    return CertificateBundle(authority, trusted, leaf) if fits else None


def _load_key(pem: bytes) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(pem, password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("not a key of ours")
    return key


def _pem(*certificates: x509.Certificate) -> bytes:
    return b"".join(certificate.public_bytes(serialization.Encoding.PEM) for certificate in certificates)


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
