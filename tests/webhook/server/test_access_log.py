"""Lines about reviews: the same as other lines of the log, written soon, and none lost at the end."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import msgspec
import pytest
from builders import WRONG
from certificates import Certificates
from webhook_client import Client, load, with_annotations

from webhook.admission.answers import Answer, Outcome
from webhook.admission.names import Checked
from webhook.admission.request import Request
from webhook.server.access_log import AccessLog, request_fields
from webhook.server.server import start_server
from webhook.serving.logging import configure
from webhook.settings import Settings

FIXED = with_annotations(load("06-pod-create-from-job"), {WRONG: "true"})
UNCHANGED = with_annotations(load("06-pod-create-from-job"), {})
REQUEST = Request("u-1", kind=Checked("Pod"), operation=Checked("CREATE"), namespace=Checked("default"))
ANSWER = Answer(Outcome.FIXED, warnings=("a warning",), codes=("AFX101",))


@pytest.fixture
def written(
    settings: Settings,
    certificates: Certificates,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> Callable[..., Awaitable[list[dict[str, Any]]]]:
    """Serve, send reviews, stop, and return what was written of them."""

    async def serve(*reviews: dict[str, Any], level: str = "INFO", **changes: Any) -> list[dict[str, Any]]:
        caplog.set_level(level, logger="webhook")
        connector = aiohttp.TCPConnector(ssl=certificates.client)
        async with (
            aiohttp.ClientSession(connector=connector) as session,
            start_server(msgspec.structs.replace(settings, **changes)) as server,
        ):
            for review in reviews:
                await Client(session, server).review(review)
        lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
        return [line for line in lines if line["message"] == "reviewed"]

    return serve


async def test_a_line_says_what_became_of_which_object_and_why(
    written: Callable[..., Awaitable[list[dict[str, Any]]]],
) -> None:
    [line] = await written(FIXED)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}", line.pop("time"))
    assert 0 < line.pop("seconds") < 10
    assert re.fullmatch(r"AFX101: use \S+, not \S+", line.pop("warnings")[0])
    assert line == {
        "level": "INFO",
        "logger": "webhook",
        "message": "reviewed",
        "uid": FIXED["request"]["uid"],
        "kind": "Pod",
        "operation": "CREATE",
        "namespace": "default",
        # A controller's pod gets its name only when it is stored.
        "object_name": "",
        "owner": "Job/job-a",
        "dry_run": False,
        "outcome": "fixed",
        "codes": ["AFX101"],
    }


@pytest.mark.parametrize(
    ("level", "access_log", "lines"),
    [
        pytest.param("INFO", False, [("INFO", "fixed")], id="what matters"),
        pytest.param("INFO", True, [("INFO", "fixed"), ("INFO", "unchanged")], id="access log"),
        pytest.param("DEBUG", False, [("INFO", "fixed"), ("DEBUG", "unchanged")], id="debug"),
        pytest.param("WARNING", True, [], id="warnings only"),
    ],
)
async def test_which_reviews_are_worth_a_line(
    written: Callable[..., Awaitable[list[dict[str, Any]]]],
    level: str,
    access_log: bool,
    lines: list[tuple[str, str]],
) -> None:
    found = await written(FIXED, UNCHANGED, level=level, access_log=access_log)
    assert [(line["level"], line["outcome"]) for line in found] == lines


async def test_a_line_has_the_form_and_the_fields_of_the_lines_of_logging(
    capfd: pytest.CaptureFixture[str],
) -> None:
    before, level = logging.getLogger().handlers[:], logging.getLogger().level
    log = configure("info")
    try:
        logging.getLogger("webhook").info("reviewed", extra=request_fields(REQUEST))
    finally:
        logging.getLogger().handlers = before
        logging.getLogger().setLevel(level)
    access_log = AccessLog(log.write)
    access_log.add("INFO", REQUEST, ANSWER, 0.001)
    access_log.flush()
    log.close()
    theirs, ours = capfd.readouterr().err.splitlines()
    # Up to the seconds, which may differ, and from there on.
    assert theirs[: len('{"time": "2026')] == ours[: len('{"time": "2026')]
    _, sign, fields = theirs.removesuffix("}").partition('", "level"')
    answer = ', "outcome": "fixed", "codes": ["AFX101"], "warnings": ["a warning"], "seconds": 0.001}'
    assert ours.partition(sign)[2] == fields + answer


async def test_a_burst_is_written_in_pieces_and_in_order() -> None:
    pieces: list[str] = []
    access_log = AccessLog(pieces.append)
    for number in range(1000):
        access_log.add("INFO", Request(str(number)), ANSWER, 0.001)
    assert 1 < len(pieces) < 20
    access_log.flush()
    assert [json.loads(line)["uid"] for line in "".join(pieces).splitlines()] == list(map(str, range(1000)))


@pytest.mark.parametrize("uid", ['a"b', "line\nfeed", "\u2028", "\U0001f600", "\ud800", "u" * 65])
async def test_a_uid_that_no_api_server_makes_is_left_out_of_the_line(uid: str) -> None:
    pieces: list[str] = []
    access_log = AccessLog(pieces.append)
    access_log.add("INFO", Request(uid), ANSWER, 0.001)
    access_log.flush()
    [line] = "".join(pieces).splitlines()
    assert json.loads(line)["uid"] == ""
