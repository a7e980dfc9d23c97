"""The end of a certificate, read from its bytes as ``cryptography`` reads it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from webhook.certificates.expiry import expiry

KEY = ec.generate_private_key(ec.SECP256R1())


def pem(ends: datetime, names: int = 1, text: str = "") -> str:
    subject = x509.Name(
        [x509.NameAttribute(x509.NameOID.ORGANIZATIONAL_UNIT_NAME, f"team {n}") for n in range(names)]
    )
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(KEY.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(ends - timedelta(days=1))
        .not_valid_after(ends)
        .sign(KEY, hashes.SHA256())
    )
    return text + made.public_bytes(serialization.Encoding.PEM).decode()


# Years as two digits end with 2049; long issuers need long lengths.
@settings(deadline=None)
@given(
    st.datetimes(datetime(1951, 1, 2), datetime(9999, 12, 31)),  # cryptography takes it as UTC
    st.integers(1, 40),
    st.sampled_from(["", "subject=/CN=a comment before\n", "\r\n"]),
)
def test_it_is_what_cryptography_says(ends, names, text):
    ends = ends.replace(microsecond=0)
    certificate = pem(ends, names, text)
    assert expiry(certificate) == ends.replace(tzinfo=UTC)
    assert expiry(certificate.replace("\n", "\r\n")) == ends.replace(tzinfo=UTC)
    assert x509.load_pem_x509_certificate(certificate.encode()).not_valid_after_utc == ends.replace(
        tzinfo=UTC
    )


def test_of_a_chain_it_is_the_first():
    first, second = (datetime(year, 1, 1, tzinfo=UTC) for year in (2030, 2040))
    assert expiry(pem(first) + pem(second)) == first


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n",
    ],
)
def test_what_is_no_certificate_is_an_error(text):
    with pytest.raises(ValueError):  # noqa: PT011  # binascii's is one, too
        expiry(text)
