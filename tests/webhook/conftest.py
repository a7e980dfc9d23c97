"""A webhook that really serves, and a client that really speaks TLS to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import msgspec
import pytest
import pytest_asyncio
from certificates import Certificates
from webhook_client import Client, Start

from webhook.server.server import start_server
from webhook.settings import Settings


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


@pytest_asyncio.fixture
async def start(settings: Settings, certificates: Certificates) -> AsyncIterator[Start]:
    """Start webhooks with changed settings; they and their clients end with the test."""
    from contextlib import AsyncExitStack

    async with AsyncExitStack() as stack:

        async def begin(provider: Any = None, **changes: Any) -> Client:
            server = await stack.enter_async_context(
                start_server(msgspec.structs.replace(settings, **changes), provider)
            )
            connector = aiohttp.TCPConnector(ssl=certificates.client, limit=1)
            session = await stack.enter_async_context(aiohttp.ClientSession(connector=connector))
            return Client(session, server)

        yield begin
