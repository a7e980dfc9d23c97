"""A port of the webhook: its sockets, its connections, and what answers them."""

from __future__ import annotations

import resource
import ssl
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from webhook.serving.http import Handler, make_server
from webhook.serving.listener import Listener, bind
from webhook.serving.pool import Limits, Pool, Refused
from webhook.settings import Settings, SettingsError

# The drain waits for reviews; what is open after that is idle, or has had its time.
_LAST_SECONDS: Final = 0.5
# Descriptors of what is no connection of a caller: sockets that listen and watch, files, pipes.
_OTHER_DESCRIPTORS: Final = 64
_FEWEST: Final = 8


class Port:
    """A port that is open.

    Attributes:
        pool: its connections.
        address: its host and port.
    """

    def __init__(self, server: web.Server, listener: Listener) -> None:
        self._server, self._listener = server, listener
        self.pool = listener.pool
        host, port = listener.sockets[0].getsockname()[:2]
        self.address = str(host), int(port)

    async def stop(self, seconds: float) -> None:
        """Accept no more, and wait until all that was accepted is served, at most for the given time."""
        self._listener.stop()
        await self.pool.quiet(seconds)

    async def close(self) -> None:
        """Close what is left."""
        self._listener.stop()
        self._server.pre_shutdown()
        await self._server.shutdown(_LAST_SECONDS)
        await self._listener.close()


async def open_port(
    where: str,
    flag: str,
    handler: Handler,
    *,
    limits: Limits,
    refused: Refused,
    context: ssl.SSLContext | None = None,
    shared: bool = False,
) -> Port:
    """Open a port.

    Args:
        where: ``HOST:PORT``.
        flag: the flag that said so.
        handler: answers its requests.
        limits: bounds of its connections.
        refused: told of every connection that is turned away.
        context: for HTTPS; None for plain HTTP.
        shared: whether other processes listen on the port too.

    Raises:
        SettingsError: when the address cannot be used.
    """
    host, port = _host_and_port(where, flag)
    try:
        sockets = await bind(host, port, shared=shared)
    except OSError as error:
        raise SettingsError(f"{flag} {where}: {error.strerror or error}") from None
    server, make_protocol = make_server(handler, refused, limits.idle_seconds)
    listener = Listener(sockets, Pool(limits, refused), make_protocol, context)
    listener.start()
    return Port(server, listener)


def _host_and_port(where: str, flag: str) -> tuple[str | None, int]:
    try:
        parts = urlsplit(f"//{where}")
        port = parts.port
    except ValueError:
        port = None
    if port is None or parts.path:
        raise SettingsError(f"{flag} {where}: write it as HOST:PORT, such as 127.0.0.1:8443")
    return parts.hostname, port


def limits_of(settings: Settings) -> Limits:
    """Return the bounds of the HTTPS port.

    Args:
        settings: the settings; where the process may not open so many files, there are fewer connections.

    Raises:
        SettingsError: when no body could ever be read.
    """
    if settings.max_bytes_in_flight < 2 * settings.max_body_bytes:
        raise SettingsError(
            f"--max-bytes-in-flight {settings.max_bytes_in_flight}: at least twice --max-body-bytes, "
            f"which is {settings.max_body_bytes}"
        )
    descriptors = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    left = descriptors - _OTHER_DESCRIPTORS - settings.max_admin_connections
    connections = max(_FEWEST, min(settings.max_connections, left))
    return Limits(
        connections,
        min(settings.max_connections_per_address, connections),
        settings.max_bytes_in_flight,
        settings.handshake_seconds,
        settings.head_seconds,
        settings.body_seconds,
        settings.idle_seconds,
    )


def admin_limits_of(settings: Settings) -> Limits:
    """Return the bounds of the admin port; nothing is sent there that would have a body."""
    most = settings.max_admin_connections
    return Limits(
        most,
        most,
        settings.max_bytes_in_flight,
        settings.handshake_seconds,
        settings.head_seconds,
        settings.body_seconds,
        settings.idle_seconds,
    )
