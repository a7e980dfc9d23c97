"""S12: replicas whose clocks are apart agree on a certificate, and say that the clocks are apart."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from api_server import CONFIGURATIONS, SECRETS, ApiServer, api_server
from replicas import SECRET, SELF_MANAGED, certificates_in, replica, stored
from webhook_process import clock_set

from autofix.kubeapi.clock import ServerClock

DAY = timedelta(days=1)
CONFIGURATION = {
    "metadata": {"name": "linkerd-autofix"},
    "webhooks": [{"name": "pods.linkerd-autofix.io", "clientConfig": {"caBundle": ""}}],
}


async def prodded(server: ApiServer) -> None:
    """Wake the keepers again and again."""
    for _ in range(40):
        if SECRET in server.objects.get(SECRETS, {}):
            server.store(SECRETS, stored(server))
        server.bookmark(SECRETS)
        await asyncio.sleep(0.05)


@pytest.mark.parametrize("ahead", [20, 200], ids=lambda days: f"{days} days")
async def test_s12_replicas_whose_clocks_are_apart_agree_on_what_the_api_server_trusts(
    tmp_path: Path, ahead: int
) -> None:
    async with api_server(tmp_path) as server:
        server.store(CONFIGURATIONS, CONFIGURATION, "ADDED")
        flags = (*SELF_MANAGED, "--kubeconfig", str(server.kubeconfig), "--configuration", "linkerd-autofix")
        async with (
            replica(*flags, before=clock_set(ahead)) as first,
            replica(*flags, before=clock_set(-ahead)) as second,
        ):
            for one, where in ((first, "ahead of"), (second, "behind")):
                text = await one.shows("[+]certificate\n", "[!]clock: ", f" {where} the API server's", "ok\n")
                assert (
                    f"[!]clock: {ahead} days, 0:00:0" in text
                    or f"[!]clock: {ahead - 1} days, 23:59:5" in text
                )
            await prodded(server)
            assert len(certificates_in(server)) == 1
            bundle = server.objects[CONFIGURATIONS]["linkerd-autofix"]["webhooks"][0]["clientConfig"][
                "caBundle"
            ]
            trusting = ssl.create_default_context(
                cadata=msgspec.json.decode(f'"{bundle}"', type=bytes).decode()
            )
            for one in (first, second):
                assert await one.answers(trusting)
            assert await first.served() == await second.served()


async def test_s12_where_no_answer_tells_the_time_they_stop_writing_and_say_why(tmp_path: Path) -> None:
    async with api_server(tmp_path) as server:
        server.now = None
        flags = (*SELF_MANAGED, "--kubeconfig", str(server.kubeconfig))
        async with (
            replica(*flags, before=clock_set(20)) as first,
            replica(*flags, before=clock_set(-20)) as second,
        ):
            await prodded(server)
            assert len(certificates_in(server)) <= 4
            texts = [(await one.readyz())[1] for one in (first, second)]
            assert any(
                "somebody else writes certificates that are not valid at this time" in text for text in texts
            )


@dataclass
class Hands:
    """Two clocks that a test sets."""

    own: datetime = datetime(2026, 11, 23, tzinfo=UTC)
    ticks: float = 100.0


@pytest.fixture
def hands() -> Hands:
    return Hands()


def clock_of(hands: Hands) -> ServerClock:
    return ServerClock(own=lambda: hands.own, ticks=lambda: hands.ticks)


SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("date", "waited", "ahead"),
    [
        ("Mon, 23 Nov 2026 00:00:00 GMT", 0.0, timedelta()),
        ("Sun, 22 Nov 2026 23:59:59 GMT", 0.0, timedelta()),  # it has no fractions
        ("Sun, 22 Nov 2026 23:59:50 GMT", 9.5, timedelta()),  # it was on its way
        ("Sun, 22 Nov 2026 23:59:50 GMT", 0.0, 9 * SECOND),
        ("Tue, 03 Nov 2026 00:00:00 GMT", 0.0, 20 * DAY - SECOND),
        ("Sun, 13 Dec 2026 00:00:00 GMT", 0.0, -20 * DAY),
        ("Sun, 13 Dec 2026 00:00:00 -0000", 0.0, -20 * DAY),
        (None, 0.0, timedelta()),
        ("", 0.0, timedelta()),
        ("yesterday", 0.0, timedelta()),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 0.0, timedelta()),
        ("Fri, 31 Dec 99999 23:59:59 GMT", 0.0, timedelta()),
    ],
)
def test_the_servers_clock_is_what_its_answers_say(
    hands: Hands, date: str, waited: float, ahead: timedelta
) -> None:
    clock = clock_of(hands)
    clock.hear(date, waited)
    assert clock.ahead() == ahead
    assert clock.now() == hands.own - ahead


def test_between_two_answers_it_goes_on_whatever_is_done_to_the_own_clock(hands: Hands) -> None:
    clock = clock_of(hands)
    clock.hear("Mon, 23 Nov 2026 00:00:00 GMT", 0)
    now = clock.now()
    hands.ticks += 60
    hands.own += 400 * DAY
    assert clock.now() == now + timedelta(minutes=1)
    assert clock.ahead() == 400 * DAY - timedelta(minutes=1)
