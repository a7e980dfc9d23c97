"""A certificate for 127.0.0.1, and who trusts it."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path

import trustme


@dataclass(frozen=True)
class Certificates:
    """Files of a certificate for 127.0.0.1, and a client context that trusts its CA."""

    cert: str
    key: str
    client: ssl.SSLContext


def make_certificates(folder: Path, key: trustme.KeyType = trustme.KeyType.ECDSA) -> Certificates:
    authority = trustme.CA()
    leaf = authority.issue_cert("127.0.0.1", key_type=key)
    leaf.cert_chain_pems[0].write_to_path(str(folder / "tls.crt"))
    leaf.private_key_pem.write_to_path(str(folder / "tls.key"))
    client = ssl.create_default_context()
    authority.configure_trust(client)
    return Certificates(str(folder / "tls.crt"), str(folder / "tls.key"), client)
