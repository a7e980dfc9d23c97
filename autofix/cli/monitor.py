"""``autofix scan --watch``: scan again and again, and show what changes."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack, suppress

from aiohttp import ClientError
from prometheus_client import start_http_server

from autofix.cli import exit_codes
from autofix.cli.output import say
from autofix.cluster.monitor import Monitor
from autofix.cluster.scan import Scan
from autofix.errors import AutofixError
from autofix.kubeapi.client import ApiError


async def watch(
    arguments: argparse.Namespace,
    scan: Callable[[], Awaitable[Scan]],
    lines: Callable[[Scan], Sequence[str]],
    show: Callable[[Sequence[str]], None],
) -> int:
    """Scan until somebody stops it.

    Args:
        arguments: the command's.
        scan: makes one scan.
        lines: what to show of it; shown when it is other than the time before.
        show: writes lines on standard output.

    Raises:
        AutofixError: when the port for metrics cannot be had.
    """
    monitor = Monitor()
    with ExitStack() as stack:
        if arguments.metrics_port is not None:
            stack.callback(_serve(monitor, arguments.metrics_port))
        # To be stopped is how it ends, by Ctrl-C or by a signal.
        stack.enter_context(suppress(asyncio.CancelledError))
        await _for_ever(arguments.interval, scan, lines, show, monitor)
    return exit_codes.CLEAN


async def _for_ever(
    interval: float,
    scan: Callable[[], Awaitable[Scan]],
    lines: Callable[[Scan], Sequence[str]],
    show: Callable[[Sequence[str]], None],
    monitor: Monitor,
) -> None:
    told: Sequence[str] | None = None
    while True:
        try:
            seen = await scan()
        except (ApiError, ClientError, OSError, TimeoutError) as error:
            monitor.show_failure()
            say(f"error: {str(error) or type(error).__name__}; trying again")
        else:
            if seen.problems and not seen.objects:
                # Nothing could be read: what was known stays, and that is said already.
                monitor.show_failure()
                await asyncio.sleep(interval)
                continue
            monitor.show(seen)
            if (now := lines(seen)) != told:
                told = now
                show(now or ["no findings"])
        await asyncio.sleep(interval)


def _serve(monitor: Monitor, port: int) -> Callable[[], None]:
    try:
        server, thread = start_http_server(port, registry=monitor.registry)
    except OSError as error:
        raise AutofixError(f"--metrics-port {port}: {error.strerror or error}; name another port") from None
    say(f"metrics are at :{server.server_port}/metrics")

    def stop() -> None:
        server.shutdown()
        server.server_close()
        thread.join()

    return stop
