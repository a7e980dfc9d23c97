"""Probes and metrics of several processes, on one admin port."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from aiohttp import ClientError, ClientSession, ClientTimeout, web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Metric, generate_latest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

# A kubelet waits a second.
_TIMEOUT: Final = ClientTimeout(total=0.9)
_PORTS: Final = web.AppKey("ports", Sequence[int])
_SESSION: Final = web.AppKey("session", ClientSession)


@dataclass(frozen=True, slots=True)
class _Said:
    status: int
    text: str


def make_joint_admin(ports: Sequence[int]) -> web.Application:
    """Make the application.

    Args:
        ports: the admin ports of the processes, on loopback.
    """
    app = web.Application()
    app[_PORTS] = ports
    app.cleanup_ctx.append(_session)
    for path in ("/livez", "/readyz"):
        app.router.add_get(path, _worst)
    app.router.add_get("/metrics", _metrics)
    return app


async def _session(app: web.Application) -> AsyncIterator[None]:
    async with ClientSession(timeout=_TIMEOUT) as session:
        app[_SESSION] = session
        yield


async def _worst(http: web.Request) -> web.Response:
    """Show what the process says that is worst off: nobody can choose which one a review goes to."""
    worst = max(await _asked(http), key=lambda said: said.status)
    return web.Response(status=worst.status, text=worst.text)


async def _metrics(http: web.Request) -> web.Response:
    answers = await _asked(http)
    if any(said.status != HTTPStatus.OK for said in answers):
        return web.Response(status=503, text="a process does not answer\n")
    body = joined([said.text for said in answers])
    return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})


async def _asked(http: web.Request) -> Sequence[_Said]:
    session = http.app[_SESSION]
    return await asyncio.gather(
        *(_ask(session, f"http://127.0.0.1:{port}{http.path_qs}") for port in http.app[_PORTS])
    )


async def _ask(session: ClientSession, url: str) -> _Said:
    try:
        async with session.get(url) as answer:
            return _Said(answer.status, await answer.text())
    except (ClientError, TimeoutError):
        return _Said(503, "[-]a process does not answer\nnot ready\n")


class _Families(Collector):
    def __init__(self, families: Mapping[str, Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families.values()


def joined(texts: Sequence[str]) -> bytes:
    """Put metrics together: each sample with a label ``process`` that says whose it is, by number.

    prometheus_client's own mode for several processes needs files, and knows neither ``process_*`` nor gauges
    whose labels come and go.

    Args:
        texts: what ``/metrics`` of each process shows.
    """
    families: dict[str, Metric] = {}
    for number, text in enumerate(texts):
        for found in text_string_to_metric_families(text):
            whole = families.setdefault(found.name, Metric(found.name, found.documentation, found.type))
            for sample in found.samples:
                whole.add_sample(sample.name, {**sample.labels, "process": str(number)}, sample.value)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Families(families))
    return generate_latest(registry)
