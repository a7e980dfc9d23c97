"""One of several processes; only the supervisor starts it, as ``python -m webhook.workers.worker``."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from typing import TYPE_CHECKING

from webhook.__main__ import run

if TYPE_CHECKING:
    from webhook.server.server import Server, Stop
    from webhook.serving.logging import LogWriter
    from webhook.settings import Settings


async def serve_as_member(settings: Settings, log: LogWriter) -> int:
    """Serve on a port that others listen on too, until a signal, or until the parent is gone.

    Args:
        settings: the settings.
        log: writes lines about reviews.
    """
    from webhook.server.server import serve

    return await serve(settings, log, _tell_parent, shared=True)


def _tell_parent(server: Server, stop: Stop) -> None:
    """Write where we listen to standard output; that standard input ends says that the parent did."""
    loop, parent = asyncio.get_running_loop(), sys.stdin.fileno()

    def gone() -> None:
        loop.remove_reader(parent)
        stop(signal.SIGINT)

    loop.add_reader(parent, gone)
    sys.stdout.write(f"{json.dumps([server.address[1], server.admin_address[1]])}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], serve_as_member))
