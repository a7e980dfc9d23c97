"""Events: for whom, how often, and that a review never waits for one."""

from __future__ import annotations

import json
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
from webhook_client import the_loop_has_turned

from autofix.kubeapi.client import ApiError
from webhook.admission.answers import Answer, Outcome
from webhook.admission.request import Request
from webhook.cluster.events import send_events
from webhook.serving.metrics import Metrics, make_metrics

OWNER = {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "db", "uid": "u1", "controller": True}
FIXED = Answer(Outcome.FIXED, warnings=("AFX101: use this, not that",))


def request(owner: dict[str, Any] | None = OWNER, **changes: Any) -> Request:
    obj = {"metadata": {"ownerReferences": [owner] if owner else []}}
    return Request(**{"uid": "1", "kind": "Pod", "namespace": "shop", "object": obj, **changes})


@dataclass
class Server:
    """Keeps what it is sent."""

    owners: dict[str, Any] = field(default_factory=dict)
    error: Exception | None = None
    events: list[Any] = field(default_factory=list)

    async def request(self, method: str, path: str, *, body: Any = None, **_: object) -> bytes:
        if self.error:
            raise self.error
        if method == "GET":
            return json.dumps(self.owners[path.rpartition("/")[2]]).encode()
        self.events.append(body)
        return b"{}"


async def sent(server: Server, *reviews: tuple[Request, Answer]) -> Metrics:
    metrics = make_metrics()
    async with AsyncExitStack() as stack:
        notify = await stack.enter_async_context(send_events(server, metrics, "replica-1"))  # type: ignore[arg-type]
        for one, answer in reviews:
            notify(one, answer)
        await the_loop_has_turned()
    return metrics


def counted(metrics: Metrics, outcome: str) -> float:
    return metrics.registry.get_sample_value("autofix_events_total", {"outcome": outcome}) or 0


async def test_the_owner_is_told_what_was_done() -> None:
    server = Server()
    metrics = await sent(server, (request(), FIXED))
    [event] = server.events
    assert (event["type"], event["reason"]) == ("Normal", "LinkerdAnnotationFixed")
    assert event["note"] == "AFX101: use this, not that"
    assert event["regarding"] == {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "name": "db",
        "uid": "u1",
        "namespace": "shop",
    }
    assert counted(metrics, "sent") == 1


@pytest.mark.parametrize(
    ("outcome", "type_", "reason"),
    [
        (Outcome.FIXED, "Normal", "LinkerdAnnotationFixed"),
        (Outcome.COMPLETED, "Normal", "LinkerdAnnotationAdded"),
        (Outcome.WITHHELD, "Warning", "LinkerdAnnotationNotFixed"),
        (Outcome.TOO_LATE, "Warning", "LinkerdAnnotationTooLate"),
    ],
)
async def test_each_outcome_that_matters_to_the_owner_has_its_reason(
    outcome: Outcome, type_: str, reason: str
) -> None:
    server = Server()
    await sent(server, (request(), Answer(outcome, warnings=("why",))))
    assert (server.events[0]["type"], server.events[0]["reason"]) == (type_, reason)


@pytest.mark.parametrize(
    ("review", "answer"),
    [
        (request(dry_run=True), FIXED),
        (request(None), FIXED),
        (request({**OWNER, "controller": False}), FIXED),
        (request(object=None), FIXED),
        (request(object={"metadata": "nonsense"}), FIXED),
        (request(kind="Deployment"), FIXED),
        (request(), Answer(Outcome.UNCHANGED)),
        (request(), Answer(Outcome.ERROR)),
    ],
)
async def test_nobody_is_told_otherwise(review: Request, answer: Answer) -> None:
    server = Server()
    await sent(server, (review, answer))
    assert server.events == []


@pytest.mark.parametrize(
    "changes",
    [
        *(
            {"name": name}
            for name in ("../../x/y", "..", ".", "a/b", "a%2Fb", "A", "a?b", "", "x" * 254, "a\n")
        ),
        *({"kind": kind} for kind in ("", "../x", "Replica Set", "K" * 64, "Kind\u202e")),
        *(
            {"apiVersion": version}
            for version in ("", "apps/v1/x", "../v1", "apps/", "A/v1", f"{'x' * 254}/v1")
        ),
        *({"uid": uid} for uid in ("", "u" * 65, "a/b", "a b")),
    ],
)
async def test_there_is_no_event_for_an_owner_that_no_api_server_would_store(changes: dict[str, str]) -> None:
    server = Server(error=None)
    owner = {**OWNER, "apiVersion": "apps/v1", "kind": "ReplicaSet", **changes}
    await sent(server, (request(owner), FIXED))
    assert server.events == []


async def test_a_namespace_gets_a_bounded_number_of_events_and_others_get_theirs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("webhook.cluster.events._OF_A_NAMESPACE", 3)
    server = Server()
    owners = [{**OWNER, "uid": f"u{number}"} for number in range(10)]
    other = request(namespace="other")
    metrics = await sent(server, *((request(owner), FIXED) for owner in owners), (other, FIXED))
    assert [event["regarding"]["namespace"] for event in server.events] == ["shop"] * 3 + ["other"]
    assert counted(metrics, "dropped") == 7


async def test_the_budget_of_a_namespace_is_one_of_ten_minutes_and_begins_again() -> None:
    server, now, metrics = Server(), 0.0, make_metrics()
    async with send_events(server, metrics, "replica-1", lambda: now) as notify:  # type: ignore[arg-type]
        for number in range(250):
            notify(request({**OWNER, "uid": f"u{number}"}), FIXED)
            await the_loop_has_turned()
            now += 300
    assert counted(metrics, "dropped") == 0


async def test_what_could_not_be_sent_is_not_spent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webhook.cluster.events._OF_A_NAMESPACE", 1)
    server, metrics = Server(error=ApiError(500, "no")), make_metrics()
    async with send_events(server, metrics, "replica-1", lambda: 0) as notify:  # type: ignore[arg-type]
        for number in range(5):
            notify(request({**OWNER, "uid": f"u{number}"}), FIXED)
            await the_loop_has_turned()
    assert (counted(metrics, "failed"), counted(metrics, "dropped")) == (5, 0)


async def test_what_could_not_be_sent_may_be_said_again() -> None:
    server = Server(error=ApiError(500, "no"))
    metrics = make_metrics()
    async with send_events(server, metrics, "replica-1") as notify:  # type: ignore[arg-type]
        notify(request(), FIXED)
        await the_loop_has_turned()
        server.error = None
        notify(request(), FIXED)
        await the_loop_has_turned()
    assert len(server.events) == 1
    assert (counted(metrics, "failed"), counted(metrics, "sent")) == (1, 1)


async def test_the_same_is_told_once() -> None:
    server = Server()
    other = request({**OWNER, "uid": "u2"})
    await sent(server, (request(), FIXED), (request(), FIXED), (other, FIXED))
    assert [event["regarding"]["uid"] for event in server.events] == ["u1", "u2"]


@pytest.mark.parametrize(
    ("kind", "version", "above"), [("ReplicaSet", "apps/v1", "Deployment"), ("Job", "batch/v1", "CronJob")]
)
async def test_the_owners_owner_is_told_where_there_is_one(kind: str, version: str, above: str) -> None:
    owner = {**OWNER, "apiVersion": version, "kind": kind, "name": "web-1"}
    top = {"apiVersion": version, "kind": above, "name": "web", "uid": "u9", "controller": True}
    server = Server({"web-1": {"metadata": {"ownerReferences": [top]}}})
    await sent(server, (request(owner), FIXED))
    assert server.events[0]["regarding"]["kind"] == above
    alone = Server({"web-1": {"metadata": {}}})
    await sent(alone, (request(owner), FIXED))
    assert alone.events[0]["regarding"]["kind"] == kind


async def test_what_cannot_be_sent_is_counted_and_said_once(caplog: pytest.LogCaptureFixture) -> None:
    server = Server(error=ApiError(403, "events is forbidden"))
    metrics = await sent(server, (request(), FIXED), (request({**OWNER, "uid": "u2"}), FIXED))
    assert counted(metrics, "failed") == 2
    assert [vars(record)["reason"] for record in caplog.records] == ["events is forbidden"]


async def test_too_many_are_dropped_and_never_waited_for() -> None:
    server = Server()
    reviews = [(request(namespace=f"ns-{number}"), FIXED) for number in range(500)]
    metrics = await sent(server, *reviews)
    assert counted(metrics, "dropped") == 500 - 256
    assert 0 < len(server.events) <= 60, "no more than a few a second"
