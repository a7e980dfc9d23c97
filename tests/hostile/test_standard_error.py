"""Standard error is slow, full, broken or closed: no review waits for it, and the process ends in order."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from certificates import Certificates
from deaf import SlowReader, broken_pipe, deaf_replica, full_device, small_disk, unread_pipe
from honest import honest
from raw import reply_to
from replica import Replica, replica

CLIENTS = 4
# A text of the log has at most a line of each client, so these are more than the pipe and the queue hold.
REVIEWS = 1600
LOUD = ("--access-log", "true", "--log-level", "debug")
TWO = ("--processes", "2")
OTHER = b"GET /other HTTP/1.1\r\nHost: webhook\r\n\r\n"
REFUSED = 1000
# Times that something is looked at; this only ends a test that would hang.
PATIENCE = 1000


async def answered(found: Replica, certificates: Certificates, reviews: int, clients: int = CLIENTS) -> None:
    """Send reviews as fast as they are answered; all of them must be."""
    load = (
        honest(found.host, found.port, certificates.client, reviews // clients, rate=1e9)
        for _ in range(clients)
    )
    tallies = await asyncio.gather(*load)
    assert [failure for tally in tallies for failure in tally.failures] == []
    assert sum(tally.answered for tally in tallies) == reviews


async def refuse(found: Replica, certificates: Certificates, number: int) -> None:
    """Send requests that are refused; each is."""
    places = asyncio.Semaphore(16)

    async def ask() -> int:
        async with places:
            reply = await reply_to(OTHER, found.host, found.port, certificates.client)
        return reply.statuses.count(404)

    assert sum(await asyncio.gather(*(ask() for _ in range(number)))) == number


def dropped(found: Replica, **labels: str) -> float:
    return found.samples("autofix_log_lines_dropped_total", **labels)


async def ended(found: Replica) -> int:
    found.process.terminate()
    return await found.process.wait()


def records(data: bytes) -> list[dict[str, Any]]:
    """Read the lines of a log; each must be whole."""
    assert data.endswith(b"\n")
    lines: list[dict[str, Any]] = [json.loads(line) for line in data.splitlines()]
    return lines


@pytest.mark.parametrize("processes", [(), TWO], ids=["one", "two"])
@pytest.mark.parametrize(
    ("place", "reason"),
    [
        pytest.param("full pipe", "full", id="a pipe that nobody reads"),
        pytest.param("broken pipe", "broken", id="a pipe whose reader has gone"),
        pytest.param("full device", "broken", id="no room"),
        pytest.param("2>&-", "", id="closed"),
        pytest.param("0<&- 1>&- 2>&-", "", id="all closed"),
    ],
)
async def test_reviews_are_answered_whatever_becomes_of_their_lines(
    certificates: Certificates, place: str, reason: str, processes: Sequence[str]
) -> None:
    reviews = REVIEWS * (2 if processes else 1)
    with ExitStack() as stack:
        stderr, shell = None, ""
        if place == "full pipe":
            _, stderr = stack.enter_context(unread_pipe(is_full=True))
        elif place == "broken pipe":
            stderr = stack.enter_context(broken_pipe())
        elif place == "full device":
            stderr = stack.enter_context(full_device())
        else:
            shell = place
        async with deaf_replica(certificates, *LOUD, *processes, stderr=stderr, shell=shell) as found:
            await answered(found, certificates, reviews)
            await refuse(found, certificates, 50)
            assert found.get("/livez") == "ok\n"
            assert found.samples("autofix_admission_requests_total") == reviews
            if reason:
                assert dropped(found, reason=reason) > 0
            else:
                assert dropped(found) == dropped(found, reason="repeated")
            assert await ended(found) == 0


@pytest.mark.parametrize(
    ("processes", "clients"),
    [
        pytest.param((), CLIENTS, id="one"),
        # A text of several lines is longer than what a pipe takes in one piece, whoever else writes into it.
        pytest.param(TWO, 32, id="two"),
    ],
)
async def test_a_pipe_that_is_read_slowly_gets_whole_lines_and_the_others_are_counted(
    certificates: Certificates, processes: Sequence[str], clients: int
) -> None:
    with unread_pipe() as (reading, writing):
        reader = SlowReader(reading)
        async with deaf_replica(certificates, "--access-log", "true", *processes, stderr=writing) as found:
            os.close(writing)
            await answered(found, certificates, REVIEWS, clients)
            before = dropped(found)
            read = asyncio.create_task(reader.read())
            await answered(found, certificates, REVIEWS, clients)
            for _ in range(PATIENCE):
                if _reviewed(reader.data) + dropped(found) >= 2 * REVIEWS:
                    break
                await asyncio.sleep(0.05)
            assert _reviewed(reader.data) + dropped(found) == 2 * REVIEWS
            assert await ended(found) == 0
        await read
    assert before > 0 or processes
    messages = Counter(record["message"] for record in records(bytes(reader.data)))
    assert messages["stopped"] == (2 if processes else 1)


def _reviewed(data: bytes | bytearray) -> int:
    return data.count(b'"message": "reviewed"')


async def test_lines_are_whole_behind_a_disk_that_was_full(
    certificates: Certificates, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "disk", 256 * 1024) as disk:
        log = (disk / "log").open("ab")
        filler = disk / "filler"
        filler.write_bytes(b" " * 128 * 1024)
        with log:
            async with deaf_replica(certificates, *LOUD, stderr=log.fileno()) as found:
                await answered(found, certificates, REVIEWS)
                assert dropped(found, reason="broken") > 0
                filler.unlink()
                before = dropped(found)
                await answered(found, certificates, 40)
                assert dropped(found) == before
                assert found.get("/livez") == "ok\n"
                assert await ended(found) == 0
        messages = Counter(record["message"] for record in records((disk / "log").read_bytes()))
        assert messages["reviewed"] + before >= REVIEWS + 40
        assert messages["stopped"] == 1


async def test_a_flood_of_refused_requests_is_a_few_lines(certificates: Certificates, tmp_path: Path) -> None:
    log = tmp_path / "log"
    async with replica(certificates, log, *LOUD) as found:
        await refuse(found, certificates, REFUSED)
        assert found.samples("autofix_refused_total", reason="path") == REFUSED
        repeated = dropped(found, reason="repeated")
        assert await ended(found) == 0
    lines = [record for record in records(log.read_bytes()) if record["message"] == "refused: path"]
    assert len(lines) + repeated == REFUSED
    times = [datetime.strptime(line["time"], "%Y-%m-%d %H:%M:%S,%f") for line in lines]
    # 20 of them in 10 seconds, by the log's own clock.
    assert len(lines) <= 20 * (1 + (times[-1] - times[0]).total_seconds() // 10)


@pytest.mark.parametrize("place", ["broken pipe", "full device"])
async def test_a_webhook_that_cannot_start_and_cannot_say_why_ends_as_any_other(place: str) -> None:
    with broken_pipe() if place == "broken pipe" else full_device() as stderr:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "webhook", "--processes", "many"), stderr=stderr
        )
        assert await process.wait() == 2
