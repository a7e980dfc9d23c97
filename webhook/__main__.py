"""Entry point: ``autofix-webhook`` and ``python -m webhook``."""

from __future__ import annotations

import asyncio
import os
import select
import sys
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import autofix

if TYPE_CHECKING:
    from webhook.serving.logging import LogWriter
    from webhook.settings import Settings

_STDERR: Final = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run the webhook until it is told to stop.

    Args:
        argv: the arguments without the program's name; None for those of the process.

    Returns:
        0 after an orderly stop, 2 when it could not start, 1 when one of several processes failed.
    """
    words = sys.argv[1:] if argv is None else argv

    def serving(settings: Settings, log: LogWriter) -> Coroutine[Any, Any, int]:
        from webhook.server.server import serve
        from webhook.workers.supervisor import serve_in_processes

        return serve(settings, log) if settings.processes == 1 else serve_in_processes(settings, log, words)

    return run(words, serving)


def run(argv: Sequence[str], serving: Callable[[Settings, LogWriter], Coroutine[Any, Any, int]]) -> int:
    """Run what serves.

    Args:
        argv: the arguments without the program's name.
        serving: makes what is to be run of the settings and of what writes the log.

    Returns:
        What it returned; 2 when it could not start.
    """
    try:
        # Imported here: the wheel without its extra has this command too, and can only say so.
        from webhook.serving.logging import configure, log_what_python_writes, open_standard_streams
        from webhook.serving.memory import keep_memory
        from webhook.settings import load_settings

        open_standard_streams()
        settings = load_settings(argv)
        log = configure(settings.log_level)
        log_what_python_writes()
        keep_memory()
        try:
            with asyncio.Runner(loop_factory=_loop_factory()) as runner:
                return runner.run(serving(settings, log))
        finally:
            log.close()
    except ModuleNotFoundError as error:
        return _failed(f"{error.name} is missing: install linkerd-autofix[webhook]")
    except autofix.AutofixError as error:
        return _failed(str(error))


def _failed(text: str) -> int:
    """Say why it could not start, if anybody can be told."""
    # Nobody may read it: then a second must do.
    with suppress(OSError):
        if select.select((), (_STDERR,), (), 1)[1]:
            os.write(_STDERR, f"autofix-webhook: error: {text}\n".encode("utf-8", "backslashreplace"))
    return 2


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Return uvloop's, with which a review costs a third less; without it asyncio's own serves as well."""
    try:
        import uvloop
    except ModuleNotFoundError:
        return None
    return uvloop.new_event_loop


if __name__ == "__main__":
    sys.exit(main())
