"""The running webhook: two ports, readiness, and a stop that loses no review."""

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
from webhook.server.access_log import AccessLog
from webhook.server.admin import make_admin
from webhook.server.app import ReviewService, make_handler
from webhook.server.lifespan import Background, start_background
from webhook.serving.fair_queue import FairQueue
from webhook.serving.logging import LogWriter
from webhook.serving.metrics import Metrics, make_count_dropped, make_metrics
from webhook.serving.port import Port, admin_limits_of, limits_of, open_port
from webhook.serving.refusals import make_refuse, make_refuse_connection
from webhook.settings import Settings

_LOG: Final = logging.getLogger("webhook")

# Stops the server as a signal does.
Stop = Callable[[signal.Signals], None]


@dataclass(frozen=True, slots=True)
class Server:
    """A webhook that serves.

    Attributes:
        address: host and port of the HTTPS port.
        admin_address: host and port of the admin port.
        stopping: set it before the stop; it makes the replica unready.
    """

    address: tuple[str, int]
    admin_address: tuple[str, int]
    stopping: asyncio.Event


@asynccontextmanager
async def start_server(
    settings: Settings,
    provider: Provider | None = None,
    metrics: Metrics | None = None,
    log: LogWriter | None = None,
    *,
    shared: bool = False,
) -> AsyncIterator[Server]:
    """Serve as long as the context is open. Its end waits until the reviews in flight are answered.

    Args:
        settings: the settings; port 0 takes a free port.
        provider: returns the state of the cluster; None takes it from the settings and the cluster.
        metrics: count the reviews; None makes new ones.
        log: writes the lines about reviews; None makes a new one for standard error.
        shared: whether other processes listen on the HTTPS port too.

    Yields:
        The server.

    Raises:
        SettingsError: when an address or certificate cannot be used.
    """
    metrics = metrics or make_metrics()
    writer = log or LogWriter()
    writer.count_dropped = make_count_dropped(metrics)
    try:
        async with (
            start_background(settings, metrics, provider) as background,
            _listen(settings, metrics, background, writer, shared=shared) as server,
        ):
            yield server
    finally:
        if log is None:
            writer.close()


@asynccontextmanager
async def _listen(
    settings: Settings, metrics: Metrics, background: Background, log: LogWriter, *, shared: bool
) -> AsyncIterator[Server]:
    context = listening_context(background.served)
    listening, stopping = asyncio.Event(), asyncio.Event()
    queue = FairQueue(settings.max_waiting_reviews)
    access_log, refuse = AccessLog(log.write), make_refuse(metrics.refused)

    def checks() -> Mapping[str, bool | None]:
        # The admin port answers before the other port listens, and the cluster must not send reviews yet.
        results: dict[str, bool | None] = {"serving": listening.is_set() and not stopping.is_set()}
        for check in background.checks:
            results |= check()
        return results

    service = ReviewService(
        background.provider,
        metrics,
        refuse,
        queue,
        settings.max_body_bytes,
        access_log,
        stopping,
        settings.access_log,
        settings.mutate_workloads,
        background.notify,
    )
    limits, on_refused = limits_of(settings), make_refuse_connection(refuse)
    async with AsyncExitStack() as stack:
        # Closed last: the probes answer until the last review is done.
        admin = await open_port(
            settings.admin_listen,
            "--admin-listen",
            make_admin(metrics, checks),
            limits=admin_limits_of(settings),
            on_refused=on_refused,
        )
        stack.push_async_callback(admin.close)
        port = await open_port(
            settings.listen,
            "--listen",
            make_handler(service),
            limits=limits,
            on_refused=on_refused,
            context=context,
            shared=shared,
        )
        stack.push_async_callback(_stop, port, stopping, access_log, settings.shutdown_timeout_seconds)
        listening.set()
        _show(metrics, settings, port, admin, queue)
        yield Server(port.address, admin.address, stopping)


async def _stop(port: Port, stopping: asyncio.Event, access_log: AccessLog, seconds: float) -> None:
    """Answer the requests that were accepted, and close the other connections."""
    stopping.set()
    try:
        await port.stop(seconds)
        await port.close()
    finally:
        access_log.flush()


def _show(metrics: Metrics, settings: Settings, port: Port, admin: Port, queue: FairQueue) -> None:
    """Show the limits in metrics, and how far they are used."""
    metrics.connections.labels("webhook").set_function(lambda: len(port.pool))
    metrics.connections.labels("admin").set_function(lambda: len(admin.pool))
    metrics.bytes_in_flight.set_function(lambda: port.pool.bytes_in_flight)
    metrics.waiting.set_function(lambda: queue.waiting)
    limits = {
        **asdict(port.pool.limits),
        "admin_connections": admin.pool.limits.connections,
        "body_bytes": settings.max_body_bytes,
        "waiting_reviews": settings.max_waiting_reviews,
    }
    for name, limit in limits.items():
        metrics.limits.labels(name).set(limit)


def _log_addresses(server: Server, _: Stop) -> None:
    _LOG.info(
        "listening",
        extra={
            "address": "{}:{}".format(*server.address),
            "admin_address": "{}:{}".format(*server.admin_address),
            "loop": type(asyncio.get_running_loop()).__module__.partition(".")[0],
        },
    )


async def serve_until_signal(
    settings: Settings,
    log: LogWriter,
    ready: Callable[[Server, Stop], None] = _log_addresses,
    *,
    shared: bool = False,
) -> int:
    """Serve until SIGTERM or SIGINT.

    After SIGTERM the replica is unready at once, and serves on for the shutdown delay. So the API server
    stops calling it before it stops listening. Ctrl-C stops without delay.

    Args:
        settings: the settings.
        log: writes the lines about reviews.
        ready: called when the server is ready, with the server and a function that stops it.
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
    async with start_server(settings, log=log, shared=shared) as server:
        # The objects that exist now stay. A garbage collection without them is short: no review waits for it.
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
