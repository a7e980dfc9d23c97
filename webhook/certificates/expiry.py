"""The time in which certificates are valid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cryptography import x509


@dataclass(frozen=True, slots=True)
class Validity:
    """When a certificate is valid.

    Attributes:
        begins: the first second, with time zone.
        ends: the last second, with time zone.
    """

    begins: datetime
    ends: datetime

    def problem(self, now: datetime) -> str:
        """Say why a certificate is not valid at a time.

        Args:
            now: the time, with time zone.

        Returns:
            The problem; empty when the certificate is valid.

        Source: RFC 5280, 4.1.2.5: both ends are within the validity.
        """
        if now < self.begins:
            return f"is not valid before {self.begins:%Y-%m-%d %H:%M:%S} UTC"
        return f"ended on {self.ends:%Y-%m-%d %H:%M:%S} UTC" if now > self.ends else ""


def validities(pem: bytes) -> tuple[Validity, ...]:
    """Read when the certificates of a PEM text are valid.

    Args:
        pem: the text; it may hold comments and keys, too.

    Returns:
        The validities, in the order of the certificates.

    Raises:
        ValueError: when there is no certificate, or one that cannot be read.
    """
    return tuple(
        Validity(certificate.not_valid_before_utc, certificate.not_valid_after_utc)
        for certificate in x509.load_pem_x509_certificates(pem)
    )
