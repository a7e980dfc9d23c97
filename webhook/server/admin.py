"""Probes and Prometheus, on a plain-HTTP port of their own."""

from __future__ import annotations

from typing import Final

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from webhook.serving.http import Handler, routed
from webhook.serving.metrics import Metrics
from webhook.serving.tasks import Checks

_MARKS: Final = {True: "+", False: "-", None: "!"}


def make_admin(metrics: Metrics, checks: Checks) -> Handler:
    """Make what answers the admin port.

    Args:
        metrics: what ``/metrics`` shows.
        checks: asked at every ``/readyz``; ``?verbose`` shows them one by one, as the API server's does.
    """

    async def livez(_: web.BaseRequest) -> web.Response:
        return web.Response(text="ok\n")

    async def readyz(http: web.BaseRequest) -> web.Response:
        shown = checks()
        ready = False not in shown.values()
        verdict = "ok\n" if ready else "not ready\n"
        if "verbose" in http.query or not ready:
            verdict = "".join(f"[{_MARKS[good]}]{name}\n" for name, good in shown.items()) + verdict
        return web.Response(status=200 if ready else 503, text=verdict)

    async def show_metrics(_: web.BaseRequest) -> web.Response:
        body = generate_latest(metrics.registry)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})

    return routed({"/livez": livez, "/readyz": readyz, "/metrics": show_metrics})
