"""Entry point: ``autofix-webhook`` and ``python -m webhook``."""

from __future__ import annotations

import sys
from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any

from webhook.server.startup import run

if TYPE_CHECKING:
    from webhook.serving.logging import LogWriter
    from webhook.settings import Settings


def main(argv: Sequence[str] | None = None) -> int:
    """Run the webhook until a signal stops it.

    Args:
        argv: the arguments without the program's name; None for those of the process.

    Returns:
        0 after an orderly stop, 2 when it cannot start, 1 when one of several processes failed.
    """
    words = sys.argv[1:] if argv is None else argv

    def serve(settings: Settings, log: LogWriter) -> Coroutine[Any, Any, int]:
        # Imported here: run says what to install when a package is missing.
        from webhook.server.server import serve_until_signal
        from webhook.workers.supervisor import serve_in_processes

        if settings.processes == 1:
            return serve_until_signal(settings, log)
        return serve_in_processes(settings, log, words)

    return run(words, serve)


if __name__ == "__main__":
    sys.exit(main())
