"""S10: what is not valid now never takes the place of what is, and is shown where it is all there is."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
import trustme
from api_server import SECRETS, api_server
from cryptography import x509
from replicas import SELF_MANAGED, certificates_in, replica, stored
from webhook_process import shown

from autofix.kubeapi.clock import ServerClock
from webhook.certificates.bundle import to_data
from webhook.certificates.renewal import renew
from webhook.certificates.rotator import make_policy
from webhook.server.server import start_server
from webhook.settings import Settings

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


@pytest.mark.parametrize(
    ("begins", "ends", "why"),
    [(-9 * DAY, -DAY, "ended on"), (DAY, 9 * DAY, "is not valid before")],
    ids=["ended", "not yet valid"],
)
async def test_the_last_good_certificate_stays_when_its_successor_is_not_valid(
    tmp_path: Path, begins: timedelta, ends: timedelta, why: str
) -> None:
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


async def test_the_last_good_certificate_stays_when_a_successors_chain_is_not_valid(tmp_path: Path) -> None:
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
) -> None:
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


async def test_what_ends_while_it_is_served_makes_the_replica_unready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("webhook.certificates.files._SECONDS", 0.02)
    now = [datetime.now(UTC)]
    monkeypatch.setattr("webhook.server.lifespan.ServerClock", lambda: ServerClock(own=lambda: now[0]))
    folder = Folder(tmp_path)
    folder.write(-DAY, DAY)
    settings = Settings(
        listen="127.0.0.1:0",
        admin_listen="127.0.0.1:0",
        tls_cert=str(tmp_path / "tls.crt"),
        tls_key=str(tmp_path / "tls.key"),
        linkerd="2.17",
    )
    async with start_server(settings) as server, aiohttp.ClientSession() as session:
        admin = f"http://127.0.0.1:{server.admin_address[1]}"
        for passed, sign in ((timedelta(), "+"), (2 * DAY, "-"), (-2 * DAY, "-"), (timedelta(), "+")):
            now[0] = datetime.now(UTC) + passed
            text = await shown(session, admin, f"[{sign}]certificate")
            assert text.endswith("not ready\n" if sign == "-" else "ok\n")
        await asyncio.sleep(0)
    assert {one.message for one in caplog.records if one.levelname == "ERROR"} <= {"nobody can connect"}


def material_of(now: datetime) -> dict[str, str]:
    policy = make_policy(Settings(tls_secret="a/b", tls_names="127.0.0.1"))  # noqa: S106  # no secret
    return to_data(renew(None, policy, now, published=True)[0])


@pytest.mark.parametrize("age", [40 * DAY, -2 * DAY], ids=["ended", "not yet valid"])
async def test_a_secret_that_is_not_valid_is_not_served_while_there_is_one_that_is(
    tmp_path: Path, age: timedelta
) -> None:
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
) -> None:
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


async def test_a_silent_watch_does_not_keep_the_certificate_from_being_renewed(tmp_path: Path) -> None:
    quick = "import autofix.kubeapi.informer as i; i._SILENCE_SECONDS = 0.2; i._LONGEST_DELAY = 0.02"
    async with (
        api_server(tmp_path) as server,
        replica(*SELF_MANAGED, "--kubeconfig", str(server.kubeconfig), before=quick) as one,
    ):
        server.silent = True
        await one.shows("[!]certificate: open, but nothing has been heard", "ok\n")
        server.now = lambda: datetime.now(UTC) + 21 * DAY
        await server.until(lambda: len(certificates_in(server)) == 2)
        await one.shows("[!]certificate: open, but nothing has been heard", "ok\n")
