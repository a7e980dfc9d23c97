"""Readiness of a webhook that watches: it learns first, and serves even if there is nothing to learn from."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import Any

import pytest
from webhook_client import the_loop_has_turned

from autofix.kubeapi.client import ApiError
from webhook.cluster.state import watch_cluster
from webhook.serving.metrics import make_metrics
from webhook.settings import Settings


class Server:
    """Answers nothing, or an error, until it is told to."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error, self.answers = error, asyncio.Event()

    async def request(self, *_: object, **__: object) -> bytes:
        if self.error:
            raise self.error
        await self.answers.wait()
        return b'{"metadata": {"resourceVersion": "1"}, "items": [], "gitVersion": "v1.34.0"}'

    @asynccontextmanager
    async def stream(self, *_: object) -> Any:
        await asyncio.Event().wait()
        yield


async def test_a_new_replica_is_not_ready_before_it_has_read_the_cluster() -> None:
    server = Server()
    async with watch_cluster(server, Settings(), make_metrics()) as (_, checks):  # type: ignore[arg-type]
        assert checks()["watch namespaces: not read yet"] is False
        server.answers.set()
        await the_loop_has_turned()
        # The server of this test tells of no Linkerd: worth a look, and no reason not to serve.
        told = {line: good for line, good in checks().items() if good is not True}
        assert told == {
            "linkerd release: unknown (not found)": None,
            "linkerd-config: absent, so the defaults of Linkerd's chart are assumed": None,
        }
        assert checks()["kubernetes version: 1.34"] is True


async def test_an_api_server_that_does_not_answer_is_not_waited_for_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("webhook.cluster.state._FIRST_SECONDS", 0)
    async with watch_cluster(Server(), Settings(), make_metrics()) as (provider, checks):  # type: ignore[arg-type]
        assert checks()["watch namespaces: not read yet"] is None
        assert provider().pods.release.text == "unknown"


@pytest.mark.parametrize("error", [ApiError(403, "forbidden"), ConnectionRefusedError("refused")])
async def test_a_right_that_is_missing_or_a_server_that_is_away_is_not_waited_for(error: Exception) -> None:
    async with watch_cluster(Server(error), Settings(), make_metrics()) as (_, checks):  # type: ignore[arg-type]
        await the_loop_has_turned()
        assert checks()[f"watch namespaces: {error}"] is None
        assert checks()[f"kubernetes version: {error}"] is None


async def test_settings_go_before_what_the_cluster_says() -> None:
    async with watch_cluster(Server(), Settings(linkerd="2.17"), make_metrics()) as (provider, checks):  # type: ignore[arg-type]
        assert provider().pods.release.text == "2.17"
        assert checks()["linkerd release: 2.17 (settings)"] is True
