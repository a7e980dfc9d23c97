"""The tasks beside the reviews: certificate, watches, checks, Events. The settings say which of them run."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from autofix.kubeapi.clock import ServerClock
from webhook.admission.answers import Answer
from webhook.admission.request import Request
from webhook.admission.state import Provider, static_provider
from webhook.certificates.files import serve_files
from webhook.certificates.tls import ServedCertificate
from webhook.serving.metrics import Metrics
from webhook.serving.tasks import Checks
from webhook.settings import Settings, SettingsError


@dataclass(slots=True)
class Background:
    """The results of the tasks that the server needs.

    Attributes:
        provider: returns the newest state of the cluster.
        served: the certificate.
        notify: gets every review and its answer.
        checks: shown by the readiness probe.
    """

    provider: Provider
    served: ServedCertificate
    notify: Callable[[Request, Answer], None] = lambda _request, _answer: None
    checks: list[Checks] = field(default_factory=list)


@asynccontextmanager
async def start_background(
    settings: Settings, metrics: Metrics, provider: Provider | None
) -> AsyncIterator[Background]:
    """Run the tasks as long as the context is open.

    Args:
        settings: the settings.
        metrics: show the results.
        provider: returns the state of the cluster; None takes it from the settings and the cluster.

    Yields:
        The results of the tasks.

    Raises:
        SettingsError: when a task cannot start because of a setting. When only the cluster is not ready, the
            task logs that and tries again.
    """
    served = ServedCertificate(
        settings.tls_client_ca, lambda leaf: metrics.certificate_expiry.set(leaf.expires.timestamp())
    )
    from_settings, clock = static_provider(settings), ServerClock()
    background = Background(provider or from_settings, served)
    async with AsyncExitStack() as stack:
        if not settings.tls_secret:
            files = serve_files(settings.tls_cert, settings.tls_key, served, clock.now)
            background.checks.append(await stack.enter_async_context(files))
        if settings.tls_secret or settings.watch or settings.events or settings.configuration:
            await _start_cluster_tasks(stack, settings, metrics, background, clock)
        if not settings.watch:
            # The release is worth showing; without one the webhook serves too.
            release = from_settings().pods.release.text
            metrics.show_linkerd({release: "settings"})
            background.checks.append(lambda: {f"linkerd release: {release}": True})
        yield background


async def _start_cluster_tasks(
    stack: AsyncExitStack, settings: Settings, metrics: Metrics, background: Background, clock: ServerClock
) -> None:
    try:
        # Imported here: their packages are in the extra "cluster", and not in "webhook".
        from autofix.kubeapi.client import connect
        from webhook.certificates.rotator import rotate_certificate
        from webhook.cluster.events import send_events
        from webhook.cluster.order import check_order
        from webhook.cluster.skew import check_skew
        from webhook.cluster.state import watch_cluster
        from webhook.cluster.webhook_configurations import make_configurations
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"access to the API server needs {error.name}: install linkerd-autofix[cluster]"
        ) from None
    api = await stack.enter_async_context(connect(settings.kubeconfig, clock=clock))
    background.checks.append(check_skew(clock))
    configurations, on_change = make_configurations(), _nothing
    if settings.tls_secret:
        rotator = rotate_certificate(api, settings, configurations, background.served)
        checks, on_change = await stack.enter_async_context(rotator)
        background.checks.append(checks)
    if settings.configuration:
        order = check_order(api, configurations, settings.configuration, metrics, on_change)
        background.checks.append(await stack.enter_async_context(order))
    if settings.watch:
        watches = watch_cluster(api, settings, metrics)
        background.provider, checks = await stack.enter_async_context(watches)
        background.checks.append(checks)
    if settings.events:
        events = send_events(api, metrics, socket.gethostname())
        background.notify = await stack.enter_async_context(events)


def _nothing() -> None:
    return
