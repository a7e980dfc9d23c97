"""The supervisor of several workers behind one address, one for each core: Python uses one core at a time.

Each worker is a replica like those of other pods: it has its own watches and its own certificate, and agrees
with the others through the Secret. The supervisor answers no review. It starts the workers, answers for them
on the admin port, and ends when one of them ends, so that the kubelet restarts the container.
"""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from prometheus_client import CollectorRegistry

from webhook.serving.logging import LogWriter
from webhook.serving.metrics import Metrics, make_count_dropped, make_metrics
from webhook.serving.port import admin_limits_of, open_port
from webhook.serving.refusals import make_refuse, make_refuse_connection
from webhook.settings import Settings
from webhook.workers.admin import make_workers_admin

_LOG: Final = logging.getLogger("webhook")
_FAILED: Final = 1


@dataclass(slots=True)
class _Group:
    """The workers that were started.

    Attributes:
        workers: their processes.
        stopping: set when they have to stop.
    """

    workers: list[Process] = field(default_factory=list)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    def stop(self, number: signal.Signals) -> None:
        """Send a signal to all workers that run."""
        self.stopping.set()
        for worker in self.workers:
            if worker.returncode is None:
                with suppress(ProcessLookupError):
                    worker.send_signal(number)


async def serve_in_processes(settings: Settings, log: LogWriter, argv: Sequence[str]) -> int:
    """Serve in as many workers as the settings say, until SIGTERM or SIGINT; the workers get the signal too.

    Args:
        settings: the settings.
        log: writes the log of the supervisor.
        argv: the arguments of the settings, without the program's name.

    Returns:
        0 after an orderly stop; 1 when a worker ended that nobody stopped. When a worker cannot start, its
        exit code.

    Raises:
        SettingsError: when the admin port cannot be used.
    """
    group, loop, metrics = _Group(), asyncio.get_running_loop(), make_metrics()
    log.count_dropped = make_count_dropped(metrics)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, group.stop, number)
    admin_ports: list[int] = []
    address = settings.listen
    try:
        while len(group.workers) < settings.processes and not group.stopping.is_set():
            # One after the other: the first reports errors in the settings, and which port stands for port 0.
            ports = await _start(group, argv, address)
            if ports is None:
                code = await group.workers[-1].wait()
                return 0 if group.stopping.is_set() else code or _FAILED
            address = f"{settings.listen.rpartition(':')[0]}:{ports[0]}"
            admin_ports.append(ports[1])
        return await _answer_for(group, settings, metrics, address, admin_ports)
    finally:
        # At once: after an orderly stop no worker is left.
        group.stop(signal.SIGINT)
        await _wait(group)


async def _start(group: _Group, argv: Sequence[str], address: str) -> tuple[int, int] | None:
    """Start another worker; return its HTTPS port and its admin port, None when it has ended."""
    words = [sys.executable, "-m", "webhook.server.worker", *argv]
    words += ["--listen", address, "--admin-listen", "127.0.0.1:0"]
    # A session of its own, so that Ctrl-C comes from the supervisor only, and once.
    worker = await asyncio.create_subprocess_exec(*words, stdin=PIPE, stdout=PIPE, start_new_session=True)
    group.workers.append(worker)
    assert worker.stdout is not None  # noqa: S101  # for the type checker: it is a pipe
    line = await worker.stdout.readline()
    if not line:
        return None
    port, admin_port = json.loads(line)
    return port, admin_port


async def _answer_for(
    group: _Group, settings: Settings, metrics: Metrics, address: str, admin_ports: Sequence[int]
) -> int:
    own = CollectorRegistry()
    for collector in (metrics.refused, metrics.log_lines_dropped, metrics.connections):
        own.register(collector)
    async with make_workers_admin(admin_ports, own) as handler:
        on_refused = make_refuse_connection(make_refuse(metrics.refused))
        admin = await open_port(
            settings.admin_listen,
            "--admin-listen",
            handler,
            limits=admin_limits_of(settings),
            on_refused=on_refused,
        )
        metrics.connections.labels("admin").set_function(lambda: len(admin.pool))
        try:
            return await _until_ended(group, address, "{}:{}".format(*admin.address))
        finally:
            await admin.close()


async def _until_ended(group: _Group, address: str, admin_address: str) -> int:
    _LOG.info(
        "listening",
        extra={"address": address, "admin_address": admin_address, "processes": len(group.workers)},
    )
    await asyncio.wait(
        [asyncio.ensure_future(worker.wait()) for worker in group.workers],
        return_when=asyncio.FIRST_COMPLETED,
    )
    if not group.stopping.is_set():
        codes = {worker.pid: worker.returncode for worker in group.workers}
        _LOG.error("a process ended, so all processes stop", extra={"exit_codes": codes})
        group.stop(signal.SIGTERM)
        await _wait(group)
        return _FAILED
    # The probes answer until the last review is done.
    codes_of_all = await _wait(group)
    return _FAILED if any(codes_of_all) else 0


async def _wait(group: _Group) -> list[int]:
    return await asyncio.gather(*(worker.wait() for worker in group.workers))
