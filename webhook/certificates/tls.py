"""TLS contexts: one listens all the time, and new connections get the context of the newest certificate."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from webhook.certificates.expiry import Validity, validities
from webhook.settings import SettingsError

_SUITES: Final = "ECDHE+AESGCM:ECDHE+CHACHA20"


@dataclass(frozen=True, slots=True)
class Leaf:
    """A certificate that can be served.

    Attributes:
        context: serves it.
        chain: its validity, then the validity of each certificate that follows it in its file.
    """

    context: ssl.SSLContext
    chain: tuple[Validity, ...]

    @property
    def expires(self) -> datetime:
        """When it ends, with time zone."""
        return self.chain[0].ends

    def problem(self, now: datetime) -> str:
        """Say why no client can trust it at a time.

        Args:
            now: the time, with time zone.

        Returns:
            The problem; empty when it is valid.
        """
        why = self.chain[0].problem(now)
        return why and f"the certificate {why}"

    def doubt(self, now: datetime) -> str:
        """Say why some clients cannot trust it at a time: they need the certificates that follow it.

        Args:
            now: the time, with time zone.

        Returns:
            The problem; empty when these certificates are valid.
        """
        for validity in self.chain[1:]:
            if why := validity.problem(now):
                return f"a certificate of its chain {why}"
        return ""


@dataclass(slots=True)
class ServedCertificate:
    """The certificate that new connections get; open connections keep theirs.

    Attributes:
        client_ca: path of a PEM file with the CA of the clients that may call; empty for any client.
        changed: called with every new certificate.
        leaf: the certificate; None as long as there is none, and handshakes fail.
    """

    client_ca: str = ""
    changed: Callable[[Leaf], None] = lambda _: None
    leaf: Leaf | None = None

    def load(self, certificate: str, key: str, now: datetime | None = None) -> None:
        """Serve the certificate in two files from now on.

        Args:
            certificate, key: their paths, as ``load_leaf`` takes them.
            now: the time, with time zone; None to serve it at any time.

        Raises:
            SettingsError: as ``load_leaf`` does, or when the certificate is not valid at this time, or when
                its chain is not valid and the chain of the served certificate is. That certificate is still
                served then.
        """
        leaf = load_leaf(certificate, key, self.client_ca)
        if now and (why := leaf.problem(now) or (not self.problem(now) and leaf.doubt(now))):
            raise SettingsError(f"{certificate}: {why}; renew it, or compare the clocks")
        self.leaf = leaf
        self.changed(leaf)

    def problem(self, now: datetime) -> str:
        """Say why some or all clients cannot trust the served certificate at a time.

        Args:
            now: the time, with time zone.

        Returns:
            The problem; empty when all clients can trust it.
        """
        return "there is none" if self.leaf is None else self.leaf.problem(now) or self.leaf.doubt(now)


def listening_context(served: ServedCertificate) -> ssl.SSLContext:
    """Make the context of the listening socket.

    Args:
        served: gives the certificate for every handshake.

    Returns:
        The context.

    Raises:
        SettingsError: when the CA of the clients cannot be read.
    """
    context = _context(served.client_ca)

    def choose(connection: ssl.SSLObject, _name: str | None, _context: ssl.SSLContext) -> int | None:
        if served.leaf is None:
            return ssl.ALERT_DESCRIPTION_INTERNAL_ERROR
        connection.context = served.leaf.context
        return None

    # OpenSSL calls it for clients that name no server, too: SSL_CTX_set_tlsext_servername_callback(3).
    context.sni_callback = choose
    return context


def load_leaf(certificate: str, key: str, client_ca: str = "") -> Leaf:
    """Load a certificate and its key.

    Args:
        certificate: path of a PEM file with the certificate and its chain.
        key: path of a PEM file with the private key.
        client_ca: path of a PEM file with the CA of the clients that may call; empty for any client.

    Returns:
        The certificate, ready to be served.

    Raises:
        SettingsError: when a path is missing, a file cannot be read, or the two do not belong together.
    """
    if not certificate or not key:
        raise SettingsError(
            "the API server calls webhooks by HTTPS only: give --tls-cert FILE and --tls-key FILE, or "
            "--tls-secret NAMESPACE/NAME"
        )
    context = _context(client_ca)
    try:
        context.load_cert_chain(certificate, key)
        chain = validities(Path(certificate).read_bytes())
    except ssl.SSLError as error:
        reason = (error.reason or str(error)).lower().replace("_", " ")
        raise SettingsError(f"{certificate}, {key}: {reason}; check that they belong together") from None
    except OSError as error:
        raise SettingsError(
            f"{certificate}, {key}: {error.strerror}; check --tls-cert and --tls-key"
        ) from None
    except ValueError as error:
        raise SettingsError(f"{certificate}: {error}; check --tls-cert") from None
    return Leaf(context, chain)


def _context(client_ca: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # The only suites of TLS 1.2 are those that TLS 1.3 has, too. Go's clients prefer them (crypto/tls,
    # cipher_suites.go).
    context.set_ciphers(_SUITES)
    context.options |= ssl.OP_NO_RENEGOTIATION
    if client_ca:
        # OpenSSL asks the listening context whether to verify, and the newest context which CA to trust.
        context.verify_mode = ssl.CERT_REQUIRED
        try:
            context.load_verify_locations(client_ca)
        except (ssl.SSLError, OSError) as error:
            raise SettingsError(f"--tls-client-ca {client_ca}: {error.strerror or error}") from None
    return context
