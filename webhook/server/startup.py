"""The start of a process of the webhook: settings, log, event loop; and the message when it cannot start."""

from __future__ import annotations

import asyncio
import os
import select
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import autofix

if TYPE_CHECKING:
    from webhook.serving.logging import LogWriter
    from webhook.settings import Settings

_STDERR: Final = 2

# The main coroutine of a process, made from its settings and its log.
Serve = Callable[["Settings", "LogWriter"], Coroutine[Any, Any, int]]


def run(argv: Sequence[str], serve: Serve) -> int:
    """Start a process of the webhook, and run it until it ends.

    Args:
        argv: the arguments without the program's name.
        serve: makes the coroutine to run from the settings and the log.

    Returns:
        The result of the coroutine; 2 when the process cannot start.
    """
    try:
        # Imported here: the wheel without its extra has this command, too. Then it says what is missing.
        from webhook.serving.logging import configure, log_what_python_writes, open_standard_streams
        from webhook.settings import load_settings

        open_standard_streams()
        settings = load_settings(argv)
        log = configure(settings.log_level)
        log_what_python_writes()
        try:
            with asyncio.Runner(loop_factory=_loop_factory()) as runner:
                return runner.run(serve(settings, log))
        finally:
            log.close()
    except ModuleNotFoundError as error:
        return _fail(f"{error.name} is missing: install linkerd-autofix[webhook]")
    except autofix.AutofixError as error:
        return _fail(str(error))


def _fail(text: str) -> int:
    """Write why the process cannot start. Wait a second at most: perhaps nobody reads standard error."""
    with suppress(OSError):
        if select.select((), (_STDERR,), (), 1)[1]:
            os.write(_STDERR, f"autofix-webhook: error: {text}\n".encode("utf-8", "backslashreplace"))
    return 2


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Return uvloop's factory: with it a review costs a third less. asyncio's own works, too."""
    try:
        import uvloop
    except ModuleNotFoundError:
        return None
    return uvloop.new_event_loop
