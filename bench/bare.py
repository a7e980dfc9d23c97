"""What the webhook is measured against in Python, as a process: ``python -m bench.bare CERT KEY``.

``/read`` is the floor: an aiohttp handler that reads the body and answers with constant bytes. ``/deepcopy``
repairs as is usual in Python: decode all of it, change a deep copy, and let jsonpatch find the difference.
"""

from __future__ import annotations

import asyncio
import base64
import copy
import json
import sys

import jsonpatch
import uvloop
from aiohttp import web

from bench.reviews import WRONG
from webhook.certificates.tls import ServedCertificate, listening_context

_ALPHA = "config.alpha.linkerd.io/proxy-enable-native-sidecar"
_CONSTANT = b'{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}'


async def _read(http: web.Request) -> web.Response:
    await http.read()
    return web.Response(body=_CONSTANT, content_type="application/json")


async def _deepcopy(http: web.Request) -> web.Response:
    review = json.loads(await http.read())
    obj = review["request"]["object"]
    patched = copy.deepcopy(obj)
    annotations = patched["metadata"].get("annotations") or {}
    if WRONG in annotations:
        annotations[_ALPHA] = annotations.pop(WRONG)
    patch = jsonpatch.make_patch(obj, patched).to_string()
    response = {"uid": review["request"]["uid"], "allowed": True}
    if patch != "[]":
        response |= {"patchType": "JSONPatch", "patch": base64.b64encode(patch.encode()).decode()}
    answer = {"apiVersion": review["apiVersion"], "kind": review["kind"], "response": response}
    return web.Response(body=json.dumps(answer).encode(), content_type="application/json")


async def _serve(cert: str, key: str) -> None:
    served = ServedCertificate()
    served.load(cert, key)
    app = web.Application(client_max_size=10 * 1024 * 1024)
    app.router.add_post("/read", _read)
    app.router.add_post("/deepcopy", _deepcopy)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=listening_context(served)).start()
    print("{}:{}".format(*runner.addresses[0][:2]), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(_serve(*sys.argv[1:3]))
