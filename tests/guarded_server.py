"""A server on loopback that lets in some tokens and certificates, and a proxy before it."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import trustme
from aiohttp import web
from multidict import CIMultiDict

HOST = "cluster.example"


@dataclass
class GuardedServer:
    """What it lets in, and who came.

    Attributes:
        folder: has ``ca.crt``, which trusts it.
        context: its TLS context; a certificate that is loaded later is shown to new connections.
        port: of loopback.
        tokens: the tokens that it lets in.
        closes: whether every request needs a connection of its own.
        came: the headers of all requests.
        certificates: the serial numbers of the client certificates of all requests.
    """

    folder: Path
    context: ssl.SSLContext
    port: int = 1
    tokens: set[str] = field(default_factory=lambda: {"t"})
    closes: bool = False
    came: list[CIMultiDict[str]] = field(default_factory=list)
    certificates: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    @property
    def shown(self) -> list[str]:
        """The tokens of all requests."""
        return [headers.get("Authorization", "").removeprefix("Bearer ") for headers in self.came]

    @property
    def authority(self) -> Path:
        return self.folder / "ca.crt"

    def belong_to(self, authority: trustme.CA) -> None:
        """Take a certificate of an authority."""
        authority.issue_cert("127.0.0.1", HOST).configure_cert(self.context)

    async def answer(self, http: web.BaseRequest) -> web.StreamResponse:
        self.came.append(http.headers.copy())
        assert http.transport is not None
        peer = http.transport.get_extra_info("peercert")
        self.certificates.append(peer["serialNumber"] if peer else "")
        is_known = self.shown[-1] in self.tokens
        body = {"gitVersion": "v1.36.0"} if is_known else {"message": "Unauthorized"}
        answer = web.json_response(body, status=200 if is_known else 401)
        if self.closes:
            answer.force_close()
        return answer

    def kubeconfig(self, user: Mapping[str, Any], **cluster: Any) -> Path:
        """Write a kubeconfig for it."""
        whole = {"server": self.url, "certificate-authority": "ca.crt", **cluster}
        path = self.folder / "config"
        path.write_text(
            json.dumps(
                {
                    "current-context": "test",
                    "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test"}}],
                    "clusters": [{"name": "test", "cluster": whole}],
                    "users": [{"name": "test", "user": user}],
                }
            )
        )
        return path


@asynccontextmanager
async def guarded_server(folder: Path, clients: trustme.CA | None = None) -> AsyncIterator[GuardedServer]:
    """Serve as long as the context is open; only clients of an authority, where it is given."""
    authority = trustme.CA()
    server = GuardedServer(folder, ssl.create_default_context(ssl.Purpose.CLIENT_AUTH))
    server.belong_to(authority)
    authority.cert_pem.write_to_path(str(server.authority))
    if clients:
        clients.configure_trust(server.context)
        server.context.verify_mode = ssl.CERT_REQUIRED
    runner = web.ServerRunner(web.Server(server.answer, access_log=None), shutdown_timeout=0.01)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=server.context).start()
    server.port = runner.addresses[0][1]
    try:
        yield server
    finally:
        await runner.cleanup()


@dataclass
class ConnectProxy:
    """An HTTP proxy that leads every connection to one port of loopback; it keeps what it was asked."""

    target: int
    status: str = "200 OK"
    port: int = 0
    asked: list[str] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            self.asked.append((await reader.readuntil(b"\r\n\r\n")).decode())
            writer.write(f"HTTP/1.1 {self.status}\r\n\r\n".encode())
            if self.status.startswith("200"):
                back, there = await asyncio.open_connection("127.0.0.1", self.target)
                await asyncio.gather(_copy(reader, there), _copy(back, writer))
        writer.close()


@dataclass
class SocksProxy(ConnectProxy):
    """A SOCKS5 proxy; it keeps the names and ports that it was asked for. Source: RFC 1928."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            await reader.readexactly((await reader.readexactly(2))[1])
            writer.write(b"\x05\x00")
            *_, kind = await reader.readexactly(4)
            assert kind in (1, 3)
            length = 4 if kind == 1 else (await reader.readexactly(1))[0]
            name = await reader.readexactly(length)
            port = int.from_bytes(await reader.readexactly(2))
            host = ".".join(map(str, name)) if kind == 1 else name.decode()
            self.asked.append(f"{host}:{port}")
            refused = 0 if self.status.startswith("200") else 2
            writer.write(bytes([5, refused, 0, 1, 0, 0, 0, 0, 0, 0]))
            if not refused:
                back, there = await asyncio.open_connection("127.0.0.1", self.target)
                await asyncio.gather(_copy(reader, there), _copy(back, writer))
        writer.close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def connect_proxy(
    target: int, kind: type[ConnectProxy] = ConnectProxy, *, context: ssl.SSLContext | None = None
) -> AsyncIterator[ConnectProxy]:
    """Run a proxy as long as the context is open."""
    proxy = kind(target)
    async with await asyncio.start_server(proxy.serve, "127.0.0.1", 0, ssl=context) as server:
        proxy.port = server.sockets[0].getsockname()[1]
        yield proxy
