"""An informer keeps a copy of a resource of the API server up to date, by list and watch."""

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
from autofix.kubeapi.list import Resource, pages
from autofix.kubeapi.types import Object

_LOG: Final = logging.getLogger("autofix")
# The server ends a watch after this time, so that no watch is half open for longer. client-go does the same.
_WATCH_SECONDS: Final = (240, 300)
# Bookmarks come every minute: a connection that is silent for longer is of no use.
_SILENCE_SECONDS: Final = 90.0
# A watch that lived this long was a success: the next try comes without delay.
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
class Informer(Generic[T, V]):
    """A copy of a resource in memory; ``run_informer`` keeps it up to date.

    Attributes:
        resource: the resource.
        keep: reduces an object to what is kept of it; None for nothing.
        objects: what is kept of each object, by its name (namespace/name where it has a Namespace). It is the
            same mapping all the time: a reader sees changes as they come.
        on_contact: called at every sign of life: a complete list, an event, a bookmark. That a watch can be
            opened is no sign of life.
        on_change: called after every change.
        problem: why it may be out of date; empty when it is not.
        position: the resource version to go on from; empty to begin with a list.
        contacts: how many signs of life there were.
        last_contact: when the last sign of life was, in seconds of the monotonic clock.
        listed: when it was last listed as a whole, in seconds of the monotonic clock.
        is_silent: whether watches can be opened, but nothing has come over them for long. The informer then
            lists again and again, and a list is no sign that watches work.
    """

    resource: Resource[T]
    keep: Callable[[T], V | None]
    objects: dict[str, V] = field(default_factory=dict)
    on_contact: Callable[[], None] = lambda: None
    on_change: Callable[[], None] = lambda: None
    problem: str = NOT_READ_YET
    position: str = ""
    contacts: int = 0
    last_contact: float = field(default_factory=monotonic)
    listed: float = 0.0
    is_silent: bool = False

    @property
    def is_known(self) -> bool:
        """Whether it holds what the server has, or had not long ago."""
        return self.is_silent or not self.problem


async def run_informer(api: Api, informer: Informer[T, V]) -> None:
    """Keep an informer up to date, until cancelled.

    Args:
        api: the connection.
        informer: the informer.
    """

    def failed(state: RetryCallState) -> None:
        error = state.outcome and state.outcome.exception()
        problem = str(error) or type(error).__name__
        if problem != informer.problem:
            _LOG.warning("cannot watch", extra={"resource": informer.resource.title, "reason": problem})
        informer.problem = problem

    while True:
        async for attempt in AsyncRetrying(
            wait=wait_random_exponential(_FIRST_DELAY, _LONGEST_DELAY),
            before_sleep=failed,
        ):
            with attempt:
                await _until_broken(api, informer)


async def _until_broken(api: Api, informer: Informer[T, V]) -> None:
    """List and watch until that fails; return when it went well for a while, and raise otherwise."""
    started, contacts = monotonic(), informer.contacts
    try:
        if not informer.position:
            await _list(api, informer)
        while True:
            await _watch(api, informer)
            # A server may end every watch at once. It must not be asked as fast as it answers.
            await asyncio.sleep(_FIRST_DELAY)
    except Exception as error:
        is_old = informer.is_silent and monotonic() - informer.listed > _SILENCE_SECONDS
        if isinstance(error, ApiError) or is_old:
            # The position is too old (410), or from before a restore of the server's storage: list again.
            informer.position = ""
        # A watch that was silent all the time was no success.
        if informer.is_silent or informer.contacts == contacts or monotonic() - started < _GOOD_SECONDS:
            raise


async def _list(api: Api, informer: Informer[T, V]) -> None:
    """Read all objects, page by page."""
    objects, position = dict[str, V](), ""
    async for page in pages(api, informer.resource):
        for obj in page.items:
            kept = informer.keep(obj)
            if kept is not None:
                objects[_key(obj)] = kept
        position = page.resource_version
    informer.objects.clear()
    informer.objects.update(objects)
    informer.position, informer.listed = position, monotonic()
    if not informer.is_silent:
        _note_contact(informer)
    informer.on_change()


async def _watch(api: Api, informer: Informer[T, V]) -> None:
    """Follow changes until the server ends the watch."""
    resource = informer.resource
    query = {
        **resource.query,
        "watch": "true",
        "allowWatchBookmarks": "true",
        "resourceVersion": informer.position,
        "timeoutSeconds": str(random.randint(*_WATCH_SECONDS)),  # noqa: S311  # no secret
    }
    accept = METADATA if resource.metadata_only else JSON
    async with api.stream(resource.path, query, accept) as lines:
        if not informer.is_silent:
            _note_recovery(informer)
        coming = aiter(lines)
        try:
            while (line := await _next(coming)) is not None:
                _handle_line(informer, line)
        except TimeoutError:
            informer.is_silent = True
        finally:
            # It does not matter how the watch ended, or how often it is opened.
            informer.is_silent |= monotonic() - informer.last_contact > _SILENCE_SECONDS
    if informer.is_silent:
        raise _SilenceError


async def _next(lines: AsyncIterator[bytes]) -> bytes | None:
    """Return the next line, None at the end; raise TimeoutError when no whole line comes for too long."""
    async with asyncio.timeout(_SILENCE_SECONDS):
        return await anext(lines, None)


def _handle_line(informer: Informer[T, V], line: bytes) -> None:
    """Handle a line of a watch."""
    event = msgspec.json.decode(line, type=_Event)
    if event.type == "ERROR":
        failure = msgspec.json.decode(event.object, type=_Failure)
        raise ApiError(failure.code, failure.message)
    obj = msgspec.json.decode(event.object, type=informer.resource.type)
    if event.type != "BOOKMARK":
        _store(informer, _key(obj), None if event.type == "DELETED" else informer.keep(obj))
    informer.position = obj.metadata.resource_version
    _note_contact(informer)


def _store(informer: Informer[T, V], key: str, kept: V | None) -> None:
    if kept is None:
        if informer.objects.pop(key, None) is None:
            return
    else:
        informer.objects[key] = kept
    informer.on_change()


def _note_contact(informer: Informer[T, V]) -> None:
    """Note a sign of life."""
    _note_recovery(informer)
    informer.contacts += 1
    informer.last_contact, informer.is_silent = monotonic(), False
    informer.on_contact()


def _note_recovery(informer: Informer[T, V]) -> None:
    if informer.problem:
        _LOG.info("watching", extra={"resource": informer.resource.title, "objects": len(informer.objects)})
    informer.problem = ""


def _key(obj: Object) -> str:
    return "/".join(filter(None, (obj.metadata.namespace, obj.metadata.name)))
