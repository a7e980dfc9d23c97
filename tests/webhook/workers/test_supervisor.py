"""Several processes behind one address: they share the work, and begin and end together."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import ssl
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from certificates import Certificates
from prometheus_client.parser import text_string_to_metric_families
from webhook_client import REVIEWS
from webhook_process import lines, process

from webhook.workers.admin import join_metrics

GOOD = (REVIEWS / "06-pod-create-from-job.json").read_bytes()
HEADERS = {"Content-Type": "application/json"}
SLOW = {**HEADERS, "Content-Length": str(len(GOOD))}


def flags(certificates: Certificates, *more: str) -> list[str]:
    return [
        *("--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--processes", "2"),
        *("--tls-cert", certificates.cert, "--tls-key", certificates.key, "--linkerd", "2.17"),
        *("--shutdown-delay-seconds", "0", *more),
    ]


async def review(context: ssl.SSLContext, address: str) -> bool:
    """Send a review over a connection of its own, which any process may get."""
    connector = aiohttp.TCPConnector(ssl=context, force_close=True)
    async with (
        aiohttp.ClientSession(connector=connector) as session,
        session.post(f"https://{address}/mutate", data=GOOD, headers=HEADERS) as answer,
    ):
        allowed: bool = json.loads(await answer.read())["response"]["allowed"]
        return allowed


async def get(address: str, path: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(f"http://{address}{path}") as answer:
        return answer.status, await answer.text()


def reviews(metrics: str) -> Counter[str]:
    counted: Counter[str] = Counter()
    for family in text_string_to_metric_families(metrics):
        for sample in family.samples:
            if sample.name == "autofix_admission_requests_total":
                counted[sample.labels["process"]] += int(sample.value)
    return counted


def children(parent: int) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


def runs(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


async def gone(pids: list[int]) -> None:
    for _ in range(500):
        if not any(runs(pid) for pid in pids):
            return
        await asyncio.sleep(0.02)
    pytest.fail("they have not ended")


async def test_both_answer_and_what_they_counted_adds_up(certificates: Certificates) -> None:
    async with process(*flags(certificates)) as found:
        listening = await lines(found, "listening")
        address, admin = listening["address"], listening["admin_address"]
        assert listening["processes"] == 2
        # The kernel chooses by the client's port: that one gets none of 40 happens once in 10**11 times.
        assert all([await review(certificates.client, address) for _ in range(40)])
        status, text = await get(admin, "/metrics")
        assert status == 200
        counted = reviews(text)
        assert sorted(counted) == ["0", "1"]
        assert counted.total() == 40
        assert all(counted.values())
        assert await get(admin, "/livez") == (200, "ok\n")
        assert await get(admin, "/readyz?verbose") == (
            200,
            "[+]serving\n[+]certificate\n[+]linkerd release: 2.17\nok\n",
        )
        found.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(found.wait(), 10) == 0


async def test_sigterm_makes_all_unready_and_lets_reviews_finish(certificates: Certificates) -> None:
    async with process(*flags(certificates, "--shutdown-delay-seconds", "1")) as found:
        listening = await lines(found, "listening")
        members, go_on = children(found.pid), asyncio.Event()
        assert len(members) == 2

        async def slow_body() -> AsyncIterator[bytes]:
            yield GOOD[:100]
            await go_on.wait()
            yield GOOD[100:]

        async with aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=certificates.client, limit=0)
        ) as session:
            pending = [
                asyncio.create_task(
                    session.post(f"https://{listening['address']}/mutate", data=slow_body(), headers=SLOW)
                )
                for _ in range(10)
            ]
            await asyncio.sleep(0.5)
            found.send_signal(signal.SIGTERM)
            for _ in members:
                assert (await lines(found, "stopping"))["signal"] == "SIGTERM"
            assert (await get(listening["admin_address"], "/readyz"))[0] == 503
            await asyncio.sleep(1.2)
            # The delay is over: nobody listens any more, and what was begun still gets its answer.
            with pytest.raises(aiohttp.ClientError):
                await review(certificates.client, listening["address"])
            go_on.set()
            for answer in await asyncio.gather(*pending):
                assert answer.status == 200
                assert json.loads(await answer.read())["response"]["allowed"] is True
        assert await asyncio.wait_for(found.wait(), 10) == 0
        await gone(members)


async def test_a_process_that_is_killed_ends_all_of_them(certificates: Certificates) -> None:
    async with process(*flags(certificates)) as found:
        await lines(found, "listening")
        members = children(found.pid)
        os.kill(members[0], signal.SIGKILL)
        ended = await lines(found, "a process ended, so all processes stop")
        assert ended["exit_codes"][str(members[0])] == -signal.SIGKILL
        assert await asyncio.wait_for(found.wait(), 10) == 1
        await gone(members)


async def test_none_outlives_a_parent_that_is_killed(certificates: Certificates) -> None:
    async with process(*flags(certificates)) as found:
        await lines(found, "listening")
        members = children(found.pid)
        found.kill()
        await gone(members)


async def test_a_wrong_setting_is_said_once(certificates: Certificates) -> None:
    async with process(*flags(certificates, "--tls-key", "absent.key")) as found:
        _, talk = await asyncio.wait_for(found.communicate(), 30)
    assert found.returncode == 2
    assert "absent.key" in talk.decode()
    assert len(talk.decode().splitlines()) == 1


def test_metrics_of_each_process_keep_their_type_and_their_help() -> None:
    texts = [
        f'# HELP fixes_total Fixes.\n# TYPE fixes_total counter\nfixes_total{{code="AFX101"}} {count}\n'
        for count in (2, 3)
    ]
    assert join_metrics(texts).decode() == (
        "# HELP fixes_total Fixes.\n# TYPE fixes_total counter\n"
        'fixes_total{code="AFX101",process="0"} 2.0\nfixes_total{code="AFX101",process="1"} 3.0\n'
    )
