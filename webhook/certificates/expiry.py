"""When a certificate ends.

Read from its bytes: ``cryptography``, which would say it too, is 10 MB of memory and a tenth of the start of
a replica whose certificate somebody else makes, and not in the extra "webhook".
"""

from __future__ import annotations

import re
import ssl
from datetime import UTC, datetime
from typing import Final

_PEM: Final = re.compile(
    r"-----BEGIN (?:X509 )?CERTIFICATE-----(.+?)-----END (?:X509 )?CERTIFICATE-----", re.DOTALL
)
_VERSION, _UTC_TIME, _GENERALIZED_TIME = 0xA0, 0x17, 0x18
_LONG_LENGTH: Final = 0x80
# What stands before the validity: serial number, signature algorithm, issuer.
_BEFORE_VALIDITY: Final = 3
# Two digits of a year are of the twentieth century from here on.
_CENTURY: Final = 50


def expiry(pem: str) -> datetime:
    """Find when the first certificate of a PEM text ends.

    Args:
        pem: the text, with a certificate that OpenSSL takes; other certificates may follow.

    Returns:
        The time, with time zone.

    Raises:
        ValueError: when there is no certificate, or its bytes end early.

    Source: RFC 5280, 4.1 (the fields of a certificate) and 4.1.2.5 (its times, always in UTC); X.690 (DER).
    """
    found = _PEM.search(pem)
    if found is None:
        raise ValueError("no PEM certificate")
    der = ssl.PEM_cert_to_DER_cert(f"{ssl.PEM_HEADER}\n{found[1].strip()}\n{ssl.PEM_FOOTER}")
    try:
        return _not_after(der)
    except IndexError:
        raise ValueError("the certificate ends early") from None


def _not_after(der: bytes) -> datetime:
    _, position, _ = _element(der, 0)
    _, position, _ = _element(der, position)
    tag, _, end = _element(der, position)
    if tag == _VERSION:
        position = end
    for _ in range(_BEFORE_VALIDITY):
        _, _, position = _element(der, position)
    _, position, _ = _element(der, position)
    _, _, position = _element(der, position)
    tag, start, end = _element(der, position)
    text = der[start:end].decode("ascii")
    if tag == _UTC_TIME:
        text = ("19" if int(text[:2]) >= _CENTURY else "20") + text
    elif tag != _GENERALIZED_TIME:
        raise ValueError("the certificate's end is no time")
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)


def _element(der: bytes, position: int) -> tuple[int, int, int]:
    """Return an element's tag, where its content begins, and where the next element does."""
    length, start = der[position + 1], position + 2
    if length >= _LONG_LENGTH:
        size = length - _LONG_LENGTH
        length, start = int.from_bytes(der[start : start + size]), start + size
    return der[position], start, start + length
