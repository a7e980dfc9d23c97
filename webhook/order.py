"""The self-check: does the API server call us before Linkerd's injector?"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Final

# Names of the webhooks in each MutatingWebhookConfiguration, by the configuration's name.
Configurations = Mapping[str, Collection[str]]
Lister = Callable[[], Awaitable[Configurations]]

_LOG: Final = logging.getLogger("webhook")
_INJECTOR: Final = "linkerd-proxy-injector.linkerd.io"
_SECONDS: Final = 60.0


def order_problem(found: Configurations, ours: str) -> str | None:
    """Tell why the injector does not see our changes, None when it does.

    Args:
        found: the cluster's MutatingWebhookConfigurations.
        ours: name of our own.

    Source: kube-apiserver v1.34 and v1.36, measured: configurations are called in bytewise order of their
    names, and Linkerd's asks for no second call (reinvocationPolicy Never).
    """
    if ours not in found:
        return f"there is no MutatingWebhookConfiguration {ours}: nothing is repaired"
    before = sorted(name for name, webhooks in found.items() if _INJECTOR in webhooks and name < ours)
    if before:
        return (
            f"MutatingWebhookConfiguration {before[0]} is called before {ours}, so Linkerd's injector never "
            f"sees a repair: give {ours} a name that sorts before it"
        )
    return None


async def keep_checking(lister: Lister, ours: str, report: Callable[[str | None], None]) -> None:
    """Check the order at once and then every minute, until cancelled.

    Args:
        lister: lists the configurations.
        ours: name of our own.
        report: is told of every check's problem, or None.
    """
    told: str | None = "nothing yet"
    while True:
        try:
            problem = order_problem(await lister(), ours)
        except Exception as error:  # noqa: BLE001  # the API server may be away; reviews are served all the same
            _LOG.warning("the order of the webhooks cannot be checked", extra={"reason": str(error)})
        else:
            report(problem)
            if problem != told:
                level = logging.ERROR if problem else logging.INFO
                _LOG.log(level, problem or "our configuration is called first", extra={"configuration": ours})
            told = problem
        await asyncio.sleep(_SECONDS)


@asynccontextmanager
async def checking(lister: Lister, ours: str, report: Callable[[str | None], None]) -> AsyncIterator[None]:
    """Check the order in the background as long as the context is open."""
    task = asyncio.create_task(keep_checking(lister, ours, report))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
