"""The self-check: does the API server call us before Linkerd's injector?"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Final

from autofix.kubeapi.client import Api
from autofix.kubeapi.informer import run_informer
from webhook.cluster.webhook_configurations import WebhookConfigurations, order_problem
from webhook.serving.metrics import Metrics
from webhook.serving.tasks import Checks, in_background

_LOG: Final = logging.getLogger("webhook")


@asynccontextmanager
async def check_order(
    api: Api,
    configurations: WebhookConfigurations,
    ours: str,
    metrics: Metrics,
    on_change: Callable[[], None],
) -> AsyncIterator[Checks]:
    """Run the informer of the configurations, and check the order after every change.

    Args:
        api: the connection.
        configurations: their informer.
        ours: name of our configuration.
        metrics: where the result is shown.
        on_change: called after every change, too.

    Yields:
        The checks for the readiness probe. A replica that is called too late still serves: users get its
        warnings, and the stored object is right.
    """
    last: str | None = None

    def check() -> None:
        nonlocal last
        problem = order_problem(configurations.objects, ours)
        metrics.called_first.labels(ours).set(0 if problem else 1)
        if problem != last:
            level = logging.ERROR if problem else logging.INFO
            _LOG.log(level, problem or "our configuration is called first", extra={"configuration": ours})
        last = problem
        on_change()

    def checks() -> Mapping[str, bool | None]:
        if configurations.problem:
            return {f"watch {configurations.resource.title}: {configurations.problem}": None}
        return {last: None} if last else {f"{ours} is called before Linkerd's injector": True}

    configurations.on_change = check
    contact = metrics.watch_contact.labels(configurations.resource.title)
    configurations.on_contact = contact.set_to_current_time
    async with in_background(run_informer(api, configurations)):
        yield checks
