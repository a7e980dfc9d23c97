"""Following one resource of the API server: list, watch, and begin again after whatever happens."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Final, Generic, TypeVar

import msgspec
from msgspec import Raw, Struct
from tenacity import AsyncRetrying, RetryCallState, wait_random_exponential

from autofix.kubeapi.client import JSON, METADATA, Api, ApiError
from autofix.kubeapi.list import Object, Resource, pages

_LOG: Final = logging.getLogger("webhook")
# The server ends a watch after this time, so that none is half open for longer; client-go does the same.
_WATCH_SECONDS: Final = (240, 300)
# Bookmarks come every minute: a connection that is open and silent for longer tells nothing.
_SILENCE_SECONDS: Final = 90.0
# A watch that lived this long was a success, and what ended it deserves a new first try.
_GOOD_SECONDS: Final = 5.0
_FIRST_DELAY, _LONGEST_DELAY = 0.2, 5.0

NOT_READ_YET: Final = "not read yet"

T = TypeVar("T", bound=Object)
V = TypeVar("V")


class _SilenceError(Exception):
    """A watch is open, and nothing comes."""

    def __init__(self) -> None:
        super().__init__(f"open, but nothing has been heard for {_SILENCE_SECONDS:g} seconds")


class _Event(Struct):
    type: str
    object: Raw


class _Failure(Struct):
    code: int = 0
    message: str = ""


@dataclass(slots=True)
class Copy(Generic[T, V]):
    """A copy of a resource in memory, kept up to date by ``follow``.

    Attributes:
        resource: what it is a copy of.
        keep: reduces an object to what is kept of it; None for nothing.
        objects: what is kept of each object, by its name (namespace/name where it has one). The same mapping
            for ever: a reader sees changes as they come.
        seen: called at every sign of life: a complete list, an event, a bookmark. That a watch can be opened
            is none.
        changed: called after every change.
        problem: why it may be out of date; empty when it is not.
        position: the resource version to go on from; empty to begin with a list.
        heard: how many signs of life there were.
        last: when the last one was, in seconds of the monotonic clock.
        listed: when it was last listed as a whole.
        is_silent: whether watches can be opened, and nothing has come of them for long. It is listed again
            and again then, and that is no sign that they work.
    """

    resource: Resource[T]
    keep: Callable[[T], V | None]
    objects: dict[str, V] = field(default_factory=dict)
    seen: Callable[[], None] = lambda: None
    changed: Callable[[], None] = lambda: None
    problem: str = NOT_READ_YET
    position: str = ""
    heard: int = 0
    last: float = field(default_factory=monotonic)
    listed: float = 0.0
    is_silent: bool = False

    @property
    def is_known(self) -> bool:
        """Whether it holds what the server has, or had not long ago."""
        return self.is_silent or not self.problem


async def follow(api: Api, copy: Copy[T, V]) -> None:
    """Keep a copy of a resource up to date, until cancelled.

    Args:
        api: the connection.
        copy: the copy.
    """

    def failed(state: RetryCallState) -> None:
        error = state.outcome and state.outcome.exception()
        problem = str(error) or type(error).__name__
        if problem != copy.problem:
            _LOG.warning("cannot watch", extra={"resource": copy.resource.title, "reason": problem})
        copy.problem = problem

    while True:
        async for attempt in AsyncRetrying(
            wait=wait_random_exponential(_FIRST_DELAY, _LONGEST_DELAY),
            before_sleep=failed,
        ):
            with attempt:
                await _until_broken(api, copy)


async def _until_broken(api: Api, copy: Copy[T, V]) -> None:
    """List and watch until that fails; return when it went well for a while, and raise when it did not."""
    started, heard = monotonic(), copy.heard
    try:
        if not copy.position:
            await _list(api, copy)
        while True:
            await _watch(api, copy)
            # A server that ends every watch at once is not asked as fast as it answers.
            await asyncio.sleep(_FIRST_DELAY)
    except Exception as error:
        is_old = copy.is_silent and monotonic() - copy.listed > _SILENCE_SECONDS
        if isinstance(error, ApiError) or is_old:
            # Too old (410), or from before a restore of the server's storage: begin with a new list.
            copy.position = ""
        # A server that is silent until the time is over was never good.
        if copy.is_silent or copy.heard == heard or monotonic() - started < _GOOD_SECONDS:
            raise


async def _list(api: Api, copy: Copy[T, V]) -> None:
    """Read all objects, page by page."""
    found, position = dict[str, V](), ""
    async for page in pages(api, copy.resource):
        for obj in page.items:
            kept = copy.keep(obj)
            if kept is not None:
                found[_key(obj)] = kept
        position = page.resource_version
    copy.objects.clear()
    copy.objects.update(found)
    copy.position, copy.listed = position, monotonic()
    if not copy.is_silent:
        _seen(copy)
    copy.changed()


async def _watch(api: Api, copy: Copy[T, V]) -> None:
    """Take in changes until the server ends the watch."""
    resource = copy.resource
    query = {
        **resource.query,
        "watch": "true",
        "allowWatchBookmarks": "true",
        "resourceVersion": copy.position,
        "timeoutSeconds": str(random.randint(*_WATCH_SECONDS)),  # noqa: S311  # no secret
    }
    accept = METADATA if resource.metadata_only else JSON
    async with api.stream(resource.path, query, accept) as lines:
        if not copy.is_silent:
            _well(copy)
        coming = aiter(lines)
        try:
            while (line := await _next(coming)) is not None:
                _hear(copy, line)
        except TimeoutError:
            copy.is_silent = True
        finally:
            # However it ended, and however often it is opened.
            copy.is_silent |= monotonic() - copy.last > _SILENCE_SECONDS
    if copy.is_silent:
        raise _SilenceError


async def _next(lines: AsyncIterator[bytes]) -> bytes | None:
    """Return the next line, None at the end; raise TimeoutError when no whole line comes for too long."""
    async with asyncio.timeout(_SILENCE_SECONDS):
        return await anext(lines, None)


def _hear(copy: Copy[T, V], line: bytes) -> None:
    """Take in one line of a watch."""
    event = msgspec.json.decode(line, type=_Event)
    if event.type == "ERROR":
        failure = msgspec.json.decode(event.object, type=_Failure)
        raise ApiError(failure.code, failure.message)
    obj = msgspec.json.decode(event.object, type=copy.resource.type)
    if event.type != "BOOKMARK":
        _take_in(copy, _key(obj), None if event.type == "DELETED" else copy.keep(obj))
    copy.position = obj.metadata.resource_version
    _seen(copy)


def _take_in(copy: Copy[T, V], key: str, kept: V | None) -> None:
    if kept is None:
        if copy.objects.pop(key, None) is None:
            return
    else:
        copy.objects[key] = kept
    copy.changed()


def _seen(copy: Copy[T, V]) -> None:
    """Note a sign of life."""
    _well(copy)
    copy.heard += 1
    copy.last, copy.is_silent = monotonic(), False
    copy.seen()


def _well(copy: Copy[T, V]) -> None:
    if copy.problem:
        _LOG.info("watching", extra={"resource": copy.resource.title, "objects": len(copy.objects)})
    copy.problem = ""


def _key(obj: Object) -> str:
    return "/".join(filter(None, (obj.metadata.namespace, obj.metadata.name)))
