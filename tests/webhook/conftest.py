"""A webhook that really serves, and a client that really speaks TLS to it."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
import pytest_asyncio
import trustme
from webhook_client import Client

from webhook.server import running
from webhook.settings import Settings


@dataclass(frozen=True)
class Certificates:
    """Files of a certificate for 127.0.0.1, and a client context that trusts its CA."""

    cert: str
    key: str
    client: ssl.SSLContext


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    folder: Path = tmp_path_factory.mktemp("tls")
    authority = trustme.CA()
    leaf = authority.issue_cert("127.0.0.1")
    leaf.cert_chain_pems[0].write_to_path(str(folder / "tls.crt"))
    leaf.private_key_pem.write_to_path(str(folder / "tls.key"))
    client = ssl.create_default_context()
    authority.configure_trust(client)
    return Certificates(str(folder / "tls.crt"), str(folder / "tls.key"), client)


@pytest.fixture
def settings(certificates: Certificates) -> Settings:
    return Settings(
        listen="127.0.0.1:0",
        admin_listen="127.0.0.1:0",
        tls_cert=certificates.cert,
        tls_key=certificates.key,
        linkerd="2.17",
        shutdown_delay_seconds=0,
    )


Start = Callable[..., Awaitable[Client]]


@pytest_asyncio.fixture
async def start(settings: Settings, certificates: Certificates) -> AsyncIterator[Start]:
    """Start webhooks with changed settings; they and their clients end with the test."""
    from contextlib import AsyncExitStack

    async with AsyncExitStack() as stack:

        async def begin(provider: Any = None, **changes: Any) -> Client:
            server = await stack.enter_async_context(
                running(msgspec.structs.replace(settings, **changes), provider)
            )
            connector = aiohttp.TCPConnector(ssl=certificates.client, limit=1)
            session = await stack.enter_async_context(aiohttp.ClientSession(connector=connector))
            return Client(session, server)

        yield begin
