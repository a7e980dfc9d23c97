"""The main job, end to end: a webhook on loopback, a real AdmissionReview, and a preview of a manifest.

Run it with ``make demo``. Nothing leaves this machine, and nothing is left running.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import ssl
import sys
import tempfile
from pathlib import Path

import aiohttp
import jsonpatch
import trustme

from autofix.cli import main as autofix
from webhook.server.server import start_server
from webhook.settings import Settings

HERE = Path(__file__).parent
LINKERD = "edge-24.10.1"


async def review(folder: Path) -> None:
    """Start the webhook with a self-signed CA and send it the Pod that a Job controller creates."""
    authority = trustme.CA()
    leaf = authority.issue_cert("127.0.0.1")
    leaf.cert_chain_pems[0].write_to_path(str(folder / "tls.crt"))
    leaf.private_key_pem.write_to_path(str(folder / "tls.key"))
    settings = Settings(
        listen="127.0.0.1:0",
        admin_listen="127.0.0.1:0",
        tls_cert=str(folder / "tls.crt"),
        tls_key=str(folder / "tls.key"),
        linkerd=LINKERD,
    )
    authority.cert_pem.write_to_path(str(folder / "ca.crt"))
    body = (HERE / "pod-review.json").read_bytes()
    async with start_server(settings) as server, aiohttp.ClientSession() as client:
        print(
            f"webhook listening on https://{server.address[0]}:{server.address[1]}/mutate, Linkerd {LINKERD}"
        )
        async with client.post(
            f"https://127.0.0.1:{server.address[1]}/mutate",
            data=body,
            headers={"Content-Type": "application/json"},
            ssl=ssl.create_default_context(cafile=str(folder / "ca.crt")),
        ) as answer:
            response = (await answer.json())["response"]
    show(json.loads(body)["request"]["object"], response)


def show(pod: dict[str, object], response: dict[str, object]) -> None:
    """Print the review's outcome and the pod's annotations before and after."""
    patch = base64.b64decode(str(response["patch"]))
    patched = jsonpatch.apply_patch(pod, patch.decode())
    print(f"allowed: {response['allowed']}, warnings: {response['warnings']}")
    print("patch:", patch.decode())
    for title, obj in (("annotations before:", pod), ("annotations after:", patched)):
        print(title, json.dumps(obj["metadata"]["annotations"], indent=2))
    assert "config.alpha.linkerd.io/proxy-enable-native-sidecar" in patched["metadata"]["annotations"]


def main() -> int:
    """Run both halves; 0 when both did what they should."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(review(Path(folder)))
    manifest = os.path.relpath(HERE / "job.yaml")
    print(f"\n$ autofix preview --linkerd {LINKERD} {manifest}", flush=True)
    exit_code = autofix(["preview", "--linkerd", LINKERD, manifest])
    # 1 says that a diff was shown, which is what a preview of this manifest has to do.
    return 0 if exit_code == 1 else 1


if __name__ == "__main__":
    sys.exit(main())
