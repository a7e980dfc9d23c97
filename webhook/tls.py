"""The server's TLS context, from files."""

from __future__ import annotations

import ssl

from webhook.settings import SettingsError


def server_context(certificate: str, key: str) -> ssl.SSLContext:
    """Load a certificate and its key.

    Args:
        certificate: path of a PEM file with the certificate and its chain.
        key: path of a PEM file with the private key.

    Returns:
        A context for servers, TLS 1.2 or newer.

    Raises:
        SettingsError: when a path is missing, a file cannot be read, or the two do not belong together.
    """
    if not certificate or not key:
        raise SettingsError(
            "the API server calls webhooks by HTTPS only: give --tls-cert FILE and --tls-key FILE"
        )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate, key)
    except ssl.SSLError as error:
        reason = (error.reason or str(error)).lower().replace("_", " ")
        raise SettingsError(f"{certificate}, {key}: {reason}; check that they belong together") from None
    except OSError as error:
        raise SettingsError(
            f"{certificate}, {key}: {error.strerror}; check --tls-cert and --tls-key"
        ) from None
    return context
