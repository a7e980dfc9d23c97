"""Several processes behind one address, one for each core: Python computes on one core at a time.

Each is a replica like those of other pods: it has watches and a certificate of its own, and agrees with the
others through the Secret. The parent answers no review. It starts them, answers for all on the admin port,
and ends when one of them does, so that whoever restarts the pod sees it.
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
from webhook.serving.metrics import Metrics, counting_drops, make_metrics
from webhook.serving.port import admin_limits_of, open_port
from webhook.serving.refusals import connections_refused, counting
from webhook.settings import Settings
from webhook.workers.admin import joint_admin

_LOG: Final = logging.getLogger("webhook")
_FAILED: Final = 1


@dataclass(slots=True)
class _Group:
    """The processes, as far as they have been started.

    Attributes:
        members: the processes.
        stopping: set once they have been told to stop.
    """

    members: list[Process] = field(default_factory=list)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    def stop(self, number: signal.Signals) -> None:
        """Send a signal to all that run."""
        self.stopping.set()
        for member in self.members:
            if member.returncode is None:
                with suppress(ProcessLookupError):
                    member.send_signal(number)


async def serve_in_processes(settings: Settings, log: LogWriter, argv: Sequence[str]) -> int:
    """Serve in as many processes as the settings say, until SIGTERM or SIGINT; all of them get either.

    Args:
        settings: the settings.
        log: writes the log of this process.
        argv: the arguments that they were read from, without the program's name.

    Returns:
        0 after an orderly stop; 1 when a process ended that nobody had stopped, or its own code when it could
        not start.

    Raises:
        SettingsError: when the admin port cannot be used.
    """
    group, loop, metrics = _Group(), asyncio.get_running_loop(), make_metrics()
    log.dropped = counting_drops(metrics)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, group.stop, number)
    admin_ports: list[int] = []
    address = settings.listen
    try:
        while len(group.members) < settings.processes and not group.stopping.is_set():
            # One by one: the first says what is wrong with the settings, and which port is meant by port 0.
            ports = await _started(group, argv, address)
            if ports is None:
                code = await group.members[-1].wait()
                return 0 if group.stopping.is_set() else code or _FAILED
            address = f"{settings.listen.rpartition(':')[0]}:{ports[0]}"
            admin_ports.append(ports[1])
        return await _answering_for(group, settings, metrics, address, admin_ports)
    finally:
        # Without delay: after an orderly stop none is left.
        group.stop(signal.SIGINT)
        await _ended(group)


async def _started(group: _Group, argv: Sequence[str], address: str) -> tuple[int, int] | None:
    """Start one more; return its HTTPS port and its admin port, None when it ended."""
    words = [sys.executable, "-m", "webhook.workers.worker", *argv]
    words += ["--listen", address, "--admin-listen", "127.0.0.1:0"]
    # In a session of its own, so that Ctrl-C comes from the parent only, and once.
    member = await asyncio.create_subprocess_exec(*words, stdin=PIPE, stdout=PIPE, start_new_session=True)
    group.members.append(member)
    assert member.stdout is not None  # noqa: S101  # for the type checker: it is a pipe
    line = await member.stdout.readline()
    if not line:
        return None
    port, admin_port = json.loads(line)
    return port, admin_port


async def _answering_for(
    group: _Group, settings: Settings, metrics: Metrics, address: str, admin_ports: Sequence[int]
) -> int:
    own = CollectorRegistry()
    for collector in (metrics.refused, metrics.log_lines_dropped, metrics.connections):
        own.register(collector)
    async with joint_admin(admin_ports, own) as handler:
        refused = connections_refused(counting(metrics.refused))
        admin = await open_port(
            settings.admin_listen,
            "--admin-listen",
            handler,
            limits=admin_limits_of(settings),
            refused=refused,
        )
        metrics.connections.labels("admin").set_function(lambda: len(admin.pool))
        try:
            return await _until_ended(group, address, "{}:{}".format(*admin.address))
        finally:
            await admin.close()


async def _until_ended(group: _Group, address: str, admin_address: str) -> int:
    _LOG.info(
        "listening",
        extra={"address": address, "admin_address": admin_address, "processes": len(group.members)},
    )
    await asyncio.wait(
        [asyncio.ensure_future(member.wait()) for member in group.members],
        return_when=asyncio.FIRST_COMPLETED,
    )
    if not group.stopping.is_set():
        codes = {member.pid: member.returncode for member in group.members}
        _LOG.error("a process ended, so all do", extra={"exit_codes": codes})
        group.stop(signal.SIGTERM)
        await _ended(group)
        return _FAILED
    # The probes answer until the last review is done.
    codes_of_all = await _ended(group)
    return _FAILED if any(codes_of_all) else 0


async def _ended(group: _Group) -> list[int]:
    return await asyncio.gather(*(member.wait() for member in group.members))
