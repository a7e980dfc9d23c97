"""S10: what is not valid now never takes the place of what is, and is shown where it is all there is."""

from __future__ import annotations

import asyncio
import io
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
import trustme
from api_server import CONFIGURATIONS, SECRETS, ApiServer, api_server
from cryptography import x509
from webhook_client import REVIEWS
from webhook_process import clock_set, lines, process, shown

from autofix.cluster.clock import ServerClock
from webhook.certificates.keeper import make_policy
from webhook.certificates.material import to_data
from webhook.certificates.renewal import renewed
from webhook.server import running
from webhook.settings import Settings

GOOD = (REVIEWS / "06-pod-create-from-job.json").read_bytes()
DAY = timedelta(days=1)
QUICK = "import webhook.certificates.files as files; files._SECONDS = 0.02"


@dataclass
class Folder:
    """Files of a certificate that somebody else renews."""

    path: Path
    authority: trustme.CA = field(default_factory=trustme.CA)

    @property
    def flags(self) -> list[str]:
        return ["--tls-cert", str(self.path / "tls.crt"), "--tls-key", str(self.path / "tls.key")]

    @property
    def client(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        self.authority.configure_trust(context)
        return context

    def write(self, begins: timedelta, ends: timedelta, more: str = "") -> str:
        """Write a certificate that is valid from and until some time from now, and return it."""
        now = datetime.now(UTC)
        leaf = self.authority.issue_cert("127.0.0.1", not_before=now + begins, not_after=now + ends)
        pem = leaf.cert_chain_pems[0].bytes().decode()
        for name, text in (("tls.key", leaf.private_key_pem.bytes().decode()), ("tls.crt", pem + more)):
            (self.path / f"{name}.new").write_text(text)
            (self.path / f"{name}.new").rename(self.path / name)
        return pem


@dataclass
class Replica:
    """A process that serves."""

    session: aiohttp.ClientSession
    address: str
    admin: str

    async def readyz(self) -> tuple[int, str]:
        async with self.session.get(f"{self.admin}/readyz?verbose") as answer:
            return answer.status, await answer.text()

    async def shows(self, *wanted: str) -> str:
        return await shown(self.session, self.admin, *wanted)

    async def served(self) -> str:
        host, _, port = self.address.rpartition(":")
        return await asyncio.to_thread(ssl.get_server_certificate, (host, int(port)))

    async def answers(self, context: ssl.SSLContext) -> bool:
        """Send a review as the API server does, over a connection of its own."""
        connector = aiohttp.TCPConnector(ssl=context, force_close=True)
        headers = {"Content-Type": "application/json"}
        async with aiohttp.ClientSession(connector=connector) as session:
            url = f"https://{self.address}/mutate"
            async with session.post(url, data=io.BytesIO(GOOD), headers=headers) as answer:
                return bool(json.loads(await answer.read())["response"]["allowed"])


@asynccontextmanager
async def replica(*flags: str, before: str = "") -> AsyncIterator[Replica]:
    addresses = ("--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--linkerd", "2.17")
    delay = ("--shutdown-delay-seconds", "0")
    async with (
        process(*addresses, *delay, *flags, before=before) as found,
        aiohttp.ClientSession() as session,
    ):
        line = await lines(found, "listening")
        yield Replica(session, line["address"], f"http://{line['admin_address']}")


@pytest.mark.parametrize(
    ("begins", "ends", "why"),
    [(-9 * DAY, -DAY, "ended on"), (DAY, 9 * DAY, "is not valid before")],
    ids=["ended", "not yet valid"],
)
async def test_the_last_good_certificate_stays_when_its_successor_is_not_valid(
    tmp_path: Path, begins: timedelta, ends: timedelta, why: str
):
    folder = Folder(tmp_path)
    first = folder.write(-DAY, DAY)
    async with replica(*folder.flags, before=QUICK) as one:
        await one.shows("[+]certificate\n")
        folder.write(begins, ends)
        await one.shows(f"[!]certificate: {tmp_path / 'tls.crt'}: the certificate {why}", "ok\n")
        assert all([await one.answers(folder.client) for _ in range(40)])
        assert await one.served() == first
        newest = folder.write(-DAY, 2 * DAY)
        await one.shows("[+]certificate\n")
        assert await one.served() == newest


async def test_the_last_good_certificate_stays_when_a_successors_chain_is_not_valid(tmp_path: Path):
    folder, stranger = Folder(tmp_path), Folder(tmp_path)
    first = folder.write(-DAY, DAY)
    async with replica(*folder.flags, before=QUICK) as one:
        folder.write(-DAY, DAY, more=stranger_that_ended(stranger))
        await one.shows("[!]certificate: ", "a certificate of its chain ended on", "ok\n")
        assert await one.served() == first


def stranger_that_ended(stranger: Folder) -> str:
    now = datetime.now(UTC)
    leaf = stranger.authority.issue_cert("ca.example", not_before=now - 9 * DAY, not_after=now - DAY)
    return leaf.cert_chain_pems[0].bytes().decode()


@pytest.mark.parametrize(
    ("begins", "ends", "why"),
    [(-9 * DAY, -DAY, "ended on"), (DAY, 9 * DAY, "is not valid before")],
    ids=["ended", "not yet valid"],
)
async def test_a_replica_that_has_nothing_valid_starts_unready_and_takes_what_comes(
    tmp_path: Path, begins: timedelta, ends: timedelta, why: str
):
    folder = Folder(tmp_path)
    folder.write(begins, ends)
    async with replica(*folder.flags, before=QUICK) as one:
        status, text = await one.readyz()
        assert status == 503
        assert f"[-]certificate: the certificate {why}" in text
        folder.write(-DAY, DAY)
        await one.shows("[+]certificate\n", "ok\n")
        assert (await one.readyz())[0] == 200
        assert await one.answers(folder.client)


async def test_what_ends_while_it_is_served_makes_the_replica_unready(tmp_path: Path, monkeypatch, caplog):
    monkeypatch.setattr("webhook.certificates.files._SECONDS", 0.02)
    now = [datetime.now(UTC)]
    monkeypatch.setattr("webhook.background.ServerClock", lambda: ServerClock(own=lambda: now[0]))
    folder = Folder(tmp_path)
    folder.write(-DAY, DAY)
    settings = Settings(
        listen="127.0.0.1:0",
        admin_listen="127.0.0.1:0",
        tls_cert=str(tmp_path / "tls.crt"),
        tls_key=str(tmp_path / "tls.key"),
        linkerd="2.17",
    )
    async with running(settings) as server, aiohttp.ClientSession() as session:
        admin = f"http://127.0.0.1:{server.admin_address[1]}"
        for passed, sign in ((timedelta(), "+"), (2 * DAY, "-"), (-2 * DAY, "-"), (timedelta(), "+")):
            now[0] = datetime.now(UTC) + passed
            text = await shown(session, admin, f"[{sign}]certificate")
            assert text.endswith("not ready\n" if sign == "-" else "ok\n")
        await asyncio.sleep(0)
    assert {one.message for one in caplog.records if one.levelname == "ERROR"} <= {"nobody can connect"}


SECRET = "linkerd-autofix-tls"  # noqa: S105  # a name
SELF_MANAGED = ("--tls-secret", f"linkerd-autofix/{SECRET}", "--tls-names", "127.0.0.1")


def stored(server: ApiServer) -> dict[str, Any]:
    found: dict[str, Any] = server.objects[SECRETS][SECRET]
    return found


def material_of(now: datetime) -> dict[str, str]:
    policy = make_policy(Settings(tls_secret="a/b", tls_names="127.0.0.1"))  # noqa: S106  # no secret
    return to_data(renewed(None, policy, now, published=True)[0])


@pytest.mark.parametrize("age", [40 * DAY, -2 * DAY], ids=["ended", "not yet valid"])
async def test_a_secret_that_is_not_valid_is_not_served_while_there_is_one_that_is(
    tmp_path: Path, age: timedelta
):
    async with (
        api_server(tmp_path) as server,
        replica(*SELF_MANAGED, "--kubeconfig", str(server.kubeconfig)) as one,
    ):
        await one.shows("[+]certificate\n")
        first = await one.served()
        # It cannot be put right either.
        server.refused.add(SECRETS)
        server.store(SECRETS, {**stored(server), "data": material_of(datetime.now(UTC) - age)})
        await one.shows("[!]certificate: forbidden", "ok\n")
        assert await one.served() == first
        server.refused.clear()
        server.store(SECRETS, stored(server))
        await one.shows("[+]certificate\n")
        pem = x509.load_pem_x509_certificate((await one.served()).encode())
        assert pem.not_valid_before_utc <= datetime.now(UTC) <= pem.not_valid_after_utc


async def test_a_self_managed_certificate_that_ends_while_it_is_served_makes_the_replica_unready(
    tmp_path: Path,
):
    async with (
        api_server(tmp_path) as server,
        replica(*SELF_MANAGED, "--kubeconfig", str(server.kubeconfig)) as one,
    ):
        await one.shows("[+]certificate\n")
        server.refused.add(SECRETS)
        server.now = lambda: datetime.now(UTC) + 31 * DAY
        server.end_watches()
        await one.shows("[-]certificate: the certificate is not valid at this time", "not ready\n")
        server.now = lambda: datetime.now(UTC)
        server.end_watches()
        text = await one.shows("[+]clock\n", "ok\n")
        assert "[-]" not in text


async def test_a_silent_watch_does_not_keep_the_certificate_from_being_renewed(tmp_path: Path):
    quick = "import webhook.cluster.watch as watch; watch._SILENCE_SECONDS = 0.2; watch._LONGEST_DELAY = 0.02"
    async with (
        api_server(tmp_path) as server,
        replica(*SELF_MANAGED, "--kubeconfig", str(server.kubeconfig), before=quick) as one,
    ):
        server.silent = True
        await one.shows("[!]certificate: open, but nothing has been heard", "ok\n")
        server.now = lambda: datetime.now(UTC) + 21 * DAY
        await server.until(lambda: len(certificates_in(server)) == 2)
        await one.shows("[!]certificate: open, but nothing has been heard", "ok\n")


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


def certificates_in(server: ApiServer) -> list[str]:
    """The certificates that have been in the Secret, in turn."""
    found: list[str] = []
    for _, collection, event in server.history:
        certificate = (event["object"].get("data") or {}).get("tls.crt")
        if collection == SECRETS and certificate and [certificate] != found[-1:]:
            found.append(certificate)
    return found


@pytest.mark.parametrize("ahead", [20, 200], ids=lambda days: f"{days} days")
async def test_s12_replicas_whose_clocks_are_apart_agree_on_what_the_api_server_trusts(
    tmp_path: Path, ahead: int
):
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


async def test_s12_where_no_answer_tells_the_time_they_stop_writing_and_say_why(tmp_path: Path):
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
def test_the_servers_clock_is_what_its_answers_say(hands: Hands, date: str, waited: float, ahead: timedelta):
    clock = clock_of(hands)
    clock.hear(date, waited)
    assert clock.ahead() == ahead
    assert clock.now() == hands.own - ahead


def test_between_two_answers_it_goes_on_whatever_is_done_to_the_own_clock(hands: Hands):
    clock = clock_of(hands)
    clock.hear("Mon, 23 Nov 2026 00:00:00 GMT", 0)
    now = clock.now()
    hands.ticks += 60
    hands.own += 400 * DAY
    assert clock.now() == now + timedelta(minutes=1)
    assert clock.ahead() == 400 * DAY - timedelta(minutes=1)
