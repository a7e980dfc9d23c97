"""aiohttp's low-level server for both ports: no router, no banner, no body before the handler asks for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from http import HTTPStatus
from typing import Final

from aiohttp import hdrs, web

from webhook.admission.names import one_line
from webhook.serving.connection import Connection
from webhook.serving.pool import OnRefused

# Answers one HTTP request.
Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
_LONGEST_LINE: Final = 8190


class _Request(web.BaseRequest):
    async def _prepare_hook(self, response: web.StreamResponse) -> None:
        # aiohttp names itself and Python's version in every answer, also in its own 400. It calls this hook
        # last, before it writes the head. tests/hostile/test_banner.py fails if aiohttp stops calling it.
        response.headers.popall(hdrs.SERVER, None)


class _Protocol(web.RequestHandler):
    """aiohttp's protocol, except that a caller's broken HTTP writes no traceback into our log."""

    __slots__ = ("_on_refused",)

    def __init__(
        self,
        server: web.Server,
        on_refused: OnRefused,
        loop: asyncio.AbstractEventLoop,
        idle_seconds: float,
    ) -> None:
        super().__init__(
            server,
            loop=loop,
            access_log=None,  # type: ignore[arg-type]  # aiohttp's own Server does so
            keepalive_timeout=idle_seconds,
            # aiohttp does not read a body that the handler did not read.
            lingering_time=0,
            # The handler refuses a compressed body; aiohttp would unpack it before.
            auto_decompress=False,
            max_line_size=_LONGEST_LINE,
            max_field_size=_LONGEST_LINE,
        )
        self._on_refused = on_refused

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = HTTPStatus.INTERNAL_SERVER_ERROR,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer a request that aiohttp cannot parse, and close the connection.

        Args:
            request: as far as aiohttp could read it.
            status: the HTTP status.
            exc: the error of aiohttp's parser.
            message: its text.

        Returns:
            The answer.
        """
        if status != HTTPStatus.BAD_REQUEST:
            return super().handle_error(request, status, exc, message)
        connection = connection_of(request)
        connection.shut()
        self._on_refused(connection.address, "http")
        response = web.Response(status=status, text=f"{one_line(message or 'no HTTP')}\n")
        response.force_close()
        return response


def make_server(
    handler: Handler, on_refused: OnRefused, idle_seconds: float
) -> tuple[web.Server, Callable[[], asyncio.Protocol]]:
    """Make the HTTP server of a port.

    Args:
        handler: answers one request.
        on_refused: called for each caller that speaks no HTTP.
        idle_seconds: how long a connection may wait for its next request, in seconds.

    Returns:
        The server, and a function that makes the protocol of a new connection.
    """
    loop = asyncio.get_running_loop()
    # The server does not start work for a caller that has gone.
    server = web.Server(handler, request_factory=partial(_Request, loop=loop), handler_cancellation=True)
    return server, lambda: _Protocol(server, on_refused, loop, idle_seconds)


def connection_of(http: web.BaseRequest) -> Connection:
    """Find the connection of a request.

    Args:
        http: the request.

    Returns:
        The connection.

    Raises:
        ConnectionResetError: when the connection has ended.
    """
    connection = http.transport.get_protocol() if http.transport else None
    if not isinstance(connection, Connection):
        raise ConnectionResetError("the caller has gone")
    return connection


def make_router(routes: Mapping[str, Handler]) -> Handler:
    """Make a handler of GET requests.

    Args:
        routes: the handler of each path.

    Returns:
        A handler that answers 404 for any other path, and 405 for any other method.
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
            connection.finish_answer()

    return handle
