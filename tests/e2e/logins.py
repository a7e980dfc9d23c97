"""Logins that end after seconds, authorities that rotate, and proxies, for a real API server."""

from __future__ import annotations

import asyncio
import json
import secrets
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import trustme
from control_plane import Cluster
from guarded_server import ConnectProxy, connect_proxy
from installing import NAME, NAMESPACE
from processes import wait_for

LIFE = timedelta(seconds=3)
GROUPS = {
    "admin": ["system:masters"],
    f"system:serviceaccount:{NAMESPACE}:{NAME}": [
        "system:serviceaccounts",
        f"system:serviceaccounts:{NAMESPACE}",
        "system:authenticated",
    ],
}
REPLICA = f"system:serviceaccount:{NAMESPACE}:{NAME}"
# Prints a token for administrators; each call is a line in a file beside it.
PLUGIN = """
import json, sys, time
from datetime import UTC, datetime
from pathlib import Path
end = time.time() + float(sys.argv[1])
with (Path(__file__).parent / "calls").open("a") as calls:
    calls.write(f"{end}\\n")
ends = {"expirationTimestamp": datetime.fromtimestamp(end, UTC).isoformat()} if sys.argv[2] == "says" else {}
status = {"token": f"admin/{end}/x", **ends}
print(json.dumps({"apiVersion": "client.authentication.k8s.io/v1", "status": status}))
"""


def token_of(user: str) -> str:
    """A token that says itself when it ends; there is no secret in it."""
    return f"{user}/{time.time() + LIFE.total_seconds()}/{secrets.token_hex(4)}"


class _TokenReviews(BaseHTTPRequestHandler):
    """Tells the API server whose token it is, as long as the token lives."""

    def do_POST(self) -> None:
        review = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        user, _, rest = review["spec"]["token"].partition("/")
        end = rest.partition("/")[0]
        status: dict[str, Any] = {"authenticated": False}
        if user in GROUPS and float(end or 0) > time.time():
            status = {"authenticated": True, "user": {"username": user, "groups": GROUPS[user]}}
        body = json.dumps({**review, "status": status}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def token_reviews(folder: Path) -> Iterator[list[str]]:
    """Answer TokenReviews as long as the context is open; the flags lead the API server here."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _TokenReviews) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        path = folder / "token-reviews.json"
        cluster = {"server": f"http://127.0.0.1:{server.server_port}/"}
        path.write_text(json.dumps(kubeconfig_of(cluster, {})))
        try:
            yield [
                f"--authentication-token-webhook-config-file={path}",
                "--authentication-token-webhook-version=v1",
                "--authentication-token-webhook-cache-ttl=1s",
            ]
        finally:
            server.shutdown()
            thread.join()


def kubeconfig_of(cluster: dict[str, Any], user: dict[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "test",
        "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test"}}],
        "clusters": [{"name": "test", "cluster": cluster}],
        "users": [{"name": "test", "user": user}],
    }


@dataclass(frozen=True)
class ShortLogin:
    """A kubeconfig whose login ends after seconds, and is renewed all the time.

    Attributes:
        kubeconfig: the kubeconfig.
        authority: the file with the authority that it trusts.
        first_end: when the first login ends.
        renewals: how often it was renewed.
    """

    kubeconfig: Path
    authority: Path
    first_end: datetime
    renewals: Callable[[], int]

    def wait_until_first_is_over(self) -> None:
        """Wait until only a renewed login can be valid; the API server remembers a token for a second."""
        end = self.first_end + timedelta(seconds=2)
        wait_for("the first login is over", lambda: datetime.now(UTC) > end)


def replace(path: Path, content: bytes) -> None:
    """Write a file at once, as kubelet does."""
    new = path.with_name(f"{path.name}.new")
    new.write_bytes(content)
    new.replace(path)


@contextmanager
def token_file(cluster: Cluster, folder: Path, user: str = "admin") -> Iterator[ShortLogin]:
    """A token file that somebody else writes again and again, with a newline at its end."""

    def renew() -> None:
        replace(folder / "token", f"{token_of(user)}\n".encode())

    with _renewed(cluster, folder, {"tokenFile": "token"}, renew) as login:
        yield login


@contextmanager
def client_certificate(cluster: Cluster, folder: Path) -> Iterator[ShortLogin]:
    """A client certificate that somebody else writes again and again."""

    def renew() -> None:
        end = datetime.now(UTC) + LIFE
        leaf = cluster.authority.issue_cert(
            "admin", common_name="admin", organization_name="system:masters", not_after=end
        )
        replace(folder / "tls.crt", leaf.cert_chain_pems[0].bytes())
        replace(folder / "tls.key", leaf.private_key_pem.bytes())

    user = {"client-certificate": "tls.crt", "client-key": "tls.key"}
    with _renewed(cluster, folder, user, renew) as login:
        yield login


@contextmanager
def exec_plugin(cluster: Cluster, folder: Path, *, says: bool = True) -> Iterator[ShortLogin]:
    """An exec plugin, which says when its token ends or does not."""
    (folder / "plugin.py").write_text(PLUGIN)
    arguments = [str(folder / "plugin.py"), str(LIFE.total_seconds()), "says" if says else "silent"]
    plugin = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": sys.executable,
        "args": arguments,
        "interactiveMode": "Never",
    }
    path, authority = _written(cluster, folder, {"exec": plugin})
    calls = folder / "calls"
    calls.touch()
    yield ShortLogin(path, authority, datetime.now(UTC) + LIFE, lambda: len(calls.read_text().splitlines()))


@contextmanager
def silent_plugin(cluster: Cluster, folder: Path) -> Iterator[ShortLogin]:
    with exec_plugin(cluster, folder, says=False) as login:
        yield login


@contextmanager
def _renewed(
    cluster: Cluster, folder: Path, user: dict[str, Any], renew: Callable[[], None]
) -> Iterator[ShortLogin]:
    stop, renewals = threading.Event(), [0]

    def go_on() -> None:
        while not stop.wait(0.5):
            renew()
            renewals[0] += 1

    renew()
    end = datetime.now(UTC) + LIFE
    path, authority = _written(cluster, folder, user)
    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield ShortLogin(path, authority, end, lambda: renewals[0])
    finally:
        stop.set()
        thread.join()


def _written(cluster: Cluster, folder: Path, user: dict[str, Any], **more: str) -> tuple[Path, Path]:
    authority = folder / "trusted.crt"
    authority.write_bytes((cluster.folder / "ca.crt").read_bytes())
    path = folder / "kubeconfig.json"
    whole = {"server": cluster.url, "certificate-authority": "trusted.crt", **more}
    path.write_text(json.dumps(kubeconfig_of(whole, user)))
    return path, authority


def rotate(cluster: Cluster) -> bytes:
    """Restart the API server with a certificate of a new authority, and return the authority's PEM.

    Our kubectl trusts it then. Client certificates stay those of the first authority.
    """
    authority = trustme.CA()
    leaf = authority.issue_cert("127.0.0.1", "localhost", "kubernetes.default.svc")
    name = secrets.token_hex(4)
    certificate, key = cluster.folder / f"{name}.crt", cluster.folder / f"{name}.key"
    leaf.cert_chain_pems[0].write_to_path(str(certificate))
    leaf.private_key_pem.write_to_path(str(key))
    clients = cluster.folder / "clients.crt"
    cluster.authority.cert_pem.write_to_path(str(clients))
    cluster.server.stop()
    # The last flag of a name counts.
    flags = {"tls-cert-file": certificate, "tls-private-key-file": key, "client-ca-file": clients}
    cluster.server.command += [f"--{name}={path}" for name, path in flags.items()]
    cluster.server.start()
    pem = authority.cert_pem.bytes()
    replace(cluster.folder / "ca.crt", pem)
    wait_for("the API server is ready", cluster.is_ready, log=cluster.server.log)
    return pem


@contextmanager
def proxy_before(port: int) -> Iterator[ConnectProxy]:
    """Run a proxy that leads to a port, in a thread."""
    started, proxies = threading.Event(), list[ConnectProxy]()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def serve() -> None:
        async with connect_proxy(port) as proxy:
            proxies.append(proxy)
            started.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    started.wait()
    try:
        yield proxies[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()
