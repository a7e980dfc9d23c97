"""What the commands that ask a cluster share."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import sys
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

from autofix.cli.output import say
from autofix.errors import AutofixError

if TYPE_CHECKING:
    from autofix.cluster.inventory import Progress
    from autofix.kubeapi.client import Api


class _Said(logging.Handler):
    """Says what a library logs."""

    def emit(self, record: logging.LogRecord) -> None:
        """Say a record in one line, without the traceback that it may have."""
        say(f"{record.levelname.lower()}: {record.name}: {record.getMessage()}")


def run_until_done(work: Coroutine[Any, Any, int]) -> int:
    """Run a command's work; a SIGTERM ends it as Ctrl-C does, and what was begun is cleaned up.

    Raises:
        AutofixError: when the API server cannot be reached or refuses.
    """
    # Imported here: the library of the cluster's connection is slow to load, and late is soon enough.
    from aiohttp import ClientError

    from autofix.kubeapi.client import ApiError

    async def stoppable() -> int:
        if task := asyncio.current_task():
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        return await work

    # What libraries log goes the same way as all that is said.
    logging.basicConfig(handlers=[_Said(logging.WARNING)])
    try:
        return asyncio.run(stoppable())
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
    except (ApiError, ClientError, TimeoutError) as error:
        raise AutofixError(f"API server: {str(error) or type(error).__name__}") from None


@asynccontextmanager
async def connected(arguments: argparse.Namespace) -> AsyncIterator[Api]:
    """Connect as kubectl would.

    Raises:
        AutofixError: when there is no way to an API server.
    """
    from autofix.kubeapi.client import connect

    async with connect(arguments.kubeconfig or "", arguments.context or "", as_kubectl=True) as api:
        yield api


@contextmanager
def shown(*, quiet: bool) -> Iterator[Progress]:
    """Show on a terminal how far reading has come."""
    if quiet or not sys.stderr.isatty():
        yield lambda _kind, _done, _all: None
        return
    # Imported here: only a terminal needs it.
    from tqdm import tqdm

    with tqdm(desc="autofix", unit=" objects", delay=1, leave=False) as bar:
        read: dict[str, tuple[int, int]] = {}

        def progress(kind: str, done: int, whole: int) -> None:
            read[kind] = done, whole
            bar.total = sum(all_of_it for _, all_of_it in read.values())
            bar.update(sum(one for one, _ in read.values()) - bar.n)

        yield progress
