"""The aiohttp application that the API server calls: ``POST /mutate``."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Final

from aiohttp import web

from webhook.drain import Drain
from webhook.handler import Answer, Outcome, answer, one_line
from webhook.metrics import Metrics
from webhook.review import ObjectError, Request, ReviewError, decode, encode
from webhook.state import Provider

_LOG: Final = logging.getLogger("webhook")
_WORTH_A_LINE: Final = frozenset({Outcome.FIXED, Outcome.WITHHELD, Outcome.WARNED})


@dataclass(frozen=True, slots=True)
class Service:
    """What the handler works with.

    Attributes:
        state: gives the cluster's newest state.
        metrics: where reviews are counted.
        max_body_bytes: the largest body that is read.
        drain: counts the reviews in flight.
        mutate_workloads: whether Namespaces and workloads are patched too.
        notify: told of every review; it returns at once.
    """

    state: Provider
    metrics: Metrics
    max_body_bytes: int
    drain: Drain
    mutate_workloads: bool = False
    notify: Callable[[Request, Answer], None] = lambda _request, _answer: None


SERVICE: Final = web.AppKey("service", Service)


def make_app(service: Service) -> web.Application:
    """Make the application.

    Args:
        service: what its handler works with.
    """
    app = web.Application(client_max_size=service.max_body_bytes)
    app[SERVICE] = service
    app.router.add_post("/mutate", _mutate)
    return app


async def _mutate(http: web.Request) -> web.Response:
    service = http.app[SERVICE]
    with service.drain.review():
        response = await _respond(http, service)
    if service.drain.stopping.is_set():
        response.force_close()
    return response


async def _respond(http: web.Request, service: Service) -> web.Response:
    started = perf_counter()
    try:
        request, found, body = _review(await _body(http, service.max_body_bytes), service)
    except ReviewError as error:
        return _refused(400, str(error), service, started)
    except web.HTTPRequestEntityTooLarge:
        return _refused(413, f"the body is larger than {service.max_body_bytes} bytes", service, started)
    seconds = perf_counter() - started
    service.metrics.observe(request.kind, request.operation, found.outcome, found.codes, seconds)
    _log(request, found)
    service.notify(request, found)
    return web.Response(body=body, content_type="application/json")


async def _body(http: web.Request, limit: int) -> bytes:
    if http.content_type != "application/json":
        raise ReviewError(f"Content-Type must be application/json, not {http.content_type}")
    if (http.content_length or 0) > limit:
        raise web.HTTPRequestEntityTooLarge(limit, http.content_length or 0)
    try:
        return await http.read()
    except (ConnectionError, web.RequestPayloadError):
        # The caller went away in the middle of its body; nobody reads this answer.
        raise ReviewError("the body ended early") from None


def _refused(status: int, why: str, service: Service, started: float) -> web.Response:
    service.metrics.observe("", "", f"refused_{status}", (), perf_counter() - started)
    _LOG.warning("refused a request", extra={"status": status, "reason": why})
    return web.Response(status=status, text=f"{why}\n")


def _review(body: bytes, service: Service) -> tuple[Request, Answer, bytes]:
    """Answer, and let the object pass unchanged whatever goes wrong: a defect of ours must not stop a pod."""
    try:
        request = decode(body)
    except ObjectError as error:
        _LOG.warning("let an object pass unseen", extra={"uid": error.uid, "reason": str(error)})
        return _passed(Request(error.uid), f"linkerd-autofix: {error}; left unchanged")
    try:
        found = answer(request, service.state(), mutate_workloads=service.mutate_workloads)
        return request, found, _encoded(request, found)
    except Exception:  # noqa: BLE001  # the one place that must catch all; it is logged, counted and warned of
        _LOG.exception("left an object unchanged after an internal error", extra=_fields(request))
        return _passed(request, f"linkerd-autofix: internal error, left unchanged; uid {request.uid}")


def _passed(request: Request, warning: str) -> tuple[Request, Answer, bytes]:
    found = Answer(Outcome.ERROR, warnings=(one_line(warning),))
    return request, found, _encoded(request, found)


def _encoded(request: Request, found: Answer) -> bytes:
    return encode(request.uid, patch=found.patch, warnings=found.warnings, audit=found.audit)


def _log(request: Request, found: Answer) -> None:
    level = logging.INFO if found.outcome in _WORTH_A_LINE else logging.DEBUG
    if _LOG.isEnabledFor(level):
        fields = {"outcome": found.outcome, "codes": list(found.codes), "warnings": list(found.warnings)}
        _LOG.log(level, "reviewed", extra=_fields(request) | fields)


def _fields(request: Request) -> dict[str, object]:
    owner = request.owner
    return {
        "uid": request.uid,
        "kind": request.kind,
        "operation": request.operation,
        "namespace": request.namespace,
        # logging keeps "name" for the logger.
        "object_name": request.name,
        # A controller's pod gets its name only when it is stored.
        "owner": f"{owner.kind}/{owner.name}" if owner else "",
        "dry_run": request.dry_run,
    }
