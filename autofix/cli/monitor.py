"""``autofix scan --watch``: scan again and again, and show what changes."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from typing import Protocol

from aiohttp import ClientError
from prometheus_client import start_http_server

from autofix.cli import exit_codes
from autofix.cluster.connection import ApiError
from autofix.cluster.monitor import Monitor
from autofix.cluster.scan import Scan
from autofix.errors import AutofixError


class Shows(Protocol):
    """Turns a scan into lines."""

    def __call__(self, scan: Scan) -> Sequence[str]: ...


async def watch(arguments: argparse.Namespace, scan: Callable[[], Awaitable[Scan]], lines: Shows) -> int:
    """Scan until somebody stops it.

    Args:
        arguments: the command's.
        scan: makes one scan.
        lines: what to show of it; shown when it is other than the time before.

    Raises:
        AutofixError: when the port for metrics cannot be had.
    """
    monitor, told = Monitor(), None
    task = asyncio.current_task()
    if task:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    with ExitStack() as stack:
        if arguments.metrics_port is not None:
            stack.callback(_serve(monitor, arguments.metrics_port))
        while True:
            try:
                seen = await scan()
            except (ApiError, ClientError, OSError, TimeoutError) as error:
                monitor.show_failure()
                print(f"autofix: error: {str(error) or type(error).__name__}; trying again", file=sys.stderr)
            else:
                monitor.show(seen)
                if (now := lines(seen)) != told:
                    told = now
                    print("\n".join(now), flush=True)
            await asyncio.sleep(arguments.interval)
    return exit_codes.CLEAN


def _serve(monitor: Monitor, port: int) -> Callable[[], None]:
    try:
        server, thread = start_http_server(port, registry=monitor.registry)
    except OSError as error:
        raise AutofixError(f"--metrics-port {port}: {error.strerror or error}; name another port") from None
    print(f"autofix: metrics are at :{server.server_port}/metrics", file=sys.stderr)

    def stop() -> None:
        server.shutdown()
        server.server_close()
        thread.join()

    return stop
