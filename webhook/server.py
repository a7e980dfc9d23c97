"""The running webhook: two ports, readiness, and an end that loses no review."""

from __future__ import annotations

import asyncio
import logging
import signal
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from webhook.admin import make_admin
from webhook.app import Service, make_app
from webhook.background import Background, background
from webhook.drain import Drain
from webhook.journal import Journal
from webhook.metrics import Metrics, make_metrics
from webhook.settings import Settings, SettingsError
from webhook.state import Provider
from webhook.tls import listening_context

_LOG: Final = logging.getLogger("webhook")
_LAST_SECONDS: Final = 0.5

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
    *,
    shared: bool = False,
) -> AsyncIterator[Server]:
    """Serve as long as the context is open; leaving it lets reviews in flight finish.

    Args:
        settings: the settings; port 0 takes a free one.
        provider: gives the cluster's state; None takes it from the settings.
        metrics: where reviews are counted; None makes new ones.
        shared: whether other processes listen on the HTTPS port too.

    Raises:
        SettingsError: when an address or certificate cannot be used.
    """
    metrics = metrics or make_metrics()
    async with (
        background(settings, metrics, provider) as found,
        _listening(settings, metrics, found, shared=shared) as server,
    ):
        yield server


@asynccontextmanager
async def _listening(
    settings: Settings, metrics: Metrics, found: Background, *, shared: bool
) -> AsyncIterator[Server]:
    context = listening_context(found.served)
    drain, journal = Drain(), Journal()

    def checks() -> Mapping[str, bool | None]:
        shown: dict[str, bool | None] = {"serving": not drain.stopping.is_set()}
        for check in found.checks:
            shown |= check()
        return shown

    service = Service(
        found.provider,
        metrics,
        settings.max_body_bytes,
        drain,
        journal,
        settings.access_log,
        settings.mutate_workloads,
        found.notify,
    )
    # The drain waits for reviews; what is open after that is idle, or has had its time.
    app = web.ServerRunner(make_app(service), shutdown_timeout=_LAST_SECONDS)
    admin = web.AppRunner(make_admin(metrics, checks), access_log=None)
    try:
        address = await listen(app, settings.listen, "--listen", context, shared=shared)
        admin_address = await listen(admin, settings.admin_listen, "--admin-listen")
        yield Server(address, admin_address, drain.stopping)
    finally:
        # Reviews first; the probes answer until the last of them is done.
        drain.stopping.set()
        for site in app.sites:
            await site.stop()
        await drain.finished(settings.shutdown_timeout_seconds)
        journal.flush()
        await app.cleanup()
        await admin.cleanup()


async def listen(
    runner: web.BaseRunner,
    where: str,
    flag: str,
    context: ssl.SSLContext | None = None,
    *,
    shared: bool = False,
) -> tuple[str, int]:
    """Listen for a runner.

    Args:
        runner: answers.
        where: ``HOST:PORT``.
        flag: the flag that said so.
        context: for HTTPS; None for plain HTTP.
        shared: whether other processes listen on the port too.

    Returns:
        The host and the port.

    Raises:
        SettingsError: when the address cannot be used.
    """
    host, port = _host_and_port(where, flag)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port, ssl_context=context, reuse_port=shared).start()
    except OSError as error:
        raise SettingsError(f"{flag} {where}: {error.strerror or error}") from None
    bound = runner.addresses[0]
    return str(bound[0]), int(bound[1])


def _host_and_port(where: str, flag: str) -> tuple[str | None, int]:
    try:
        parts = urlsplit(f"//{where}")
        port = parts.port
    except ValueError:
        port = None
    if port is None or parts.path:
        raise SettingsError(f"{flag} {where}: write it as HOST:PORT, such as 127.0.0.1:8443")
    return parts.hostname, port


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
    settings: Settings, ready: Callable[[Server, Stop], None] = _say, *, shared: bool = False
) -> int:
    """Serve until SIGTERM or SIGINT.

    After SIGTERM the replica says at once that it is not ready and serves on for the shutdown delay, so that
    the API server has stopped calling it before it stops listening. Ctrl-C stops without delay.

    Args:
        settings: the settings.
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
    async with running(settings, shared=shared) as server:
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
