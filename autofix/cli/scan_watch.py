"""``autofix scan --watch``: scan again and again, and show the changes."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from time import monotonic
from typing import Final

from aiohttp import ClientError
from prometheus_client import start_http_server

from autofix.cli import exit_codes
from autofix.cli.output import count, put_pieces, put_report, say
from autofix.cli.scan_messages import problems, summary, warning_texts
from autofix.cluster.monitor import Monitor
from autofix.cluster.scan import Scan
from autofix.errors import AutofixError
from autofix.kubeapi.client import ApiError
from autofix.report import FORMATS, Report, as_table, changes
from autofix.report.columns import laid_out

_TABLES: Final = ("table", "wide")


class _Messages:
    """Says on standard error what is new there; what was said in the round before is not said again."""

    def __init__(self) -> None:
        self._last: frozenset[str] = frozenset()
        self._is_reading_broken = False

    def say_failure(self, text: str) -> None:
        self._say([text])
        self._is_reading_broken = True

    def say_of(self, result: Scan, *, quiet: bool) -> None:
        errors = [f"error: {problem}" for problem in problems(result)]
        hints = [] if quiet else [f"warning: {warning}" for warning in warning_texts(result)]
        self._say([*errors, *hints])
        if errors or (hints and result.unread):
            self._is_reading_broken = True
        elif self._is_reading_broken and not (result.unread or result.unknowns):
            say(f"{_time()} everything can be read again")
            self._is_reading_broken = False

    def _say(self, texts: Sequence[str]) -> None:
        for text in dict.fromkeys(texts):
            if text not in self._last:
                say(f"{_time()} {text}")
        self._last = frozenset(texts)


async def watch(
    arguments: argparse.Namespace,
    scan: Callable[[], Awaitable[Scan]],
    report: Callable[[Sequence[Scan]], Report],
) -> int:
    """Scan until the user stops it.

    Args:
        arguments: the command's.
        scan: makes one scan.
        report: makes the report on scans.

    Returns:
        The exit code.

    Raises:
        AutofixError: when the port for metrics is not free.
    """
    monitor = Monitor()
    form: str = "statistics" if arguments.statistics else arguments.output
    show = _changes(arguments, report) if form in _TABLES else _whole(arguments, report, form)
    with ExitStack() as stack:
        if arguments.metrics_port is not None:
            stack.callback(_serve(monitor, arguments.metrics_port))
        # Ctrl-C or a signal cancels the watch, and so ends it.
        stack.enter_context(suppress(asyncio.CancelledError))
        await _scan_for_ever(arguments, scan, show, monitor)
    return exit_codes.CLEAN


async def _scan_for_ever(
    arguments: argparse.Namespace,
    scan: Callable[[], Awaitable[Scan]],
    show: Callable[[Scan], str],
    monitor: Monitor,
) -> None:
    messages = _Messages()
    while True:
        start = monotonic()
        try:
            result = await scan()
        except (ApiError, ClientError, OSError, TimeoutError) as error:
            monitor.show_failure()
            messages.say_failure(f"error: {str(error) or type(error).__name__}; trying again")
        else:
            messages.say_of(result, quiet=arguments.quiet)
            if result.problems and not result.objects:
                # Nothing could be read. The last report stays valid.
                monitor.show_failure()
            else:
                monitor.show(result)
                change = show(result)
                if change and not arguments.quiet:
                    [line] = summary([result], [], monotonic() - start)
                    say(f"{_time()} {change}{line}")
        await asyncio.sleep(arguments.interval)


def _changes(
    arguments: argparse.Namespace, report: Callable[[Sequence[Scan]], Report]
) -> Callable[[Scan], str]:
    """Show the whole table in the first round, and then what is new and what is gone."""
    rounds = changes.Rounds()
    has_head = False

    def show(result: Scan) -> str:
        nonlocal rounds, has_head
        is_first = rounds.rows is None
        whole = report([result])
        new, gone, rounds = changes.compare(
            rounds, as_table.rows(whole), result.unread, is_whole=not result.problems
        )
        time = _time()
        rows = [
            *changes.dated(new, "-" if is_first else "new", time),
            *changes.dated(gone, "gone", time),
        ]
        columns = (*changes.COLUMNS, *as_table.columns(whole, wide=arguments.output == "wide"))
        headers = whole.headers and not has_head
        has_head = has_head or bool(rows)
        put_pieces(laid_out(rows, columns, width=whole.width, headers=headers), color=arguments.color)
        sys.stdout.flush()
        if is_first:
            return "watching; "
        return f"{count(len(new), 'new finding')}, {len(gone)} gone; " if rows else ""

    return show


def _whole(
    arguments: argparse.Namespace, report: Callable[[Sequence[Scan]], Report], form: str
) -> Callable[[Scan], str]:
    """Show the whole report whenever it differs from the last."""
    last: list[str] | None = None

    def show(result: Scan) -> str:
        nonlocal last
        lines = list(FORMATS[form](report([result])))
        if lines == last:
            return ""
        last = lines
        put_report(lines or ["no findings"], form, color=arguments.color)
        sys.stdout.flush()
        return "changed; "

    return show


def _time() -> str:
    """Return the present time: for a person the local time, for a log with the date."""
    if sys.stdout.isatty():
        return datetime.now().astimezone().strftime("%H:%M:%S")
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


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
