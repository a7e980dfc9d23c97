"""S13: a watch that can be opened, and tells nothing, is said: readyz shows it, and the metric stands still.

How long is too long is shortened; what is checked is what happens, and not when.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import trustme
from api_server import ApiServer, api_server
from webhook_process import lines, process, shown

from autofix.kubeapi.api_path import ApiPath
from autofix.kubeapi.client import connect
from autofix.kubeapi.informer import Informer, run_informer
from autofix.kubeapi.list import Resource
from autofix.kubeapi.types import Object

THINGS = "/api/v1/things"
NAMESPACES = "/api/v1/namespaces"
QUICK = {"_SILENCE_SECONDS": 0.2, "_FIRST_DELAY": 0.01, "_LONGEST_DELAY": 0.02, "_GOOD_SECONDS": 0.0}
SILENT = "open, but nothing has been heard for 0.2 seconds"


@pytest.fixture
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in QUICK.items():
        monkeypatch.setattr(f"autofix.kubeapi.informer.{name}", value)


async def is_so(happened: Callable[[], bool]) -> None:
    """Wait until something is so in this process."""
    for _ in range(60_000):
        if happened():
            return
        await asyncio.sleep(0.001)
    pytest.fail("it is never so")


@asynccontextmanager
async def informed(server: ApiServer) -> AsyncIterator[tuple[Informer[Object, Object], list[Any]]]:
    """An informer that runs; at each sign of life, how many watches were opened, and the problem."""
    informer: Informer[Object, Object] = Informer(
        Resource("things", ApiPath("api", "v1", "things"), Object), lambda one: one
    )
    signs: list[Any] = []
    informer.on_contact = lambda: signs.append((server.opened, informer.problem))
    async with connect(str(server.kubeconfig)) as api:
        task = asyncio.create_task(run_informer(api, informer))
        try:
            yield informer, signs
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


@pytest.mark.usefixtures("_quick")
@pytest.mark.parametrize(
    "odd",
    [{"silent": True}, {"silent": True, "drips": b" "}, {"closes": True}],
    ids=["silent", "drips", "closes"],
)
async def test_that_a_watch_can_be_opened_is_no_sign_of_life(
    odd: dict[str, Any], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "autofix")
    async with api_server(tmp_path) as server:
        for name, value in odd.items():
            setattr(server, name, value)
        async with informed(server) as (informer, signs):
            await server.until(lambda: informer.problem == SILENT)
            more = server.opened + 5
            server.store(THINGS, {"metadata": {"name": "new"}})
            await server.until(lambda: server.opened >= more and "new" in informer.objects)
            assert informer.problem == SILENT, "that it can be listed is no sign that the watch works"
            assert signs == [(0, "")], "the list, and nothing after it"
            assert [one.message for one in caplog.records] == ["watching", "cannot watch"]


@pytest.mark.usefixtures("_quick")
async def test_the_first_bookmark_ends_it(tmp_path: Path) -> None:
    async with api_server(tmp_path) as server:
        server.silent = True
        async with informed(server) as (informer, signs):
            await server.until(lambda: informer.problem == SILENT)
            server.silent = False
            before, is_silent = len(signs), informer.is_silent
            for _ in range(3000):
                server.bookmark(THINGS)
                await asyncio.sleep(0.02)
                if len(signs) > before:
                    break
            assert is_silent
            assert signs[-1][1] == ""


@pytest.mark.usefixtures("_quick")
async def test_after_an_outage_an_open_watch_is_well_until_it_is_silent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that is back is not accused of a silence that has not been yet."""
    monkeypatch.setattr("autofix.kubeapi.informer._SILENCE_SECONDS", 3600)
    async with api_server(tmp_path) as server, informed(server) as (informer, _):
        await server.until(lambda: server.opened == 1)
        server.answers[THINGS] = 503
        server.end_watches()
        await server.until(lambda: "503" in informer.problem)
        del server.answers[THINGS]
        server.silent = True
        opened = server.opened
        await server.until(lambda: server.opened > opened)
        await is_so(lambda: not informer.problem)
        assert not informer.is_silent


async def test_the_real_process_says_it(tmp_path: Path) -> None:
    leaf = trustme.CA().issue_cert("127.0.0.1")
    leaf.private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "tls.pem"))
    quick = "; ".join(f"watch.{name} = {value}" for name, value in QUICK.items())
    async with (
        api_server(tmp_path) as server,
        process(
            *("--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--watch", "true"),
            *("--tls-cert", str(tmp_path / "tls.pem"), "--tls-key", str(tmp_path / "tls.pem")),
            *("--kubeconfig", str(server.kubeconfig)),
            before=f"import autofix.kubeapi.informer as watch; {quick}",
        ) as found,
        aiohttp.ClientSession() as session,
    ):
        server.silent = True
        admin = f"http://{(await lines(found, 'listening'))['admin_address']}"

        async def get(path: str) -> str:
            async with session.get(admin + path) as answer:
                return await answer.text()

        line = f"[!]watch namespaces: {SILENT}"
        assert (await shown(session, admin, line)).endswith("ok\n"), "it serves what it knows"

        async def contact() -> float:
            name = 'autofix_watch_last_contact_timestamp_seconds{resource="namespaces"} '
            [value] = re.findall(re.escape(name) + r"(\S+)", await get("/metrics"))
            return float(value)

        before, more = await contact(), server.opened + 9
        await server.until(lambda: server.opened >= more)
        assert line in await get("/readyz?verbose")
        assert await contact() == before
        server.silent = False
        async with asyncio.timeout(60):
            while "[+]watch namespaces\n" not in await get("/readyz?verbose"):
                server.bookmark(NAMESPACES)
                await asyncio.sleep(0.02)
        assert await contact() > before
