"""From when until when certificates are valid.

Read from their bytes: ``cryptography``, which would say it too, is 10 MB of memory and a tenth of the start
of a replica whose certificate somebody else makes, and not in the extra "webhook".
"""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

# No base64 holds a hyphen: the pattern reads each character once.
_PEM: Final = re.compile(r"-----BEGIN (?:X509 )?CERTIFICATE-----([^-]+)-----END (?:X509 )?CERTIFICATE-----")
_VERSION, _UTC_TIME, _GENERALIZED_TIME = 0xA0, 0x17, 0x18
_LONG_LENGTH: Final = 0x80
# What stands before the validity: serial number, signature algorithm, issuer.
_BEFORE_VALIDITY: Final = 3
# Two digits of a year are of the twentieth century from here on.
_CENTURY: Final = 50


@dataclass(frozen=True, slots=True)
class Validity:
    """When a certificate is valid.

    Attributes:
        begins: from when on, with time zone.
        ends: the last second, with time zone.
    """

    begins: datetime
    ends: datetime

    def problem(self, now: datetime) -> str:
        """Say why a certificate is not valid at a time; empty when it is."""
        if now < self.begins:
            return f"is not valid before {self.begins:%Y-%m-%d %H:%M:%S} UTC"
        return f"ended on {self.ends:%Y-%m-%d %H:%M:%S} UTC" if now > self.ends else ""


def validities(pem: str) -> tuple[Validity, ...]:
    """Find when the certificates of a PEM text are valid, in their order.

    Args:
        pem: the text, with certificates that OpenSSL takes.

    Raises:
        ValueError: when there is no certificate, or its bytes end early.

    Source: RFC 5280, 4.1 (the fields of a certificate) and 4.1.2.5 (its times, always in UTC, both within
    it); X.690 (DER).
    """
    found = _PEM.findall(pem)
    if not found:
        raise ValueError("no PEM certificate")
    try:
        return tuple(
            _validity(ssl.PEM_cert_to_DER_cert(f"{ssl.PEM_HEADER}\n{one.strip()}\n{ssl.PEM_FOOTER}"))
            for one in found
        )
    except IndexError:
        raise ValueError("the certificate ends early") from None


def _validity(der: bytes) -> Validity:
    _, position, _ = _element(der, 0)
    _, position, _ = _element(der, position)
    tag, _, end = _element(der, position)
    if tag == _VERSION:
        position = end
    for _ in range(_BEFORE_VALIDITY):
        _, _, position = _element(der, position)
    _, first, _ = _element(der, position)
    _, _, second = _element(der, first)
    return Validity(_time(der, first), _time(der, second))


def _time(der: bytes, position: int) -> datetime:
    tag, start, end = _element(der, position)
    text = der[start:end].decode("ascii")
    if tag == _UTC_TIME:
        text = ("19" if int(text[:2]) >= _CENTURY else "20") + text
    elif tag != _GENERALIZED_TIME:
        raise ValueError("the certificate's validity is no time")
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)


def _element(der: bytes, position: int) -> tuple[int, int, int]:
    """Return an element's tag, where its content begins, and where the next element does."""
    length, start = der[position + 1], position + 2
    if length >= _LONG_LENGTH:
        size = length - _LONG_LENGTH
        length, start = int.from_bytes(der[start : start + size]), start + size
    return der[position], start, start + length
