"""Requests to the API server, with answers as bytes."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from autofix.errors import AutofixError
from autofix.kubeapi.api_path import ApiPath
from autofix.kubeapi.clock import ServerClock
from autofix.kubeapi.contexts import default_kubeconfig, has_file

if TYPE_CHECKING:
    import aiohttp

    from autofix.kubeapi.connection import ApiConnection

JSON: Final = "application/json"
# The server then sends the metadata alone: of a Namespace or Pod a fraction of the bytes.
# Source: Kubernetes API concepts, "Receiving resources as Tables" and PartialObjectMetadata.
METADATA: Final = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
METADATA_LIST: Final = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
# Source: Kubernetes API concepts, "Patch".
JSON_PATCH: Final = "application/json-patch+json"
MERGE_PATCH: Final = "application/merge-patch+json"
STRATEGIC_MERGE_PATCH: Final = "application/strategic-merge-patch+json"

_SECONDS: Final = 10.0
Query = Mapping[str, str]
D = TypeVar("D")


class ApiError(Exception):
    """The API server refused a request, or its answer is no Kubernetes object.

    Attributes:
        status: the HTTP status.
        continue_token: with it a list that took too long goes on; empty when the server does not offer that.
    """

    def __init__(self, status: int, message: str, continue_token: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.continue_token = continue_token


class _StatusMetadata(msgspec.Struct):
    continue_token: str = msgspec.field(name="continue", default="")


class _Status(msgspec.Struct):
    message: str = ""
    metadata: _StatusMetadata = msgspec.field(default_factory=_StatusMetadata)


@dataclass(frozen=True, slots=True)
class Api:
    """An open connection to the API server.

    Attributes:
        connection: sends the requests.
        namespace: the Namespace for commands that name none.
        clock: follows the server's clock.
    """

    connection: ApiConnection
    namespace: str = "default"
    clock: ServerClock = field(default_factory=ServerClock)

    async def request(
        self,
        method: str,
        path: ApiPath,
        *,
        query: Query | None = None,
        body: object = None,
        accept: str = JSON,
        content_type: str = JSON,
        seconds: float | None = None,
    ) -> bytes:
        """Send a request and read the whole answer.

        Args:
            method: the HTTP method.
            path: from the root of the server.
            query: parameters of the query.
            body: an object to be sent as JSON.
            accept: the content type to ask for.
            content_type: of the body.
            seconds: how long it may take; None for 10.

        Returns:
            The body of the answer.

        Raises:
            ApiError: when the server refuses.
            aiohttp.ClientError, OSError, TimeoutError: when it cannot be reached, or not in time.
        """
        headers = {"Accept": accept, "Content-Type": content_type}
        limit = seconds or _SECONDS
        answer = await self._send(method, path, headers=headers, query=query or {}, body=body, seconds=limit)
        async with answer:
            text = await self.connection.read(answer, limit)
        _check(answer.status, text)
        return text

    @asynccontextmanager
    async def stream(self, path: ApiPath, query: Query, accept: str) -> AsyncIterator[AsyncIterable[bytes]]:
        """Open a watch: an answer without end, line by line. The caller decides how long to wait for a line.

        Args:
            path: from the root of the server.
            query: parameters of the query.
            accept: the content type to ask for.

        Yields:
            The lines of the answer.

        Raises:
            ApiError: when the server refuses.
            aiohttp.ClientError, OSError, TimeoutError: when it cannot be reached, or not in time.
        """
        headers = {"Accept": accept}
        answer = await self._send("GET", path, headers=headers, query=query, seconds=_SECONDS, is_stream=True)
        async with answer:
            if answer.status != HTTPStatus.OK:
                _check(answer.status, await self.connection.read(answer, _SECONDS))
            yield answer.content

    async def _send(
        self,
        method: str,
        path: ApiPath,
        *,
        query: Query,
        headers: Mapping[str, str],
        seconds: float,
        body: object = None,
        is_stream: bool = False,
    ) -> aiohttp.ClientResponse:
        if not isinstance(path, ApiPath):
            # The caller has evaded the type checker: a text may lead anywhere.
            raise TypeError(f"not an ApiPath: {path!r}")
        started = self.clock.ticks()
        answer = await self.connection.send(
            method, path, query=query, headers=headers, seconds=seconds, body=body, is_stream=is_stream
        )
        if answer.ok:
            # An error may come from a proxy between us and the server.
            self.clock.hear(answer.headers.get("Date"), self.clock.ticks() - started)
        return answer


def _check(status: int, text: bytes) -> None:
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return
    try:
        answer = msgspec.json.decode(text, type=_Status)
    except msgspec.DecodeError:
        answer = _Status()
    raise ApiError(status, answer.message or f"HTTP status {status}", answer.metadata.continue_token)


def decoded(text: bytes | msgspec.Raw, type_: type[D]) -> D:
    """Decode an answer of the API server. A login page may have answered in its place.

    Args:
        text: the answer, or an object in it.
        type_: what it is decoded to.

    Returns:
        The object.

    Raises:
        ApiError: when the answer is no such object.
    """
    try:
        return msgspec.json.decode(text, type=type_)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        message = f"the API server answered what is no Kubernetes object ({error})"
        raise ApiError(HTTPStatus.OK, message) from None


@asynccontextmanager
async def connect(
    kubeconfig: str = "", context: str = "", *, as_kubectl: bool = False, clock: ServerClock | None = None
) -> AsyncIterator[Api]:
    """Open a connection to the API server; it may fail only with the first request.

    Args:
        kubeconfig: path of a kubeconfig; empty for the ServiceAccount of the pod.
        context: name of a context in it; empty for its current one.
        as_kubectl: whether an empty path means kubectl's kubeconfig first, and then the ServiceAccount.
        clock: follows the server's clock; None for a new one.

    Yields:
        The connection.

    Raises:
        AutofixError: when kubernetes_asyncio is not installed, or nothing says where the API server is.
    """
    try:
        # Imported here: it costs 400 ms and 60 MB, which a webhook that watches nothing need not pay.
        from autofix.kubeapi.connection import open_connection
    except ImportError:
        raise AutofixError(
            "asking the API server needs kubernetes_asyncio: install linkerd-autofix[cluster]"
        ) from None
    if as_kubectl and not kubeconfig:
        kubeconfig = default_kubeconfig()
    if kubeconfig and not has_file(kubeconfig):
        raise _connection_error(f"there is no file {kubeconfig}")
    async with AsyncExitStack() as stack:
        try:
            connection = await stack.enter_async_context(open_connection(kubeconfig, context))
        except AutofixError as error:
            nowhere = f"there is no kubeconfig, and this is not a pod with a ServiceAccount ({error})"
            raise _connection_error(str(error) if kubeconfig else nowhere) from None
        namespace = connection.credentials.access.login.namespace
        yield Api(connection, namespace, clock or ServerClock())


def _connection_error(why: str) -> AutofixError:
    return AutofixError(f"no way to the API server: {why}; check --kubeconfig and --context")
