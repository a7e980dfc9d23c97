"""When the certificates of a PEM text are valid."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from webhook.certificates.expiry import Validity, validities

KEY = ec.generate_private_key(ec.SECP256R1())


def pem(ends: datetime, names: int = 1, text: str = "", life: timedelta = timedelta(days=1)) -> bytes:
    subject = x509.Name(
        [x509.NameAttribute(x509.NameOID.ORGANIZATIONAL_UNIT_NAME, f"team {n}") for n in range(names)]
    )
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(KEY.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(ends - life)
        .not_valid_after(ends)
        .sign(KEY, hashes.SHA256())
    )
    return text.encode() + made.public_bytes(serialization.Encoding.PEM)


# Years as two digits end with 2049; long issuers need long lengths.
@given(
    st.datetimes(datetime(1951, 1, 2), datetime(9999, 12, 31)),  # cryptography takes it as UTC
    st.integers(1, 365 * 200),
    st.integers(1, 40),
    st.sampled_from(["", "subject=/CN=a comment before\n", "\r\n"]),
)
def test_a_certificate_is_valid_as_long_as_it_was_made_for(
    ends: datetime, days: int, names: int, text: str
) -> None:
    ends = ends.replace(microsecond=0)
    # Earlier than 1950 cryptography writes none.
    life = min(timedelta(days=days), ends - datetime(1950, 1, 1))
    certificate = pem(ends, names, text, life)
    validity = Validity((ends - life).replace(tzinfo=UTC), ends.replace(tzinfo=UTC))
    assert validities(certificate) == (validity,)
    assert validities(certificate.replace(b"\n", b"\r\n")) == (validity,)


def test_of_a_chain_all_are_read_in_their_order() -> None:
    key = KEY.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    first, second = (datetime(year, 1, 1, tzinfo=UTC) for year in (2030, 2040))
    chain = pem(first) + "a comment, é\n".encode("latin-1") + key + pem(second)
    assert [validity.ends for validity in validities(chain)] == [first, second]


BEGINS, ENDS = datetime(2030, 1, 1, tzinfo=UTC), datetime(2030, 1, 31, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("now", "problem"),
    [
        (BEGINS - SECOND, "is not valid before 2030-01-01 00:00:00 UTC"),
        (BEGINS, ""),
        (ENDS, ""),
        (ENDS + SECOND, "ended on 2030-01-31 00:00:00 UTC"),
    ],
)
def test_both_ends_are_within_it(now: datetime, problem: str) -> None:
    assert Validity(BEGINS, ENDS).problem(now) == problem


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n",
    ],
)
def test_what_is_no_certificate_is_an_error(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # whatever its words
        validities(text.encode())
