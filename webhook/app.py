"""The aiohttp server that the API server calls: ``POST /mutate``."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Final

from aiohttp import StreamReader, web

from webhook.drain import Drain
from webhook.handler import Answer, Outcome, one_line
from webhook.journal import Journal, fields_of
from webhook.metrics import Metrics
from webhook.remembered import Answering, Prepared, prepare, remembering
from webhook.review import ObjectError, Request, ReviewError, addressed, decode
from webhook.state import Provider

_LOG: Final = logging.getLogger("webhook")
PATH: Final = "/mutate"
_JSON: Final = "application/json"
_WORTH_A_LINE: Final = frozenset({Outcome.FIXED, Outcome.WITHHELD, Outcome.WARNED, Outcome.OVERSIZED})


@dataclass(frozen=True, slots=True)
class Service:
    """What the handler works with.

    Attributes:
        state: gives the cluster's newest state.
        metrics: where reviews are counted.
        max_body_bytes: the largest body that is read.
        drain: counts the reviews in flight.
        journal: where a line is written of reviews that are worth one.
        access_log: whether all of them are.
        mutate_workloads: whether Namespaces and workloads are patched too.
        notify: told of every review; it returns at once.
    """

    state: Provider
    metrics: Metrics
    max_body_bytes: int
    drain: Drain
    journal: Journal
    access_log: bool = False
    mutate_workloads: bool = False
    notify: Callable[[Request, Answer], None] = lambda _request, _answer: None


def make_app(service: Service) -> web.Server:
    """Make the server's handler.

    Without a router and an application, which one path does not need and every review would pay for.

    Args:
        service: what it works with.
    """
    answering = remembering(mutate_workloads=service.mutate_workloads)

    async def mutate(http: web.BaseRequest) -> web.Response:
        if http.raw_path.partition("?")[0] != PATH:
            raise web.HTTPNotFound
        if http.method != "POST":
            raise web.HTTPMethodNotAllowed(http.method, ["POST"])
        service.drain.enter()
        try:
            response = await _respond(http, service, answering)
        finally:
            service.drain.leave()
        if service.drain.stopping.is_set():
            response.force_close()
        return response

    return web.Server(mutate, access_log=None)


async def _respond(http: web.BaseRequest, service: Service, answering: Answering) -> web.Response:
    started = perf_counter()
    try:
        request, found = _review(await _body(http, service.max_body_bytes), service, answering)
    except ReviewError as error:
        return _refused(400, str(error), service, started)
    except web.HTTPRequestEntityTooLarge:
        return _refused(413, f"the body is larger than {service.max_body_bytes} bytes", service, started)
    body = addressed(request.uid, found.rest)
    seconds, reached = perf_counter() - started, found.answer
    service.metrics.observe(request.kind, request.operation, reached.outcome, reached.codes, seconds)
    if service.access_log or reached.outcome in _WORTH_A_LINE:
        if _LOG.isEnabledFor(logging.INFO):
            service.journal.review("INFO", request, found.logged, seconds)
    elif _LOG.isEnabledFor(logging.DEBUG):
        service.journal.review("DEBUG", request, found.logged, seconds)
    service.notify(request, reached)
    return web.Response(body=body, content_type=_JSON)


async def _body(http: web.BaseRequest, limit: int) -> bytes:
    # What the API server writes; parsing a header costs more than reading a body.
    if http.headers.get("Content-Type") != _JSON and http.content_type != _JSON:
        raise ReviewError(f"Content-Type must be application/json, not {http.content_type}")
    if (http.content_length or 0) > limit:
        raise web.HTTPRequestEntityTooLarge(limit, http.content_length or 0)
    try:
        return await _read(http.content, limit)
    except (ConnectionError, web.RequestPayloadError):
        # The caller went away in the middle of its body; nobody reads this answer.
        raise ReviewError("the body ended early") from None


async def _read(content: StreamReader, limit: int) -> bytes:
    """Read as ``http.read`` does, without copying what came in one piece."""
    piece = await content.readany()
    if content.at_eof():
        return piece
    pieces, size = [], 0
    while piece:
        pieces.append(piece)
        size += len(piece)
        if size > limit:
            raise web.HTTPRequestEntityTooLarge(limit, size)
        piece = await content.readany()
    return b"".join(pieces)


def _refused(status: int, why: str, service: Service, started: float) -> web.Response:
    service.metrics.observe("", "", f"refused_{status}", (), perf_counter() - started)
    _LOG.warning("refused a request", extra={"status": status, "reason": why})
    return web.Response(status=status, text=f"{why}\n")


def _review(body: bytes, service: Service, answering: Answering) -> tuple[Request, Prepared]:
    """Answer, and let the object pass unchanged whatever goes wrong: a defect of ours must not stop a pod."""
    try:
        request = decode(body)
    except ObjectError as error:
        _LOG.warning("let an object pass unseen", extra={"uid": error.uid, "reason": str(error)})
        return _passed(Request(error.uid), f"linkerd-autofix: {error}; left unchanged")
    try:
        return request, answering(request, service.state())
    except Exception:  # noqa: BLE001  # the one place that must catch all; it is logged, counted and warned of
        _LOG.exception("left an object unchanged after an internal error", extra=fields_of(request))
        return _passed(request, f"linkerd-autofix: internal error, left unchanged; uid {request.uid}")


def _passed(request: Request, warning: str) -> tuple[Request, Prepared]:
    return request, prepare(Answer(Outcome.ERROR, warnings=(one_line(warning),)))
