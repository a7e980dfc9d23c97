"""Informers: what a server may do in the middle of a watch, and that the copy is right afterwards."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from autofix.kubeapi.api_path import ApiPath
from autofix.kubeapi.client import ApiError
from autofix.kubeapi.informer import Informer, run_informer
from autofix.kubeapi.list import Resource
from autofix.kubeapi.types import Object

THINGS = Resource("things", ApiPath("api", "v1", "things"), Object)


def thing(name: str, version: int, **annotations: str) -> dict[str, Any]:
    return {"metadata": {"name": name, "resourceVersion": str(version), "annotations": annotations}}


def event(kind: str, obj: dict[str, Any]) -> bytes:
    return json.dumps({"type": kind, "object": obj}).encode()


GONE = event("ERROR", {"code": 410, "message": "too old resource version"})


class Server:
    """Answers lists and watches from a script; the last watch stays open, and says so."""

    def __init__(self, lists: Iterable[object], watches: Iterable[Iterable[object]]) -> None:
        self.lists, self.watches = iter(lists), iter(watches)
        self.asked: list[dict[str, str]] = []
        self.finished = asyncio.Event()

    async def request(self, _method: str, _path: str, *, query: dict[str, str], **_: object) -> bytes:
        self.asked.append(dict(query))
        found = next(self.lists)
        if isinstance(found, Exception):
            raise found
        return json.dumps(found).encode()

    @asynccontextmanager
    async def stream(self, _path: str, query: dict[str, str], *_: object) -> AsyncIterator[Any]:
        self.asked.append(query)
        script = next(self.watches, None)

        async def lines() -> AsyncIterator[bytes]:
            if script is None:
                self.finished.set()
                await asyncio.Event().wait()
            for one in script or ():
                if isinstance(one, Exception):
                    raise one
                assert isinstance(one, bytes)
                yield one

        yield lines()


def listed(*things: dict[str, Any], version: int = 1, more: str = "") -> dict[str, Any]:
    return {"metadata": {"resourceVersion": str(version), "continue": more}, "items": list(things)}


async def informed(server: Server) -> Informer[Object, str]:
    """An informer once the server has played its script."""
    informer: Informer[Object, str] = Informer(
        THINGS, lambda obj: (obj.metadata.annotations or {}).get("keep")
    )
    task = asyncio.create_task(run_informer(server, informer))  # type: ignore[arg-type]  # a script in the API's place
    done = asyncio.create_task(server.finished.wait())
    await asyncio.wait({task, done}, timeout=10, return_when=asyncio.FIRST_COMPLETED)
    assert server.finished.is_set(), informer.problem
    task.cancel()
    return informer


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autofix.kubeapi.informer._FIRST_DELAY", 0.001)


async def test_changes_are_taken_in_and_what_does_not_count_is_not_kept() -> None:
    script = [
        event("ADDED", thing("b", 2, keep="2")),
        event("MODIFIED", thing("a", 3, keep="3")),
        event("ADDED", thing("c", 4)),
        event("BOOKMARK", thing("", 9)),
        event("DELETED", thing("b", 10, keep="2")),
    ]
    server = Server([listed(thing("a", 1, keep="1"), thing("x", 1))], [script])
    assert (await informed(server)).objects == {"a": "3"}
    assert server.asked[-1]["resourceVersion"] == "10"


async def test_a_key_that_loses_what_counts_is_forgotten() -> None:
    script = [event("MODIFIED", thing("a", 2))]
    assert (await informed(Server([listed(thing("a", 1, keep="1"))], [script]))).objects == {}


async def test_long_lists_come_in_pages() -> None:
    pages = [listed(thing("a", 1, keep="1"), more="token"), listed(thing("b", 1, keep="2"), version=5)]
    server = Server(pages, [])
    assert (await informed(server)).objects == {"a": "1", "b": "2"}
    assert server.asked[1]["continue"] == "token"
    assert server.asked[2]["resourceVersion"] == "5"


@pytest.mark.parametrize(
    "end", [GONE, ApiError(410, "gone"), ApiError(504, "too large version"), ApiError(403, "forbidden")]
)
async def test_a_position_that_the_server_does_not_know_any_more_leads_to_a_new_list(end: object) -> None:
    server = Server([listed(thing("a", 1, keep="1")), listed(thing("b", 7, keep="2"), version=7)], [[end]])
    informer = await informed(server)
    assert informer.objects == {"b": "2"}
    assert informer.problem == ""


@pytest.mark.parametrize("end", [None, ConnectionResetError("reset"), TimeoutError(), b"half a li"])
async def test_a_lost_connection_goes_on_where_it_was(end: object) -> None:
    script = [event("MODIFIED", thing("a", 2, keep="2")), *([end] if end else [])]
    server = Server([listed(thing("a", 1, keep="1"))], [script])
    assert (await informed(server)).objects == {"a": "2"}
    assert [one["resourceVersion"] for one in server.asked[1:]] == ["1", "2"]


async def test_a_server_that_cannot_be_reached_is_asked_again_and_it_is_said_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    errors = [ConnectionRefusedError("refused")] * 3 + [ApiError(403, "forbidden")]
    informer = await informed(Server([*errors, listed(thing("a", 1, keep="1"))], []))
    assert informer.objects == {"a": "1"}
    warnings = [record for record in caplog.records if record.levelname == "WARNING"]
    assert [vars(record)["reason"] for record in warnings] == ["refused", "forbidden"]
    assert {record.name for record in warnings} == {"autofix"}


async def test_a_server_that_is_silent_until_the_time_is_over_is_said(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    # However long it took: without a sign of life it was never good.
    monkeypatch.setattr("autofix.kubeapi.informer._GOOD_SECONDS", 0)
    errors = [TimeoutError(), TimeoutError()]
    informer = await informed(Server([*errors, listed(thing("a", 1, keep="1"))], []))
    assert informer.objects == {"a": "1"}
    [warning] = [record for record in caplog.records if record.levelname == "WARNING"]
    assert vars(warning)["reason"] == "TimeoutError"


async def test_the_objects_are_the_same_mapping_for_ever() -> None:
    informer: Informer[Object, str] = Informer(THINGS, lambda _: "kept")
    before = informer.objects
    server = Server([listed(thing("a", 1)), listed(thing("b", 2))], [[GONE]])
    task = asyncio.create_task(run_informer(server, informer))  # type: ignore[arg-type]  # a script in the API's place
    await asyncio.wait_for(server.finished.wait(), 10)
    task.cancel()
    assert before is informer.objects
    assert list(before) == ["b"]
