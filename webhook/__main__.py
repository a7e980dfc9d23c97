"""Entry point: ``autofix-webhook`` and ``python -m webhook``."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence

import autofix


def main(argv: Sequence[str] | None = None) -> int:
    """Run the webhook until it is told to stop.

    Args:
        argv: the arguments without the program's name; None for those of the process.

    Returns:
        0 after an orderly stop, 2 when it could not start.
    """
    try:
        # Imported here: the wheel without its extra has this command too, and can only say so.
        from webhook.logs import configure
        from webhook.memory import keep_memory
        from webhook.server import serve
        from webhook.settings import load_settings
    except ModuleNotFoundError as error:
        print(
            f"autofix-webhook: error: {error.name} is missing: install linkerd-autofix[webhook]",
            file=sys.stderr,
        )
        return 2
    try:
        settings = load_settings(argv)
        configure(settings.log_level)
        keep_memory()
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(serve(settings))
    except autofix.AutofixError as error:
        print(f"autofix-webhook: error: {error}", file=sys.stderr)
        return 2
    return 0


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Return uvloop's, with which a review costs a third less; without it asyncio's own serves as well."""
    try:
        import uvloop
    except ModuleNotFoundError:
        return None
    return uvloop.new_event_loop


if __name__ == "__main__":
    sys.exit(main())
