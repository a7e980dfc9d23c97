"""``autofix scan --watch``: scan again and again, and show the changes."""

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
    """Scan until the user stops it.

    Args:
        arguments: the command's.
        scan: makes one scan.
        lines: the report on a scan; it is shown when it differs from the report before.
        show: writes lines on standard output.

    Returns:
        The exit code.

    Raises:
        AutofixError: when the port for metrics is not free.
    """
    monitor = Monitor()
    with ExitStack() as stack:
        if arguments.metrics_port is not None:
            stack.callback(_serve(monitor, arguments.metrics_port))
        # Ctrl-C or a signal cancels the watch, and so ends it.
        stack.enter_context(suppress(asyncio.CancelledError))
        await _scan_for_ever(arguments.interval, scan, lines, show, monitor)
    return exit_codes.CLEAN


async def _scan_for_ever(
    interval: float,
    scan: Callable[[], Awaitable[Scan]],
    lines: Callable[[Scan], Sequence[str]],
    show: Callable[[Sequence[str]], None],
    monitor: Monitor,
) -> None:
    last: Sequence[str] | None = None
    while True:
        try:
            result = await scan()
        except (ApiError, ClientError, OSError, TimeoutError) as error:
            monitor.show_failure()
            say(f"error: {str(error) or type(error).__name__}; trying again")
        else:
            if result.problems and not result.objects:
                # Nothing could be read, and the scan has said so. The last report stays valid.
                monitor.show_failure()
                await asyncio.sleep(interval)
                continue
            monitor.show(result)
            if (report := lines(result)) != last:
                last = report
                show(report or ["no findings"])
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
