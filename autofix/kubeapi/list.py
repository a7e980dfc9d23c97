"""Reads all objects of a resource from the API server, page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final, Generic, TypeVar

import msgspec
from msgspec import Raw, Struct
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from autofix.kubeapi.api_path import ApiPath, check_segment, field_selector
from autofix.kubeapi.client import JSON, METADATA_LIST, Api, ApiError, decoded

_PAGE: Final = 500


T = TypeVar("T", bound=Struct)


@dataclass(frozen=True, slots=True)
class Resource(Generic[T]):
    """A resource of the API server: what to read, or to keep up to date.

    Attributes:
        title: what to call it in logs, metrics and messages.
        path: of the collection.
        type: what an object is decoded to.
        name: of the only object to read; None for all.
        metadata_only: whether the server is to send nothing but metadata.
        labels: a label selector; empty for all.
    """

    title: str
    path: ApiPath
    type: type[T]
    name: str | None = None
    metadata_only: bool = False
    labels: str = ""

    def __post_init__(self) -> None:
        """Raise PathError at once, and not with every request."""
        if self.name is not None:
            check_segment(self.name)

    @property
    def query(self) -> dict[str, str]:
        """The selectors; a right to a named object needs a request that names it."""
        fields = {} if self.name is None else {"fieldSelector": field_selector(self.name)}
        return {**fields, "labelSelector": self.labels} if self.labels else fields


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A page of a list.

    Attributes:
        items: its objects.
        resource_version: of the list, to watch from.
        remaining: how many more objects there are, as far as the server says so.
        continue_token: of the next page; empty for the last page.
    """

    items: list[T] = field(default_factory=list)
    resource_version: str = ""
    remaining: int = 0
    continue_token: str = ""


def _may_pass(error: BaseException) -> bool:
    """Tell whether a second request may help."""
    if isinstance(error, ApiError):
        return error.status in (HTTPStatus.TOO_MANY_REQUESTS, *range(500, 600))
    return isinstance(error, Exception)


class _ListMetadata(Struct, rename="camel"):
    resource_version: str = ""
    continue_token: str = msgspec.field(name="continue", default="")
    remaining_item_count: int | None = None


class _List(Struct):
    metadata: _ListMetadata = msgspec.field(default_factory=_ListMetadata)
    items: list[Raw] | None = None


async def pages(
    api: Api, resource: Resource[T], *, consistent: bool = True, seconds: float | None = None, tries: int = 1
) -> AsyncIterator[Page[T]]:
    """Read all objects, 500 at a time.

    Args:
        api: the connection.
        resource: what to read.
        consistent: whether all pages must be of the same moment; a watch needs that. Otherwise a list that
            takes longer than the server remembers goes on with newer objects, if the server offers that. It
            has every object that exists all the time.
        seconds: how long one page may take; None for the connection's own time.
        tries: how often to ask for a page when an error may pass.

    Yields:
        Page by page.

    Raises:
        ApiError: when the server refuses, or answers what is no list of such objects.
        aiohttp.ClientError, OSError, TimeoutError: when it cannot be reached, or not in time.

    Source: Kubernetes API concepts, "Retrieving large results sets in chunks".
    """
    query = {**resource.query, "limit": str(_PAGE)}
    accept = METADATA_LIST if resource.metadata_only else JSON
    while True:
        try:
            async for attempt in AsyncRetrying(
                stop=stop_after_attempt(tries),
                wait=wait_random_exponential(0.2, 5),
                retry=retry_if_exception(_may_pass),
                reraise=True,
            ):
                with attempt:
                    text = await api.request(
                        "GET", resource.path, query=query, accept=accept, seconds=seconds
                    )
        except ApiError as error:
            if consistent or error.status != HTTPStatus.GONE or not error.continue_token:
                raise
            query["continue"] = error.continue_token
            continue
        answer = decoded(text, _List)
        yield Page(
            [decoded(raw, resource.type) for raw in answer.items or ()],
            answer.metadata.resource_version,
            answer.metadata.remaining_item_count or 0,
            answer.metadata.continue_token,
        )
        if not answer.metadata.continue_token:
            return
        query["continue"] = answer.metadata.continue_token


async def read_all(api: Api, resource: Resource[T], *, tries: int = 1) -> list[T]:
    """Read all objects at once, of a resource that has few.

    Args:
        api: the connection.
        resource: what to read.
        tries: as for ``pages``.

    Returns:
        The objects.

    Raises:
        ApiError, aiohttp.ClientError, OSError, TimeoutError: as for ``pages``.
    """
    return [item async for page in pages(api, resource, tries=tries) for item in page.items]
