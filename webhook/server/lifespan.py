"""What runs beside the reviews, as far as the settings ask for it: certificate, watches, checks, Events."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from autofix.kubeapi.clock import ServerClock
from webhook.admission.codec import Request
from webhook.admission.handler import Answer
from webhook.admission.state import Provider, static_provider
from webhook.certificates.files import files_served
from webhook.certificates.tls import Served
from webhook.serving.metrics import Metrics
from webhook.serving.tasks import Checks
from webhook.settings import Settings, SettingsError


@dataclass(slots=True)
class Background:
    """What the server needs of it.

    Attributes:
        provider: gives the cluster's newest state.
        served: the certificate.
        notify: told of every review.
        checks: what the readiness probe shows.
    """

    provider: Provider
    served: Served
    notify: Callable[[Request, Answer], None] = lambda _request, _answer: None
    checks: list[Checks] = field(default_factory=list)


@asynccontextmanager
async def background(
    settings: Settings, metrics: Metrics, provider: Provider | None
) -> AsyncIterator[Background]:
    """Run it as long as the context is open.

    Args:
        settings: the settings.
        metrics: where all of it is shown.
        provider: gives the cluster's state; None takes it from settings and cluster.

    Raises:
        SettingsError: when something cannot be begun. What only the cluster lacks is said, and tried again.
    """
    served = Served(
        settings.tls_client_ca, lambda leaf: metrics.certificate_expiry.set(leaf.expires.timestamp())
    )
    told, clock = static_provider(settings), ServerClock()
    found = Background(provider or told, served)
    async with AsyncExitStack() as stack:
        if not settings.tls_secret:
            files = files_served(settings.tls_cert, settings.tls_key, served, clock.now)
            found.checks.append(await stack.enter_async_context(files))
        if settings.tls_secret or settings.watch or settings.events or settings.configuration:
            await _ask_the_api_server(stack, settings, metrics, found, clock)
        if not settings.watch:
            # Which release is served is worth showing; that it is not known does not stop the service.
            release = told().pods.release.text
            metrics.show_linkerd(release, "settings")
            found.checks.append(lambda: {f"linkerd release: {release}": True})
        yield found


async def _ask_the_api_server(
    stack: AsyncExitStack, settings: Settings, metrics: Metrics, found: Background, clock: ServerClock
) -> None:
    try:
        # Imported here: what they need is in the extra "cluster", and not in "webhook".
        from autofix.kubeapi.client import connect
        from webhook.certificates.rotator import certificate_rotated
        from webhook.cluster.events import events_sent
        from webhook.cluster.order import order_checked
        from webhook.cluster.skew import skew_checked
        from webhook.cluster.state import watching
        from webhook.cluster.webhook_configurations import make_configurations
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"what asks the API server needs {error.name}: install linkerd-autofix[cluster]"
        ) from None
    api = await stack.enter_async_context(connect(settings.kubeconfig, clock=clock))
    found.checks.append(skew_checked(clock))
    configurations, also = make_configurations(), _nothing
    if settings.tls_secret:
        rotator = certificate_rotated(api, settings, configurations, found.served)
        checks, also = await stack.enter_async_context(rotator)
        found.checks.append(checks)
    if settings.configuration:
        order = order_checked(api, configurations, settings.configuration, metrics, also)
        found.checks.append(await stack.enter_async_context(order))
    if settings.watch:
        watches = watching(api, settings, metrics)
        found.provider, checks = await stack.enter_async_context(watches)
        found.checks.append(checks)
    if settings.events:
        events = events_sent(api, metrics, socket.gethostname())
        found.notify = await stack.enter_async_context(events)


def _nothing() -> None:
    return
