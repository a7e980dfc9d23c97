"""The aiohttp server that the API server calls: ``POST /mutate``."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from time import perf_counter
from typing import Final

from aiohttp import HttpVersion10, HttpVersion11, StreamReader, web

from webhook.admission import names
from webhook.admission.cache import Answering, Prepared, prepare, remembering
from webhook.admission.codec import ObjectError, Request, ReviewError, decode, undecodable
from webhook.admission.handler import Answer, Outcome
from webhook.admission.response import addressed
from webhook.admission.state import Provider
from webhook.serving.access_log import Journal, fields_of
from webhook.serving.fair_queue import FairQueue, OverloadedError
from webhook.serving.http import Handler, connection_of
from webhook.serving.metrics import Metrics
from webhook.serving.refusals import Refuse

_LOG: Final = logging.getLogger("webhook")
PATH: Final = "/mutate"
_JSON: Final = "application/json"
# Of a length; Python refuses to read thousands of them.
_MOST_DIGITS: Final = 12
_VERSIONS: Final = frozenset({HttpVersion10, HttpVersion11})
_WORTH_A_LINE: Final = frozenset({Outcome.FIXED, Outcome.WITHHELD, Outcome.WARNED, Outcome.OVERSIZED})


@dataclass(frozen=True, slots=True)
class Service:
    """What the handler works with.

    Attributes:
        state: gives the cluster's newest state.
        metrics: where reviews are counted.
        refuse: counts and logs what is turned away.
        queue: who is answered first.
        max_body_bytes: the largest body that is read.
        journal: where a line is written of reviews that are worth one.
        stopping: set once the replica is not ready any more; answers then close their connection, so that
            the API server's long-lived ones move to another replica.
        access_log: whether all reviews are worth a line.
        mutate_workloads: whether Namespaces and workloads are patched too.
        notify: told of every review; it returns at once.
    """

    state: Provider
    metrics: Metrics
    refuse: Refuse
    queue: FairQueue
    max_body_bytes: int
    journal: Journal
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    access_log: bool = False
    mutate_workloads: bool = False
    notify: Callable[[Request, Answer], None] = lambda _request, _answer: None


class _RefusalError(Exception):
    """A request that is not answered; its connection is closed.

    Attributes:
        status: the HTTP status.
        reason: for metrics.
    """

    def __init__(self, status: HTTPStatus, reason: str, text: str) -> None:
        super().__init__(text)
        self.status, self.reason = status, reason


def make_handler(service: Service) -> Handler:
    """Make what answers a request of the HTTPS port.

    Args:
        service: what it works with.
    """
    answering = remembering(mutate_workloads=service.mutate_workloads)

    async def mutate(http: web.BaseRequest) -> web.Response:
        started = perf_counter()
        connection = connection_of(http)
        try:
            length = _length(http, service.max_body_bytes)
            connection.release(length)
            body = await _read(http.content, length)
            flow = connection.flow = connection.flow or service.queue.flow(connection.address)
            request, prepared = await service.queue.run(
                flow, length, lambda: _review(body, service, answering)
            )
        except _RefusalError as error:
            return _refused(http, error, service)
        except ReviewError as error:
            return _refused(http, _RefusalError(HTTPStatus.BAD_REQUEST, "review", str(error)), service)
        except OverloadedError:
            busy = _RefusalError(HTTPStatus.SERVICE_UNAVAILABLE, "overload", "too many reviews wait")
            return _refused(http, busy, service)
        answer = addressed(request.uid, prepared.rest)
        connection.answered(len(answer))
        response = web.Response(body=answer, content_type=_JSON)
        if service.stopping.is_set():
            response.force_close()
        _report(request, prepared, service, perf_counter() - started)
        return response

    return mutate


def _length(http: web.BaseRequest, limit: int) -> int:
    """Return the length of a request's body in bytes.

    Raises:
        _RefusalError: when it is no request that the API server would send.
    """
    if http.version not in _VERSIONS:
        # aiohttp takes any version that has two digits, and answers in it.
        raise _RefusalError(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED, "http", "speak HTTP/1.1")
    if http.raw_path.partition("?")[0] != PATH:
        raise _RefusalError(HTTPStatus.NOT_FOUND, "path", f"there is only {PATH} here")
    if http.method != "POST":
        raise _RefusalError(HTTPStatus.METHOD_NOT_ALLOWED, "method", f"POST to {PATH}")
    headers = http.headers
    # aiohttp has made sure that a length is a number, and that it is the only one.
    length = headers.get("Content-Length")
    if length is None or "Transfer-Encoding" in headers:
        raise _RefusalError(HTTPStatus.LENGTH_REQUIRED, "length", "send a Content-Length, and no chunks")
    if "Content-Encoding" in headers:
        raise _RefusalError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "encoding", "send the body uncompressed")
    # Python's own parser of this header takes a third of a second for what a caller can write into it.
    media_type = headers.get("Content-Type", "").partition(";")[0].strip()
    if media_type.lower() != _JSON:
        text = f"Content-Type must be application/json, not {media_type}"
        raise _RefusalError(HTTPStatus.BAD_REQUEST, "media_type", text)
    if len(length) > _MOST_DIGITS or int(length) > limit:
        text = f"the body is larger than {limit} bytes"
        raise _RefusalError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "size", text)
    return int(length)


async def _read(content: StreamReader, length: int) -> bytes:
    """Read a body as ``http.read`` does, without copying what came in one piece.

    Raises:
        ConnectionResetError: when the caller goes away in the middle; nobody reads an answer.
    """
    pieces, size = [], 0
    while size < length:
        try:
            piece = await content.readany()
        except (ConnectionError, web.RequestPayloadError):
            piece = b""
        if not piece:
            raise ConnectionResetError("the body ended early")
        pieces.append(piece)
        size += len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _refused(http: web.BaseRequest, error: _RefusalError, service: Service) -> web.Response:
    connection = connection_of(http)
    connection.shut()
    service.refuse(connection.address, error.reason, str(error))
    headers = {"Allow": "POST"} if error.status is HTTPStatus.METHOD_NOT_ALLOWED else None
    response = web.Response(status=error.status, text=f"{names.one_line(str(error))}\n", headers=headers)
    response.force_close()
    return response


def _review(body: bytes, service: Service, answering: Answering) -> tuple[Request, Prepared]:
    """Answer, and let the object pass unchanged whatever goes wrong: a defect of ours must not stop a pod."""
    try:
        request = decode(body)
    except ObjectError as error:
        return _passed_unseen(error)
    except ReviewError:
        raise
    except Exception as error:
        _LOG.exception("cannot decode a review after an internal error")
        unknown = undecodable(body, "internal error")
        if isinstance(unknown, ObjectError):
            return _passed_unseen(unknown)
        raise unknown from error
    try:
        return request, answering(request, service.state())
    except Exception:  # noqa: BLE001  # the one place that must catch all; it is logged, counted and warned of
        _LOG.exception("left an object unchanged after an internal error", extra=fields_of(request))
        text = f"linkerd-autofix: internal error, left unchanged; uid {names.uid(request.uid)}"
        return request, _passed(Outcome.ERROR, text)


def _passed_unseen(error: ObjectError) -> tuple[Request, Prepared]:
    request = Request(error.uid)
    if error.is_oversized:
        return request, _passed(Outcome.OVERSIZED, f"linkerd-autofix: left unchanged: {error}")
    text = f"the object cannot be decoded: {error}"
    _LOG.warning(
        "let an object pass unseen", extra={"uid": names.uid(error.uid), "reason": names.one_line(text)}
    )
    return request, _passed(Outcome.ERROR, f"linkerd-autofix: {text}; left unchanged")


def _passed(outcome: Outcome, warning: str) -> Prepared:
    return prepare(Answer(outcome, warnings=(names.one_line(warning),)))


def _report(request: Request, prepared: Prepared, service: Service, seconds: float) -> None:
    """Count, log and pass on a review that is answered; nothing of that can change the answer."""
    answer = prepared.answer
    try:
        service.metrics.observe(request.kind, request.operation, answer.outcome, answer.codes, seconds)
        is_worth_a_line = service.access_log or answer.outcome in _WORTH_A_LINE
        level = logging.INFO if is_worth_a_line else logging.DEBUG
        if _LOG.isEnabledFor(level):
            service.journal.review(logging.getLevelName(level), request, prepared.logged, seconds)
        service.notify(request, answer)
    except Exception:  # noqa: BLE001  # the review is answered; a defect of ours behind it is said
        _LOG.exception("cannot report a review", extra={"uid": names.uid(request.uid)})
