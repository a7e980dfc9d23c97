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
from webhook.admission.answers import Answer, Outcome
from webhook.admission.cache import Answerer, EncodedAnswer, encode_answer, make_answerer, write_answer
from webhook.admission.codec import ObjectError, ReviewError, decode, decoding_error
from webhook.admission.request import Request
from webhook.admission.state import Provider
from webhook.server.access_log import AccessLog, request_fields
from webhook.serving.fair_queue import FairQueue, OverloadedError
from webhook.serving.http import Handler, connection_of
from webhook.serving.metrics import Metrics
from webhook.serving.refusals import Refuse

_LOG: Final = logging.getLogger("webhook")
PATH: Final = "/mutate"
_JSON: Final = "application/json"
# Digits of a Content-Length; Python refuses to read a number with thousands of digits.
_MOST_DIGITS: Final = 12
_VERSIONS: Final = frozenset({HttpVersion10, HttpVersion11})
_WORTH_A_LINE: Final = frozenset(Outcome) - {Outcome.UNCHANGED, Outcome.IGNORED, Outcome.ERROR}


@dataclass(frozen=True, slots=True)
class ReviewService:
    """The parts that the handler of reviews works with.

    Attributes:
        state: returns the newest state of the cluster.
        metrics: count the reviews.
        refuse: counts and logs a refused request.
        queue: decides who is answered first.
        max_body_bytes: size of the largest body that is read.
        access_log: takes a line for each review that is worth one.
        stopping: set when the replica is not ready any more. From then on an answer closes its connection, so
            that the API server's long-lived connections move to another replica.
        log_all: whether every review is worth a line.
        mutate_workloads: whether Namespaces and workloads are patched too.
        notify: gets every review and its answer; it returns at once.
    """

    state: Provider
    metrics: Metrics
    refuse: Refuse
    queue: FairQueue
    max_body_bytes: int
    access_log: AccessLog
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    log_all: bool = False
    mutate_workloads: bool = False
    notify: Callable[[Request, Answer], None] = lambda _request, _answer: None


class _RefusalError(Exception):
    """A request that is not a review of the API server; its connection is closed.

    Attributes:
        status: the HTTP status.
        reason: the label in metrics.
    """

    def __init__(self, status: HTTPStatus, reason: str, text: str) -> None:
        super().__init__(text)
        self.status, self.reason = status, reason


def make_handler(service: ReviewService) -> Handler:
    """Make the handler of the HTTPS port.

    Args:
        service: the parts that it works with.

    Returns:
        The handler: it answers one AdmissionReview, or refuses the request.
    """
    answerer = make_answerer(mutate_workloads=service.mutate_workloads)

    async def mutate(http: web.BaseRequest) -> web.Response:
        started = perf_counter()
        connection = connection_of(http)
        try:
            length = _length(http, service.max_body_bytes)
            connection.release(length)
            body = await _read(http.content, length)
            flow = connection.flow = connection.flow or service.queue.flow(connection.address)
            request, encoded = await service.queue.run(flow, length, lambda: _review(body, service, answerer))
        except _RefusalError as error:
            return _refuse(http, error, service)
        except ReviewError as error:
            return _refuse(http, _RefusalError(HTTPStatus.BAD_REQUEST, "review", str(error)), service)
        except OverloadedError:
            busy = _RefusalError(HTTPStatus.SERVICE_UNAVAILABLE, "overload", "too many reviews wait")
            return _refuse(http, busy, service)
        answer = write_answer(request, encoded)
        connection.finish_answer(len(answer))
        response = web.Response(body=answer, content_type=_JSON)
        if service.stopping.is_set():
            response.force_close()
        _report(request, encoded, service, perf_counter() - started)
        return response

    return mutate


def _length(http: web.BaseRequest, limit: int) -> int:
    """Return the length of a request's body in bytes.

    Raises:
        _RefusalError: when the API server would not send such a request.
    """
    if http.version not in _VERSIONS:
        # aiohttp accepts any version of two digits, and answers with the same version.
        raise _RefusalError(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED, "http", "speak HTTP/1.1")
    if http.raw_path.partition("?")[0] != PATH:
        raise _RefusalError(HTTPStatus.NOT_FOUND, "path", f"there is only {PATH} here")
    if http.method != "POST":
        raise _RefusalError(HTTPStatus.METHOD_NOT_ALLOWED, "method", f"POST to {PATH}")
    headers = http.headers
    # aiohttp has checked that there is one Content-Length, and that it is a number.
    length = headers.get("Content-Length")
    if length is None or "Transfer-Encoding" in headers:
        raise _RefusalError(HTTPStatus.LENGTH_REQUIRED, "length", "send a Content-Length, and no chunks")
    if "Content-Encoding" in headers:
        raise _RefusalError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "encoding", "send the body uncompressed")
    # Python's own parser needs a third of a second for a header that a caller made for that purpose.
    media_type = headers.get("Content-Type", "").partition(";")[0].strip()
    if media_type.lower() != _JSON:
        text = f"Content-Type must be application/json, not {media_type}"
        raise _RefusalError(HTTPStatus.BAD_REQUEST, "media_type", text)
    if len(length) > _MOST_DIGITS or int(length) > limit:
        text = f"the body is larger than {limit} bytes"
        raise _RefusalError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "size", text)
    return int(length)


async def _read(content: StreamReader, length: int) -> bytes:
    """Read a body as ``http.read`` does, but do not copy a body that came in one piece.

    Raises:
        ConnectionResetError: when the caller goes away in the middle; then nobody reads an answer.
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


def _refuse(http: web.BaseRequest, error: _RefusalError, service: ReviewService) -> web.Response:
    connection = connection_of(http)
    connection.shut()
    text = names.one_line(str(error))
    service.refuse(connection.address, error.reason, text)
    headers = {"Allow": "POST"} if error.status is HTTPStatus.METHOD_NOT_ALLOWED else None
    response = web.Response(status=error.status, text=f"{text}\n", headers=headers)
    response.force_close()
    return response


def _review(body: bytes, service: ReviewService, answerer: Answerer) -> tuple[Request, EncodedAnswer]:
    """Answer a review. After any error the object passes unchanged: a bug of ours must not stop a pod."""
    try:
        request = decode(body)
    except ObjectError as error:
        return _pass_undecoded(error)
    except ReviewError:
        raise
    except Exception as error:
        _LOG.exception("cannot decode a review after an internal error")
        internal = decoding_error(body, "internal error")
        if isinstance(internal, ObjectError):
            return _pass_undecoded(internal)
        raise internal from error
    try:
        return request, answerer(request, service.state())
    except Exception:  # noqa: BLE001  # this place must catch all; the log, the metrics and a warning say it
        _LOG.exception("left an object unchanged after an internal error", extra=request_fields(request))
        text = f"internal error, left unchanged; uid {names.uid(request.uid)}"
        return request, _pass(Outcome.ERROR, text)


def _pass_undecoded(error: ObjectError) -> tuple[Request, EncodedAnswer]:
    request = error.request
    if error.is_oversized:
        return request, _pass(Outcome.OVERSIZED, f"left unchanged: {error}")
    text = f"the object cannot be decoded: {error}"
    _LOG.warning(
        "let an object pass unseen", extra={"uid": names.uid(request.uid), "reason": names.one_line(text)}
    )
    return request, _pass(Outcome.ERROR, f"left unchanged: {text}")


def _pass(outcome: Outcome, warning: str) -> EncodedAnswer:
    return encode_answer(Answer(outcome, warnings=(names.one_line(warning),)))


def _report(request: Request, encoded: EncodedAnswer, service: ReviewService, seconds: float) -> None:
    """Count, log and pass on a review that is answered; none of this can change the answer."""
    answer = encoded.answer
    try:
        service.metrics.observe(request.kind, request.operation, answer.outcome, answer.codes, seconds)
        is_worth_a_line = service.log_all or answer.outcome in _WORTH_A_LINE
        level = logging.INFO if is_worth_a_line else logging.DEBUG
        if _LOG.isEnabledFor(level):
            service.access_log.add(logging.getLevelName(level), request, answer, seconds)
        service.notify(request, answer)
    except Exception:  # noqa: BLE001  # the review is answered; a bug of ours after that is logged
        _LOG.exception("cannot report a review", extra={"uid": names.uid(request.uid)})
