"""aiohttp's low-level server, as both ports use it: no router, no banner, and no body that nobody wants."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from http import HTTPStatus
from typing import Final

from aiohttp import hdrs, web

from webhook.admission.names import one_line
from webhook.serving.connection import Connection
from webhook.serving.pool import Refused

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
_LONGEST_LINE: Final = 8190


class _Request(web.BaseRequest):
    async def _prepare_hook(self, response: web.StreamResponse) -> None:
        # aiohttp names itself and Python's version in every answer, its own 400 included; this is the last
        # word before they are written. tests/hostile/test_banner.py fails should aiohttp not ask any more.
        response.headers.popall(hdrs.SERVER, None)


class _Protocol(web.RequestHandler):
    """aiohttp's protocol, but that a caller's broken HTTP is no error of ours with a traceback."""

    __slots__ = ("_refused",)

    def __init__(
        self,
        server: web.Server,
        refused: Refused,
        loop: asyncio.AbstractEventLoop,
        idle_seconds: float,
    ) -> None:
        super().__init__(
            server,
            loop=loop,
            access_log=None,  # type: ignore[arg-type]  # aiohttp's own Server does so
            keepalive_timeout=idle_seconds,
            # A body that the handler did not want is not read.
            lingering_time=0,
            # A body that is compressed is refused; aiohttp would unpack it before the handler could.
            auto_decompress=False,
            max_line_size=_LONGEST_LINE,
            max_field_size=_LONGEST_LINE,
        )
        self._refused = refused

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = HTTPStatus.INTERNAL_SERVER_ERROR,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what cannot be parsed, and close the connection."""
        if status != HTTPStatus.BAD_REQUEST:
            return super().handle_error(request, status, exc, message)
        connection = connection_of(request)
        connection.shut()
        self._refused(connection.address, "http")
        response = web.Response(status=status, text=f"{one_line(message or 'no HTTP')}\n")
        response.force_close()
        return response


def make_server(
    handler: Handler, refused: Refused, idle_seconds: float
) -> tuple[web.Server, Callable[[], asyncio.Protocol]]:
    """Make what answers the requests of a port.

    Args:
        handler: answers one request.
        refused: told of callers that speak no HTTP.
        idle_seconds: how long a connection may wait for its next request.

    Returns:
        The server, and what makes the protocol of a connection.
    """
    loop = asyncio.get_running_loop()
    # Work for a caller that has gone away is not begun.
    server = web.Server(handler, request_factory=partial(_Request, loop=loop), handler_cancellation=True)
    return server, lambda: _Protocol(server, refused, loop, idle_seconds)


def connection_of(http: web.BaseRequest) -> Connection:
    """Find the connection over which a request came.

    Raises:
        ConnectionResetError: when it has ended.
    """
    connection = http.transport.get_protocol() if http.transport else None
    if not isinstance(connection, Connection):
        raise ConnectionResetError("the caller has gone")
    return connection


def routed(routes: Mapping[str, Handler]) -> Handler:
    """Make a handler of GET requests.

    Args:
        routes: what answers which path.
    """

    async def handle(http: web.BaseRequest) -> web.StreamResponse:
        connection, route = connection_of(http), routes.get(http.path)
        if route is None or http.method not in ("GET", "HEAD") or http.can_read_body:
            connection.shut()
            status = HTTPStatus.NOT_FOUND if route is None else HTTPStatus.METHOD_NOT_ALLOWED
            response = web.Response(status=status, text=f"{status.phrase}\n")
            response.force_close()
            return response
        connection.release(0)
        try:
            return await route(http)
        finally:
            connection.answered()

    return handle
