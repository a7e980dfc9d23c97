"""A certificate in files: newer ones are served to new connections, and open ones go on."""

from __future__ import annotations

import asyncio
import ssl
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
import trustme
from cryptography import x509
from webhook_client import Client, Start, load

from webhook.certificates.files import serve_files
from webhook.certificates.tls import ServedCertificate, listening_context
from webhook.settings import SettingsError

REVIEW = load("03-pod-create-kubectl-apply")


def write(folder: Path, authority: trustme.CA, *, key: bool = True) -> str:
    leaf = authority.issue_cert("127.0.0.1")
    leaf.cert_chain_pems[0].write_to_path(str(folder / "tls.crt"))
    if key:
        leaf.private_key_pem.write_to_path(str(folder / "tls.key"))
    return leaf.cert_chain_pems[0].bytes().decode()


def served_by(client: Client) -> str:
    return ssl.get_server_certificate(client.server.address)


async def served_when(client: Client, pem: str) -> None:
    for _ in range(100):
        if (await asyncio.to_thread(served_by, client)).strip() == pem.strip():
            return
        await asyncio.sleep(0.05)
    pytest.fail("the new certificate is not served")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("webhook.certificates.files._SECONDS", 0.02)
    return tmp_path


async def test_a_renewed_certificate_is_served_and_no_connection_is_dropped(
    start: Start, folder: Path
) -> None:
    authority = trustme.CA()
    first = write(folder, authority)
    client = await start(tls_cert=str(folder / "tls.crt"), tls_key=str(folder / "tls.key"))
    context = ssl.create_default_context()
    authority.configure_trust(context)
    connector = aiohttp.TCPConnector(ssl=context, limit=1)
    async with aiohttp.ClientSession(connector=connector) as session:
        old = Client(session, client.server)
        await old.review(REVIEW)
        await served_when(client, first)
        await served_when(client, write(folder, authority))
        await old.review(REVIEW)
        assert len(connector._acquired) == 0, "it is the one connection, still open"
        [[connection, _]] = [pair for pairs in connector._conns.values() for pair in pairs]
        assert connection.is_connected()


async def test_while_files_do_not_fit_the_last_good_ones_are_served_and_it_is_said(
    start: Start, folder: Path
) -> None:
    authority = trustme.CA()
    first = write(folder, authority)
    client = await start(tls_cert=str(folder / "tls.crt"), tls_key=str(folder / "tls.key"))
    write(folder, authority, key=False)
    for _ in range(100):
        ready, text = await client.get("/readyz?verbose")
        if "[!]certificate" in text:
            break
        await asyncio.sleep(0.02)
    assert ready == 200
    assert "check that they belong together" in text
    await served_when(client, first)
    (folder / "tls.key").unlink()
    await asyncio.sleep(0.1)
    await served_when(client, write(folder, authority))
    assert "[+]certificate\n" in (await client.get("/readyz?verbose"))[1]


async def test_its_end_is_a_metric(start: Start) -> None:
    client = await start()
    pem = await asyncio.to_thread(served_by, client)
    ends = x509.load_pem_x509_certificate(pem.encode()).not_valid_after_utc
    [line] = [
        line
        for line in (await client.get("/metrics"))[1].splitlines()
        if line.startswith("autofix_certificate_expiry_timestamp_seconds ")
    ]
    assert datetime.fromtimestamp(float(line.split()[1]), UTC) == ends


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_both_versions_of_tls_are_served(start: Start, version: ssl.TLSVersion) -> None:
    client = await start()
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.minimum_version = context.maximum_version = version
    _, writer = await asyncio.open_connection(*client.server.address, ssl=context)
    writer.close()


def test_older_versions_of_tls_are_refused() -> None:
    assert listening_context(ServedCertificate()).minimum_version is ssl.TLSVersion.TLSv1_2


async def test_only_clients_of_the_named_authority_may_call(start: Start, tmp_path: Path) -> None:
    trusted, stranger = trustme.CA(), trustme.CA()
    trusted.cert_pem.write_to_path(str(tmp_path / "clients.crt"))
    client = await start(tls_client_ca=str(tmp_path / "clients.crt"))
    for authority, served in ((trusted, True), (stranger, False), (None, False)):
        context = ssl.create_default_context(cafile=None)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        if authority:
            authority.issue_cert("kube-apiserver").configure_cert(context)
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context)) as session:
            if served:
                await Client(session, client.server).review(REVIEW)
            else:
                with pytest.raises((aiohttp.ClientError, ConnectionError)):
                    await Client(session, client.server).review(REVIEW)


def test_an_authority_of_clients_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"--tls-client-ca .*absent"):
        listening_context(ServedCertificate(str(tmp_path / "absent")))


async def test_files_that_change_while_they_are_loaded_are_loaded_again(folder: Path) -> None:
    loaded: list[str] = []

    class Swapping:
        leaf = None

        def load(self, certificate: str, *_: object) -> None:
            loaded.append(Path(certificate).read_text())
            if len(loaded) == 1:
                Path(certificate).write_text("newer")

    for name in ("tls.crt", "tls.key"):
        (folder / name).write_text("older")
    paths = (str(folder / "tls.crt"), str(folder / "tls.key"))
    async with serve_files(*paths, Swapping(), lambda: datetime.now(UTC)):  # type: ignore[arg-type]  # it swaps files
        for _ in range(250):
            if len(loaded) > 1:
                break
            await asyncio.sleep(0.02)
        # And not once more.
        await asyncio.sleep(0.1)
    assert loaded == ["older", "newer"]
