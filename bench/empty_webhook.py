"""The least that an admission webhook on aiohttp can be: it reads the review, and lets everything pass.

``python -m bench.empty_webhook PORT CERTIFICATE KEY``
"""

from __future__ import annotations

import re
import ssl
import sys
from typing import Final

from aiohttp import web

_UID: Final = re.compile(rb'"uid":"([^"]+)"')
_ANSWER: Final = (
    b'{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":{"uid":"%b","allowed":true}}'
)


async def _mutate(request: web.Request) -> web.Response:
    # The API server writes the request's uid before any other.
    found = _UID.search(await request.read())
    assert found
    return web.Response(body=_ANSWER % found[1], content_type="application/json")


def main() -> None:
    """Serve until the process is ended."""
    import uvloop

    port, certificate, key = sys.argv[1:]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    app = web.Application()
    app.router.add_post("/mutate", _mutate)
    web.run_app(
        app,
        host="127.0.0.1",
        port=int(port),
        ssl_context=context,
        access_log=None,
        print=None,
        loop=uvloop.new_event_loop(),
    )


if __name__ == "__main__":
    main()
