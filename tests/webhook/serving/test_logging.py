"""Lines of the log: whole, never waited for, counted when dropped, and not too many that are alike."""

from __future__ import annotations

import json
import logging
import os
import select
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import pytest
from pythonjsonlogger.json import JsonFormatter
from webhook_client import REVIEWS, Start

from webhook.admission.answers import Answer, Outcome
from webhook.admission.cache import encode_answer
from webhook.admission.request import Request
from webhook.server import app
from webhook.server.access_log import AccessLog
from webhook.serving import logging as logs
from webhook.serving.logging import LogWriter
from webhook.serving.metrics import Metrics

GOOD = (REVIEWS / "06-pod-create-from-job.json").read_bytes()
NOBODYS = 12_345
LINES = [f"{number} {'x' * (number * 37 % 900)}\n" for number in range(200)]


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    reader, writer = os.pipe()
    yield reader, writer
    for end in (reader, writer):
        with suppress(OSError):
            os.close(end)


def test_pieces_are_whole_lines_that_a_pipe_takes_at_once() -> None:
    long = "y" * (2 * select.PIPE_BUF) + "\n"
    text = "".join([*LINES, long, *LINES]).encode()
    pieces = list(logs._pieces(text))
    assert b"".join(pieces) == text
    assert all(piece.endswith(b"\n") for piece in pieces)
    assert [len(piece) for piece in pieces if len(piece) > select.PIPE_BUF] == [len(long)]
    assert len(pieces) < 0.1 * 2 * len(LINES) + len(text) / (select.PIPE_BUF - 1000)


def test_lines_and_not_texts_are_counted_when_nobody_reads(pipe: tuple[int, int]) -> None:
    reader, descriptor = pipe
    os.set_blocking(descriptor, False)
    while select.select((), (descriptor,), (), 0)[1]:
        os.write(descriptor, b" " * select.PIPE_BUF)
    os.set_blocking(descriptor, True)
    dropped: Counter[str] = Counter()
    writer = LogWriter(descriptor, most=60)
    writer.count_dropped = lambda reason, number: dropped.update({reason: number})
    for _ in range(20):
        writer.write("a\nb\nc\n")
    # One text may be with the thread already.
    assert dropped["full"] in (30, 27)
    os.close(reader)
    writer.close()
    assert dropped["full"] + dropped["broken"] == 60


def test_what_cannot_be_written_is_counted_by_lines_and_a_line_that_was_begun_is_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written = bytearray()
    dropped: Counter[str] = Counter()
    room = [7, 0, 1000]

    def write(descriptor: int, text: bytes) -> int:
        assert descriptor == NOBODYS
        size = min(room[0], len(text))
        if not size:
            room.pop(0)
            raise OSError(28, "No space left on device")
        room[0] -= size
        written.extend(text[:size])
        return size

    monkeypatch.setattr(os, "write", write)
    writer = LogWriter(NOBODYS)
    writer.count_dropped = lambda reason, number: dropped.update({reason: number})
    for text in ("one\ntwo\nthree\n", "four\n", "five\n", "six\n"):
        writer.write(text)
    writer.close()
    # "two" was cut by its end; "four" found no room either.
    assert written == b"one\ntwo\nfive\nsix\n"
    assert dropped == {"broken": 2}


@pytest.fixture
def log(
    pipe: tuple[int, int],
) -> Iterator[tuple[logging.Logger, Callable[[], list[dict[str, Any]]], list[float]]]:
    """A logger that writes JSON lines to a pipe, what reads them, and its clock."""
    now = [0.0]
    writer = LogWriter(pipe[1])
    handler = logs._Handler(writer)
    handler.setFormatter(JsonFormatter(logs._FORMAT, rename_fields=logs._NAMES))
    handler.addFilter(logs._RepeatFilter(writer, lambda: now[0]))
    logger = logging.getLogger("test of the log")
    logger.propagate, logger.handlers = False, [handler]

    def records() -> list[dict[str, object]]:
        writer.close()
        os.set_blocking(pipe[0], False)
        return [json.loads(line) for line in os.read(pipe[0], 1 << 16).splitlines()]

    yield logger, records, now
    logger.handlers = []


def test_what_is_said_again_and_again_is_said_20_times_in_10_seconds(
    log: tuple[logging.Logger, Callable[[], list[dict[str, Any]]], list[float]],
) -> None:
    logger, records, now = log
    for now[0] in (0.0, 5.0, 10.0):
        for number in range(100):
            logger.warning("refused", extra={"number": number})
    logger.warning("something else")
    assert Counter(record["message"] for record in records()) == {"refused": 40, "something else": 1}


def test_a_long_traceback_keeps_its_end_and_the_record_its_fields(
    log: tuple[logging.Logger, Callable[[], list[dict[str, Any]]], list[float]],
) -> None:
    logger, records, _ = log

    def fail(depth: int) -> None:
        if not depth:
            raise RuntimeError("the reason " + "z" * 500)
        (fail if depth % 2 else other)(depth - 1)

    def other(depth: int) -> None:
        fail(depth - 1)

    try:
        fail(60)
    except RuntimeError:
        logger.exception("failed", extra={"uid": "u-1"})
    logger.warning("m" * 10_000, extra={"much": "n" * 10_000})
    [first, second] = records()
    assert first["uid"] == "u-1"
    assert "the reason" in str(first["exc_info"])
    assert str(second["message"]).endswith("m (shortened)")
    assert all(len(json.dumps(record)) < select.PIPE_BUF for record in (first, second))


def test_a_finalizer_may_log_in_the_middle_of_a_line(pipe: tuple[int, int]) -> None:
    """asyncio logs from finalizers, and they may run anywhere; a lock of Python's would wait for itself."""
    writer = LogWriter(pipe[1], most=100_000)
    is_inside = False

    def log_too(_frame: object, _event: str, _value: object) -> Any:
        nonlocal is_inside
        if not is_inside:
            is_inside = True
            writer.write("of a finalizer\n")
            is_inside = False
        return log_too

    def log() -> None:
        sys.settrace(log_too)
        writer.write("line\n")

    thread = threading.Thread(target=log, daemon=True)
    thread.start()
    # This only ends a test that would hang.
    thread.join(30)
    assert not thread.is_alive()
    writer.close()
    assert b"\nline\n" in os.read(pipe[0], 1 << 16)


@pytest.mark.parametrize("part", ["metrics", "access_log", "notify"])
def test_what_fails_behind_an_answer_is_said_and_raises_nothing(
    caplog: pytest.LogCaptureFixture, part: str
) -> None:
    def fail(*_: object) -> None:
        raise OSError("planted")

    def good(*_: object) -> None:
        return

    calls = {name: fail if name == part else good for name in ("metrics", "access_log", "notify")}
    service: Any = SimpleNamespace(
        metrics=SimpleNamespace(observe=calls["metrics"]),
        access_log=SimpleNamespace(add=calls["access_log"]),
        notify=calls["notify"],
        log_all=True,
    )
    caplog.set_level("INFO", logger="webhook")
    app._report(Request("u-1"), encode_answer(Answer(Outcome.FIXED)), service, 0.1)
    [record] = caplog.records
    assert (record.message, vars(record)["uid"]) == ("cannot report a review", "u-1")


@pytest.mark.parametrize("name", ["webhook", "autofix"])
def test_lines_of_both_packages_are_written(
    name: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(root, "level", root.level)
    writer = logs.configure("info")
    logging.getLogger(name).info("watching", extra={"resource": "namespaces"})
    writer.close()
    line = json.loads(capfd.readouterr().err)
    assert (line["logger"], line["message"], line["resource"]) == (name, "watching", "namespaces")


async def test_an_answer_is_the_same_without_its_report(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("planted")

    client = await start()
    good = await client.review(GOOD)
    monkeypatch.setattr(AccessLog, "add", fail)
    monkeypatch.setattr(Metrics, "observe", fail)
    assert await client.review(GOOD) == good
