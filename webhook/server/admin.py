"""The admin port: probes and Prometheus, over plain HTTP."""

from __future__ import annotations

from typing import Final

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from webhook.serving.http import Handler, make_router
from webhook.serving.metrics import Metrics
from webhook.serving.tasks import Checks

_MARKS: Final = {True: "+", False: "-", None: "!"}


def make_admin(metrics: Metrics, checks: Checks) -> Handler:
    """Make the handler of the admin port.

    Args:
        metrics: shown at ``/metrics``.
        checks: called at every ``/readyz``. ``?verbose`` shows each check, as at the API server.

    Returns:
        The handler of ``/livez``, ``/readyz`` and ``/metrics``.
    """

    async def livez(_: web.BaseRequest) -> web.Response:
        return web.Response(text="ok\n")

    async def readyz(http: web.BaseRequest) -> web.Response:
        results = checks()
        ready = False not in results.values()
        verdict = "ok\n" if ready else "not ready\n"
        if "verbose" in http.query or not ready:
            verdict = "".join(f"[{_MARKS[good]}]{name}\n" for name, good in results.items()) + verdict
        return web.Response(status=200 if ready else 503, text=verdict)

    async def show_metrics(_: web.BaseRequest) -> web.Response:
        body = generate_latest(metrics.registry)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})

    return make_router({"/livez": livez, "/readyz": readyz, "/metrics": show_metrics})
