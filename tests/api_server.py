"""An API server on loopback, as far as our client needs one: it stores, lists and watches over TLS, writes
down what it is asked, and can be as odd as a test wants it."""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote

import trustme
from aiohttp import web

Object = dict[str, Any]
SECRETS = "/api/v1/namespaces/linkerd-autofix/secrets"
CONFIGURATIONS = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations"


@dataclass(frozen=True)
class Asked:
    """A request line, as it came over the wire, and the body behind it."""

    method: str
    target: str
    body: bytes = b""

    @property
    def path(self) -> list[str]:
        """The segments as the API server reads them: what stands before the ? is decoded first."""
        return unquote(self.target.partition("?")[0]).split("/")[1:]

    @property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(self.target.partition("?")[2], keep_blank_values=True)


@dataclass
class ApiServer:
    """What it has, and how it behaves.

    Attributes:
        kubeconfig: of a client that trusts it.
        objects: by the path of their collection, and their name.
        answers: what is answered whatever is stored, by path; a number is a status, and bytes are no JSON.
        page: what is answered to every request, as a login page in the way would; empty for nothing.
        asked: every request.
        now: its clock; None for answers without a Date.
        silent: whether watches are opened, and nothing comes.
        drips: what comes of a silent watch again and again, without ever becoming a line.
        closes: whether watches end as soon as they are open.
        refused: collections in which nothing may be written.
        ended: how often all watches were ended.
        opened: how many watches were.
    """

    kubeconfig: Path
    objects: dict[str, dict[str, Object]] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    page: bytes = b""
    asked: list[Asked] = field(default_factory=list)
    now: Callable[[], datetime] | None = lambda: datetime.now(UTC)
    silent: bool = False
    drips: bytes = b""
    closes: bool = False
    refused: set[str] = field(default_factory=set)
    ended: int = 0
    opened: int = 0
    version: int = 1
    history: list[tuple[int, str, Object]] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    moved: asyncio.Event = field(default_factory=asyncio.Event)

    def store(self, collection: str, obj: Object, event: str = "MODIFIED") -> Object:
        self.version += 1
        metadata = {**obj["metadata"], "resourceVersion": str(self.version)}
        if "/namespaces/" in collection:
            metadata["namespace"] = collection.split("/")[-2]
        obj = {**obj, "metadata": metadata}
        self.objects.setdefault(collection, {})[obj["metadata"]["name"]] = obj
        self._tell(collection, {"type": event, "object": obj})
        return obj

    def bookmark(self, collection: str) -> None:
        """Send the sign of life that comes every minute."""
        self.version += 1
        metadata = {"resourceVersion": str(self.version)}
        self._tell(collection, {"type": "BOOKMARK", "object": {"metadata": metadata}})

    async def until(self, happened: Callable[[], bool]) -> None:
        """Wait until something is so that a request may have changed."""
        async with asyncio.timeout(60):
            while not happened():
                await self.moved.wait()

    def _move(self) -> None:
        self.moved.set()
        self.moved = asyncio.Event()

    def end_watches(self) -> None:
        """End all that are open, as it does every few minutes."""
        self.ended += 1
        self._change()

    def _change(self) -> None:
        self.changed.set()
        self.changed = asyncio.Event()

    def changes(self, collection: str) -> int:
        """How often something in a collection was changed."""
        return sum(one == collection for _, one, _ in self.history)

    def _tell(self, collection: str, event: Object) -> None:
        self.history.append((self.version, collection, event))
        self._change()

    async def answer(self, http: web.BaseRequest) -> web.StreamResponse:
        one = Asked(http.method, http.raw_path, await http.read())
        self.asked.append(one)
        self._move()
        date = {"Date": format_datetime(self.now(), usegmt=True) if self.now else ""}
        path = "/" + "/".join(one.path)
        if self.page or path in self.answers:
            answer = self.page or self.answers[path]
            if isinstance(answer, bytes):
                return web.Response(body=answer, content_type="text/html", headers=date)
            status = answer if isinstance(answer, int) else 200
            return web.json_response({} if status == answer else answer, status=status, headers=date)
        if "watch" in one.query:
            return await self._watch(http, path, int(one.query["resourceVersion"][0]), date)
        status, body = self._stored(one, path)
        return web.json_response(body, status=status, headers=date)

    def _stored(self, one: Asked, path: str) -> tuple[int, Object]:
        collection, _, name = path.rpartition("/")
        found = self.objects.get(collection, {}).get(name)
        if one.method != "GET" and {path, collection} & self.refused:
            return 403, {"message": "forbidden"}
        if one.method == "DELETE":
            self.answers[path] = 404
        elif one.method == "POST":
            obj: Object = json.loads(one.body)
            return 201, obj if "dryRun" in one.query else self.store(path, obj, "ADDED")
        elif one.method == "PATCH" and found:
            patch = json.loads(one.body)
            if patch["metadata"]["resourceVersion"] != found["metadata"]["resourceVersion"]:
                return 409, {"message": "the object has been modified"}
            return 200, self.store(collection, {**found, **patch, "metadata": found["metadata"]})
        return 200, found or self._listed(one, path)

    def _listed(self, one: Asked, path: str) -> Object:
        wanted = one.query.get("fieldSelector", [""])[0].removeprefix("metadata.name=")
        items = [obj for name, obj in self.objects.get(path, {}).items() if wanted in ("", name)]
        return {"metadata": {"resourceVersion": str(self.version)}, "items": items}

    async def _watch(
        self, http: web.BaseRequest, path: str, position: int, headers: dict[str, str]
    ) -> web.StreamResponse:
        self.opened += 1
        self._move()
        response = web.StreamResponse(headers=headers)
        await response.prepare(http)
        ended = self.ended
        while ended == self.ended and not self.closes:
            changed = self.changed
            for version, collection, event in self.history:
                if collection == path and version > position and not self.silent:
                    position = version
                    await response.write(json.dumps(event).encode() + b"\n")
            while self.silent and self.drips and not changed.is_set():
                await response.write(self.drips)
                await asyncio.sleep(0.01)
            await changed.wait()
        return response


@asynccontextmanager
async def api_server(folder: Path) -> AsyncIterator[ApiServer]:
    """Serve as long as the context is open.

    Args:
        folder: takes the kubeconfig.
    """
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    server = ApiServer(folder / "kubeconfig.json")

    async def answer(http: web.BaseRequest) -> web.StreamResponse:
        with suppress(ConnectionError):
            return await server.answer(http)
        return web.Response()

    runner = web.ServerRunner(web.Server(answer, access_log=None), shutdown_timeout=0.01)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    cluster = {
        "server": f"https://127.0.0.1:{runner.addresses[0][1]}",
        "certificate-authority-data": base64.b64encode(authority.cert_pem.bytes()).decode(),
    }
    server.kubeconfig.write_text(
        json.dumps(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "current-context": "test",
                "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test"}}],
                "clusters": [{"name": "test", "cluster": cluster}],
                "users": [{"name": "test", "user": {"token": "t"}}],
            }
        )
    )
    try:
        yield server
    finally:
        await runner.cleanup()


@contextmanager
def served(folder: Path) -> Iterator[ApiServer]:
    """Serve from a thread, for a command that has an event loop of its own.

    Args:
        folder: takes the kubeconfig.
    """
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()
    context = api_server(folder)
    try:
        yield asyncio.run_coroutine_threadsafe(context.__aenter__(), loop).result()
        asyncio.run_coroutine_threadsafe(context.__aexit__(None, None, None), loop).result()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
