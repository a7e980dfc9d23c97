"""Send requests to the API server, with a login that is renewed, through the proxy that kubectl would use."""

from __future__ import annotations

import asyncio
import json
import os
import ssl
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, NamedTuple, NoReturn
from urllib.parse import urlencode

import aiohttp
from aiohttp_socks import ProxyConnectionError, ProxyConnector, ProxyError, ProxyTimeoutError

from autofix.kubeapi.api_path import ApiPath
from autofix.kubeapi.credentials import Access, Credentials, Read, open_credentials
from autofix.kubeapi.exec_plugin import PluginCredential
from autofix.kubeapi.login import Login, login_of_kubeconfig, login_of_pod
from autofix.kubeapi.proxies import Proxy

_AGENT: Final = "linkerd-autofix"
# An event of a watch is one line, and etcd takes objects of 1.5 MiB.
_LONGEST_LINE: Final = 1 << 21
_SOCKS_ERRORS: Final = (ProxyConnectionError, ProxyError, ProxyTimeoutError)
_BEFORE_ANYTHING_IS_SENT: Final = (aiohttp.ClientConnectorError, ssl.SSLCertVerificationError, *_SOCKS_ERRORS)


class UnreachableError(aiohttp.ClientConnectionError):
    """The API server, or the proxy before it, cannot be reached; it has got nothing of the request."""


class _Request(NamedTuple):
    """A request; the fields are the arguments of ``send``."""

    method: str
    path: ApiPath
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: object
    seconds: float
    is_stream: bool


@dataclass(frozen=True, slots=True)
class ApiConnection:
    """An open connection to the API server.

    Attributes:
        session: the HTTP client.
        credentials: the login.
    """

    session: aiohttp.ClientSession
    credentials: Credentials

    async def send(
        self,
        method: str,
        path: ApiPath,
        *,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        seconds: float,
        body: object = None,
        is_stream: bool = False,
    ) -> aiohttp.ClientResponse:
        """Send a request; once more when the login is refused and there is a new one.

        Args:
            method: the HTTP method.
            path: from the root of the server.
            query: parameters of the query.
            headers: without those of the login.
            seconds: how long the answer may take; of a stream its head alone.
            body: an object to be sent as JSON; None for no body.
            is_stream: whether the body of the answer may come without end.

        Returns:
            The answer, whatever its status. The caller closes it.

        Raises:
            CredentialsError: when there is no login.
            UnreachableError: when the server cannot be reached.
            aiohttp.ClientError, OSError, TimeoutError: when it does not answer, or not in time.
        """
        request = _Request(method, path, query, headers, body, seconds, is_stream)
        access = await self.credentials.current()
        try:
            answer = await self._send(access, request)
        except ssl.SSLCertVerificationError as error:
            # The server may have a certificate of a new authority.
            renewed = await self.credentials.after(access)
            if renewed is None:
                _fail(error, access.login)
        else:
            if answer.status != HTTPStatus.UNAUTHORIZED:
                return answer
            renewed = await self.credentials.after(access)
            if renewed is None:
                return answer
            answer.release()
        try:
            return await self._send(renewed, request)
        except ssl.SSLCertVerificationError as error:
            _fail(error, renewed.login)

    async def read(self, answer: aiohttp.ClientResponse, seconds: float) -> bytes:
        """Read the whole body of an answer.

        Args:
            answer: the answer.
            seconds: how long the request may take, for the error.

        Returns:
            The body.

        Raises:
            aiohttp.ClientError, OSError, TimeoutError: when it does not come, or not in time.
        """
        with _errors(self.credentials.access.login, seconds):
            return await answer.read()

    async def _send(self, access: Access, request: _Request) -> aiohttp.ClientResponse:
        login = access.login
        query = f"?{urlencode(request.query)}" if request.query else ""
        with _errors(login, request.seconds):
            # The head of a stream is limited, too; its body is not.
            async with asyncio.timeout(request.seconds):
                return await self.session.request(
                    request.method,
                    f"{login.server}{request.path}{query}",
                    headers=[*request.headers.items(), *login.headers],
                    data=None if request.body is None else json.dumps(request.body),
                    # Connections of an older context are not used again.
                    ssl=access.tls,
                    server_hostname=login.server_name,
                    proxy=login.proxy.url if login.proxy and not login.proxy.is_socks else None,
                    timeout=aiohttp.ClientTimeout(total=None if request.is_stream else request.seconds),
                )


@contextmanager
def _errors(login: Login, seconds: float) -> Iterator[None]:
    """Name the time and the proxy in the errors of aiohttp."""
    try:
        yield
    except ssl.SSLCertVerificationError:
        # The caller looks for a new authority first.
        raise
    except TimeoutError as error:
        # The TimeoutError of the libraries has no text.
        text = str(error) or f"no answer within {seconds:g} seconds"
        raise TimeoutError(text + through(login)) from None
    except (aiohttp.ClientError, OSError, *_SOCKS_ERRORS) as error:
        if isinstance(error.__cause__, ssl.SSLCertVerificationError):
            # So it comes from behind a SOCKS proxy.
            raise error.__cause__ from None
        _fail(error, login)


def through(login: Login) -> str:
    """Name the proxy for an error.

    Args:
        login: the login of the request.

    Returns:
        Words for the end of a message; empty for a direct connection.
    """
    return f" through the proxy {login.proxy.shown}" if login.proxy else ""


def _fail(error: Exception, login: Login) -> NoReturn:
    """Raise an error that names the proxy; without a proxy the error is as it was."""
    where = through(login)
    if isinstance(error, aiohttp.ClientHttpProxyError):
        raise UnreachableError(
            f"HTTP status {error.status} ({error.message}) instead of a way{where}"
        ) from None
    if isinstance(error, _BEFORE_ANYTHING_IS_SENT):
        raise UnreachableError(f"{error}{where}") from None
    if where:
        raise aiohttp.ClientConnectionError(f"{str(error) or type(error).__name__}{where}") from None
    raise error


@asynccontextmanager
async def open_connection(kubeconfig: str, context: str) -> AsyncIterator[ApiConnection]:
    """Open a connection; it may fail only with the first request.

    Args:
        kubeconfig: path of a kubeconfig; empty for the ServiceAccount of the pod.
        context: name of a context in it; empty for its current one.

    Yields:
        The connection.

    Raises:
        AutofixError: when there is no login.
    """
    credentials = await open_credentials(_reader(kubeconfig), context)
    # Neither netrc nor Python's reading of NO_PROXY may count: trust_env stays off.
    session = aiohttp.ClientSession(
        connector=_connector(credentials.access.login.proxy),
        headers={"User-Agent": _AGENT},
        read_bufsize=_LONGEST_LINE,
    )
    async with session:
        yield ApiConnection(session, credentials)


def _connector(proxy: Proxy | None) -> aiohttp.TCPConnector:
    # aiohttp itself speaks with HTTP proxies only.
    return (
        ProxyConnector.from_url(proxy.socks_url, rdns=True)
        if proxy and proxy.is_socks
        else aiohttp.TCPConnector()
    )


def _reader(kubeconfig: str) -> Read:
    async def read(context: str, plugin: PluginCredential | None) -> Login:
        if kubeconfig:
            return await login_of_kubeconfig(kubeconfig, context, plugin, os.environ)
        return login_of_pod(os.environ)

    return read
