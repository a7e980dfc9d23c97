"""Replicas as real processes, and what a server holds of the certificate that they share."""

from __future__ import annotations

import asyncio
import io
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from api_server import SECRETS, ApiServer
from webhook_client import REVIEWS
from webhook_process import lines, process, shown

GOOD = (REVIEWS / "06-pod-create-from-job.json").read_bytes()
SECRET = "linkerd-autofix-tls"  # noqa: S105  # a name
SELF_MANAGED = ("--tls-secret", f"linkerd-autofix/{SECRET}", "--tls-names", "127.0.0.1")


@dataclass
class Replica:
    """A process that serves."""

    session: aiohttp.ClientSession
    address: str
    admin: str

    async def readyz(self) -> tuple[int, str]:
        async with self.session.get(f"{self.admin}/readyz?verbose") as answer:
            return answer.status, await answer.text()

    async def shows(self, *wanted: str) -> str:
        return await shown(self.session, self.admin, *wanted)

    async def served(self) -> str:
        host, _, port = self.address.rpartition(":")
        return await asyncio.to_thread(ssl.get_server_certificate, (host, int(port)))

    async def answers(self, context: ssl.SSLContext) -> bool:
        """Send a review as the API server does, over a connection of its own."""
        connector = aiohttp.TCPConnector(ssl=context, force_close=True)
        headers = {"Content-Type": "application/json"}
        async with aiohttp.ClientSession(connector=connector) as session:
            url = f"https://{self.address}/mutate"
            async with session.post(url, data=io.BytesIO(GOOD), headers=headers) as answer:
                return bool(json.loads(await answer.read())["response"]["allowed"])


@asynccontextmanager
async def replica(*flags: str, before: str = "") -> AsyncIterator[Replica]:
    addresses = ("--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--linkerd", "2.17")
    delay = ("--shutdown-delay-seconds", "0")
    async with (
        process(*addresses, *delay, *flags, before=before) as found,
        aiohttp.ClientSession() as session,
    ):
        line = await lines(found, "listening")
        yield Replica(session, line["address"], f"http://{line['admin_address']}")


def stored(server: ApiServer) -> dict[str, Any]:
    found: dict[str, Any] = server.objects[SECRETS][SECRET]
    return found


def certificates_in(server: ApiServer) -> list[str]:
    """The certificates that have been in the Secret, in turn."""
    found: list[str] = []
    for _, collection, event in server.history:
        certificate = (event["object"].get("data") or {}).get("tls.crt")
        if collection == SECRETS and certificate and [certificate] != found[-1:]:
            found.append(certificate)
    return found
