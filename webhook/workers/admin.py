"""Probes and metrics of several workers, on one admin port."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from aiohttp import ClientError, ClientSession, ClientTimeout, web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Metric, generate_latest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from webhook.serving.http import Handler, make_router

# A kubelet waits for one second.
_TIMEOUT: Final = ClientTimeout(total=0.9)


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    text: str


@asynccontextmanager
async def make_workers_admin(ports: Sequence[int], own: Collector) -> AsyncIterator[Handler]:
    """Make the handler of the admin port for several workers, as long as the context is open.

    Args:
        ports: the admin ports of the workers, on loopback.
        own: the metrics of the supervisor.

    Yields:
        The handler of ``/livez``, ``/readyz`` and ``/metrics``.
    """
    async with ClientSession(timeout=_TIMEOUT) as session:

        async def ask_all(http: web.BaseRequest) -> Sequence[_Answer]:
            return await asyncio.gather(
                *(_ask(session, f"http://127.0.0.1:{port}{http.path_qs}") for port in ports)
            )

        async def worst(http: web.BaseRequest) -> web.Response:
            # Nobody can choose which process a review goes to.
            answer = max(await ask_all(http), key=lambda answer: answer.status)
            return web.Response(status=answer.status, text=answer.text)

        async def metrics(http: web.BaseRequest) -> web.Response:
            answers = await ask_all(http)
            if any(answer.status != HTTPStatus.OK for answer in answers):
                return web.Response(status=503, text="a process does not answer\n")
            body = join_metrics([answer.text for answer in answers], own.collect())
            return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})

        yield make_router({"/livez": worst, "/readyz": worst, "/metrics": metrics})


async def _ask(session: ClientSession, url: str) -> _Answer:
    try:
        async with session.get(url) as answer:
            return _Answer(answer.status, await answer.text())
    except (ClientError, TimeoutError):
        return _Answer(503, "[-]a process does not answer\nnot ready\n")


class _Families(Collector):
    def __init__(self, families: Mapping[str, Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families.values()


def join_metrics(texts: Sequence[str], own: Iterable[Metric] = ()) -> bytes:
    """Join the metrics of several processes; each sample gets the label ``process``.

    prometheus_client's own mode for several processes needs files, and supports neither ``process_*`` nor
    gauges whose labels come and go.

    Args:
        texts: the text of ``/metrics`` of each worker; the label is its number.
        own: the metrics of the supervisor; the label is ``parent``.

    Returns:
        The metrics in the text format of Prometheus.
    """
    families: dict[str, Metric] = {}
    workers = [(str(number), text_string_to_metric_families(text)) for number, text in enumerate(texts)]
    for process, metrics in (*workers, ("parent", own)):
        for metric in metrics:
            family = families.setdefault(metric.name, Metric(metric.name, metric.documentation, metric.type))
            for sample in metric.samples:
                family.add_sample(sample.name, {**sample.labels, "process": process}, sample.value)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Families(families))
    return generate_latest(registry)
