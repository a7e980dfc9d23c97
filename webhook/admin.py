"""The aiohttp application for probes and Prometheus, on a plain-HTTP port of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from webhook.metrics import Metrics
from webhook.tasks import Checks

_MARKS: Final = {True: "+", False: "-", None: "!"}


@dataclass(frozen=True, slots=True)
class _Shown:
    metrics: Metrics
    checks: Checks


_SHOWN: Final = web.AppKey("shown", _Shown)


def make_admin(metrics: Metrics, checks: Checks) -> web.Application:
    """Make the application.

    Args:
        metrics: what ``/metrics`` shows.
        checks: asked at every ``/readyz``; ``?verbose`` shows them one by one, as the API server's does.
    """
    app = web.Application()
    app[_SHOWN] = _Shown(metrics, checks)
    app.router.add_get("/livez", _livez)
    app.router.add_get("/readyz", _readyz)
    app.router.add_get("/metrics", _metrics)
    return app


async def _livez(_: web.Request) -> web.Response:
    return web.Response(text="ok\n")


async def _readyz(http: web.Request) -> web.Response:
    checks = http.app[_SHOWN].checks()
    ready = False not in checks.values()
    verdict = "ok\n" if ready else "not ready\n"
    if "verbose" in http.query or not ready:
        verdict = "".join(f"[{_MARKS[good]}]{name}\n" for name, good in checks.items()) + verdict
    return web.Response(status=200 if ready else 503, text=verdict)


async def _metrics(http: web.Request) -> web.Response:
    return web.Response(
        body=generate_latest(http.app[_SHOWN].metrics.registry), headers={"Content-Type": CONTENT_TYPE_LATEST}
    )
