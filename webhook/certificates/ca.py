"""A certificate authority of our own, and the certificates it issues, with ``cryptography``."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

# Clocks of nodes and API servers differ a little.
_BACKDATED: Final = timedelta(minutes=5)
_NAME: Final = "linkerd-autofix"


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A certificate with its private key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def new_authority(now: datetime, lifetime: timedelta) -> KeyPair:
    """Make a certificate authority that signs itself.

    Args:
        now: the time, with time zone.
        lifetime: how long it is valid from then on.

    Returns:
        The authority and its key.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    # Two authorities must not have the same name: clients look up the issuer of a certificate by its name.
    name = _subject(f"{_NAME} CA {now:%Y-%m-%d} {x509.random_serial_number() % 10**8:08}")
    usage = x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=True,
        crl_sign=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    builder = (
        _builder(name, name, key, now, now + lifetime)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
    )
    return KeyPair(builder.sign(key, hashes.SHA256()), key)


def new_leaf(authority: KeyPair, names: Sequence[str], now: datetime, lifetime: timedelta) -> KeyPair:
    """Make a server's certificate.

    Args:
        authority: signs it; the certificate does not outlive it.
        names: DNS names and IP addresses.
        now: the time, with time zone.
        lifetime: how long it is valid from then on.

    Returns:
        The certificate and its key.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    ends = min(now + lifetime, authority.certificate.not_valid_after_utc)
    identifier = x509.SubjectKeyIdentifier.from_public_key(authority.key.public_key())
    builder = (
        _builder(_subject(_NAME), authority.certificate.subject, key, now, ends)
        .add_extension(x509.SubjectAlternativeName([_name(name) for name in names]), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False
        )
    )
    return KeyPair(builder.sign(authority.key, hashes.SHA256()), key)


def canonical(name: str) -> str:
    """Write a DNS name or IP address as ``names_of`` does.

    Args:
        name: the name or address.

    Returns:
        The same name in lower case, or the same address in its shortest form.
    """
    try:
        return str(ipaddress.ip_address(name))
    except ValueError:
        return name.lower()


def names_of(certificate: x509.Certificate) -> frozenset[str]:
    """Return the DNS names and IP addresses for which a certificate is valid.

    Args:
        certificate: the certificate.

    Returns:
        Its names and addresses; empty when it has none.
    """
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return frozenset()
    addresses = names.get_values_for_type(x509.IPAddress)
    return frozenset(names.get_values_for_type(x509.DNSName)) | frozenset(map(str, addresses))


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    now: datetime,
    ends: datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - min(_BACKDATED, (ends - now) / 10))
        .not_valid_after(ends)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _subject(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)
