"""One of several worker processes. The supervisor starts it as ``python -m webhook.server.worker``."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from typing import TYPE_CHECKING

from webhook.server.startup import run

if TYPE_CHECKING:
    from webhook.server.server import Server, Stop
    from webhook.serving.logging import LogWriter
    from webhook.settings import Settings


async def serve_as_worker(settings: Settings, log: LogWriter) -> int:
    """Serve on a port on which other workers listen too, until a signal comes or the supervisor is gone.

    Args:
        settings: the settings.
        log: writes the lines about reviews.

    Returns:
        0.
    """
    # Imported here: run says what to install when a package is missing.
    from webhook.server.server import serve_until_signal

    return await serve_until_signal(settings, log, _report_ports, shared=True)


def _report_ports(server: Server, stop: Stop) -> None:
    """Write our ports to standard output. The end of standard input means that the supervisor is gone."""
    loop, supervisor = asyncio.get_running_loop(), sys.stdin.fileno()

    def stop_without_supervisor() -> None:
        loop.remove_reader(supervisor)
        stop(signal.SIGINT)

    loop.add_reader(supervisor, stop_without_supervisor)
    sys.stdout.write(f"{json.dumps([server.address[1], server.admin_address[1]])}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], serve_as_worker))
