"""A port of the webhook: its sockets, its connections and its HTTP server."""

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

# The stop waits for reviews; a connection that is open after that is idle, or has had its time.
_LAST_SECONDS: Final = 0.5
# File descriptors that are no connection of a caller: sockets that listen and watch, files, pipes.
_OTHER_DESCRIPTORS: Final = 64
_FEWEST: Final = 8


class Port:
    """An open port.

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
        """Accept no more, and wait until all accepted requests are answered.

        Args:
            seconds: the longest wait.
        """
        self._listener.stop()
        await self.pool.quiet(seconds)

    async def close(self) -> None:
        """Close the connections that are left."""
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
        flag: the flag that set it, for the error message.
        handler: answers its requests.
        limits: limits of its connections.
        refused: called for every connection that the port ends.
        context: for HTTPS; None for plain HTTP.
        shared: whether other processes listen on the port too.

    Returns:
        The open port.

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
    """Return the limits of the HTTPS port.

    Args:
        settings: the settings.

    Returns:
        The limits; fewer connections than in the settings if the process may not open so many files.

    Raises:
        SettingsError: when the bytes in flight would not allow to read a body.
    """
    if settings.max_bytes_in_flight < 2 * settings.max_body_bytes:
        raise SettingsError(
            f"--max-bytes-in-flight {settings.max_bytes_in_flight}: at least twice --max-body-bytes, "
            f"which is {settings.max_body_bytes}"
        )
    most_files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    left = most_files - _OTHER_DESCRIPTORS - settings.max_admin_connections
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
    """Return the limits of the admin port, which takes no bodies.

    Args:
        settings: the settings.

    Returns:
        The limits.
    """
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
