"""The running webhook: two ports, readiness, and an end that loses no review."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from typing import Final

from webhook.admission.state import Provider
from webhook.certificates.tls import listening_context
from webhook.server.admin import make_admin
from webhook.server.app import Service, make_handler
from webhook.server.lifespan import Background, background
from webhook.serving.access_log import Journal
from webhook.serving.fair_queue import FairQueue
from webhook.serving.logging import LogWriter
from webhook.serving.metrics import Metrics, counting_drops, make_metrics
from webhook.serving.port import Port, admin_limits_of, limits_of, open_port
from webhook.serving.refusals import connections_refused, counting
from webhook.settings import Settings

_LOG: Final = logging.getLogger("webhook")

Stop = Callable[[signal.Signals], None]


@dataclass(frozen=True, slots=True)
class Server:
    """A webhook that serves.

    Attributes:
        address: host and port of the HTTPS port.
        admin_address: host and port of the admin port.
        stopping: set it to make the replica unready, before it stops.
    """

    address: tuple[str, int]
    admin_address: tuple[str, int]
    stopping: asyncio.Event


@asynccontextmanager
async def running(
    settings: Settings,
    provider: Provider | None = None,
    metrics: Metrics | None = None,
    log: LogWriter | None = None,
    *,
    shared: bool = False,
) -> AsyncIterator[Server]:
    """Serve as long as the context is open; leaving it lets reviews in flight finish.

    Args:
        settings: the settings; port 0 takes a free one.
        provider: gives the cluster's state; None takes it from the settings.
        metrics: where reviews are counted; None makes new ones.
        log: writes lines about reviews; None makes a new one for standard error.
        shared: whether other processes listen on the HTTPS port too.

    Raises:
        SettingsError: when an address or certificate cannot be used.
    """
    metrics = metrics or make_metrics()
    writer = log or LogWriter()
    writer.dropped = counting_drops(metrics)
    try:
        async with (
            background(settings, metrics, provider) as found,
            _listening(settings, metrics, found, writer, shared=shared) as server,
        ):
            yield server
    finally:
        if log is None:
            writer.close()


@asynccontextmanager
async def _listening(
    settings: Settings, metrics: Metrics, found: Background, log: LogWriter, *, shared: bool
) -> AsyncIterator[Server]:
    context = listening_context(found.served)
    stopping, journal, queue = asyncio.Event(), Journal(log.write), FairQueue(settings.max_waiting_reviews)
    refuse = counting(metrics.refused)

    def checks() -> Mapping[str, bool | None]:
        shown: dict[str, bool | None] = {"serving": not stopping.is_set()}
        for check in found.checks:
            shown |= check()
        return shown

    service = Service(
        found.provider,
        metrics,
        refuse,
        queue,
        settings.max_body_bytes,
        journal,
        stopping,
        settings.access_log,
        settings.mutate_workloads,
        found.notify,
    )
    limits, refused = limits_of(settings), connections_refused(refuse)
    async with AsyncExitStack() as stack:
        # Closed last: the probes answer until the last review is done.
        admin = await open_port(
            settings.admin_listen,
            "--admin-listen",
            make_admin(metrics, checks),
            limits=admin_limits_of(settings),
            refused=refused,
        )
        stack.push_async_callback(admin.close)
        port = await open_port(
            settings.listen,
            "--listen",
            make_handler(service),
            limits=limits,
            refused=refused,
            context=context,
            shared=shared,
        )
        stack.push_async_callback(_end, port, stopping, journal, settings.shutdown_timeout_seconds)
        _show(metrics, settings, port, admin, queue)
        yield Server(port.address, admin.address, stopping)


async def _end(port: Port, stopping: asyncio.Event, journal: Journal, seconds: float) -> None:
    """Serve what was accepted, and close the rest."""
    stopping.set()
    try:
        await port.stop(seconds)
        await port.close()
    finally:
        journal.flush()


def _show(metrics: Metrics, settings: Settings, port: Port, admin: Port, queue: FairQueue) -> None:
    """Show the bounds, and how far they are used."""
    metrics.connections.labels("webhook").set_function(lambda: len(port.pool))
    metrics.connections.labels("admin").set_function(lambda: len(admin.pool))
    metrics.bytes_in_flight.set_function(lambda: port.pool.bytes_in_flight)
    metrics.waiting.set_function(lambda: queue.waiting)
    bounds = {
        **asdict(port.pool.limits),
        "admin_connections": admin.pool.limits.connections,
        "body_bytes": settings.max_body_bytes,
        "waiting_reviews": settings.max_waiting_reviews,
    }
    for name, bound in bounds.items():
        metrics.limits.labels(name).set(bound)


def _say(server: Server, _: Stop) -> None:
    _LOG.info(
        "listening",
        extra={
            "address": "{}:{}".format(*server.address),
            "admin_address": "{}:{}".format(*server.admin_address),
            "loop": type(asyncio.get_running_loop()).__module__.partition(".")[0],
        },
    )


async def serve(
    settings: Settings,
    log: LogWriter,
    ready: Callable[[Server, Stop], None] = _say,
    *,
    shared: bool = False,
) -> int:
    """Serve until SIGTERM or SIGINT.

    After SIGTERM the replica says at once that it is not ready and serves on for the shutdown delay, so that
    the API server has stopped calling it before it stops listening. Ctrl-C stops without delay.

    Args:
        settings: the settings.
        log: writes lines about reviews.
        ready: told once reviews are answered; what it is given beside the server does as a signal does.
        shared: whether other processes listen on the HTTPS port too.

    Returns:
        0.

    Raises:
        SettingsError: when an address or certificate cannot be used.
    """
    stop: asyncio.Queue[signal.Signals] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.put_nowait, number)
    async with running(settings, log=log, shared=shared) as server:
        # What is there by now stays. No collection looks at it again, so none keeps reviews waiting.
        gc.freeze()
        ready(server, stop.put_nowait)
        received = await stop.get()
        server.stopping.set()
        _LOG.info("stopping", extra={"signal": received.name})
        if received is signal.SIGTERM:
            # A second signal ends the wait.
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.get(), settings.shutdown_delay_seconds)
    _LOG.info("stopped")
    return 0
