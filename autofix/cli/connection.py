"""Connect to a cluster, and run the work of a command there until it is done."""

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


class _LogToStandardError(logging.Handler):
    """Writes what libraries log as messages of the command line."""

    def emit(self, record: logging.LogRecord) -> None:
        """Say a record in one line, without its traceback."""
        say(f"{record.levelname.lower()}: {record.name}: {record.getMessage()}")


def run_until_done(work: Coroutine[Any, Any, int]) -> int:
    """Run a command's work; a SIGTERM ends it as Ctrl-C does, and the work cleans up.

    Args:
        work: the work, which gives the exit code.

    Returns:
        The exit code.

    Raises:
        AutofixError: when the API server cannot be reached or refuses.
    """
    # Imported here: the client's library loads slowly, and wrong options need no client.
    from aiohttp import ClientError

    from autofix.kubeapi.client import ApiError

    async def stoppable() -> int:
        if task := asyncio.current_task():
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        return await work

    # Libraries log to standard error; their lines must be escaped like all others.
    logging.basicConfig(handlers=[_LogToStandardError(logging.WARNING)])
    try:
        return asyncio.run(stoppable())
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
    except (ApiError, ClientError, TimeoutError) as error:
        raise AutofixError(f"API server: {str(error) or type(error).__name__}") from None


@asynccontextmanager
async def connected(arguments: argparse.Namespace, context: str | None = None) -> AsyncIterator[Api]:
    """Connect as kubectl would.

    Args:
        arguments: the command's, with ``kubeconfig`` and ``context``.
        context: the context to use; None for that of the arguments.

    Yields:
        The client, which is closed afterwards.

    Raises:
        AutofixError: when no API server is configured.
    """
    from autofix.kubeapi.client import connect

    name = arguments.context or "" if context is None else context
    async with connect(arguments.kubeconfig or "", name, as_kubectl=True) as api:
        yield api


def cluster_name(api: Api) -> str:
    """Name the cluster that a connection leads to.

    Args:
        api: the connection.

    Returns:
        The context and the address of the API server.
    """
    login = api.connection.credentials.access.login
    where = f"context {login.context}" if login.context else "this pod's cluster"
    return f"{where}, API server {login.server}"


@contextmanager
def progress_bar(*, quiet: bool) -> Iterator[Progress]:
    """Show on a terminal how many objects are read.

    Args:
        quiet: whether to show nothing.

    Yields:
        The function that takes the progress of each kind.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda _kind, _done, _all: None
        return
    # Imported here: only a terminal needs it.
    from tqdm import tqdm

    with tqdm(desc="autofix", unit=" objects", delay=1, leave=False) as bar:
        by_kind: dict[str, tuple[int, int]] = {}

        def progress(kind: str, done: int, whole: int) -> None:
            by_kind[kind] = done, whole
            bar.total = sum(whole for _, whole in by_kind.values())
            bar.update(sum(done for done, _ in by_kind.values()) - bar.n)

        yield progress
