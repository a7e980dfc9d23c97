"""What a stranger learns of us, and how TLS begins: no banner, nothing before TLS 1.2, AEAD suites only."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import ssl
import warnings
from pathlib import Path

import pytest
import trustme
from bodies import dear
from certificates import Certificates, make_certificates
from honest import BODIES, honest, request
from raw import Reply, reply_to
from replica import Replica, replica

HEAD = b"POST /mutate HTTP/1.1\r\nHost: webhook\r\nContent-Type: application/json\r\n"
ANSWERS = {
    200: request(BODIES[0]),
    400: b"nonsense\r\n\r\n",
    404: b"GET / HTTP/1.1\r\nHost: webhook\r\n\r\n",
    405: b"GET /mutate HTTP/1.1\r\nHost: webhook\r\n\r\n",
    411: HEAD + b"\r\n",
    413: HEAD + b"Content-Length: 999999999\r\n\r\n",
    415: HEAD + b"Content-Length: 5\r\nContent-Encoding: gzip\r\n\r\nhello",
    505: HEAD.replace(b"1.1", b"2.0") + b"\r\n",
}
METRICS = b"GET /metrics HTTP/1.1\r\nHost: webhook\r\n\r\n"
READY = b"GET /readyz HTTP/1.1\r\nHost: webhook\r\nConnection: close\r\n\r\n"
ADMIN_ANSWERS = {
    200: METRICS.replace(b"metrics", b"livez"),
    400: b"nonsense\r\n\r\n",
    404: METRICS.replace(b"metrics", b"other"),
    405: METRICS.replace(b"GET", b"POST"),
}
BANNERS = (b"server:", b"x-powered-by:", b"via:", b"python", b"aiohttp", b"uvloop", b"linux")
ROUNDS = 50


def banners(data: bytes) -> list[bytes]:
    return [banner for banner in BANNERS if banner in data.lower()]


async def asked(found: Replica, data: bytes, context: ssl.SSLContext | None = None) -> Reply:
    """Send bytes to the HTTPS port, or without a context to the admin port, and read one answer."""
    host, _, admin = found.admin.rpartition(":")
    port = found.port if context else int(admin)
    return await reply_to(data, host, port, context, answers=1)


async def test_no_answer_says_what_we_run(certificates: Certificates, tmp_path: Path) -> None:
    async with replica(certificates, tmp_path / "log") as found:
        for context, table in ((certificates.client, ANSWERS), (None, ADMIN_ANSWERS)):
            replies = {status: await asked(found, data, context) for status, data in table.items()}
            assert {status: reply.statuses for status, reply in replies.items()} == {
                status: [status] for status in table
            }
            assert {status: banners(reply.data) for status, reply in replies.items()} == {
                status: [] for status in table
            }
        # The names of metrics may say more, to those who may ask for them.
        head = (await asked(found, METRICS)).data.partition(b"\r\n\r\n")[0]
        assert head.startswith(b"HTTP/1.1 200 ")
        assert banners(head) == []


async def test_nor_does_the_answer_of_a_replica_that_ends(certificates: Certificates, tmp_path: Path) -> None:
    async with replica(certificates, tmp_path / "log", "--shutdown-delay-seconds", "600") as found:
        found.process.terminate()
        while (reply := await asked(found, READY)).statuses == [200]:
            pass
        assert reply.statuses == [503]
        assert banners(reply.data) == []
        found.process.send_signal(signal.SIGTERM)
        assert await found.process.wait() == 0


async def test_nor_does_the_answer_of_a_replica_that_has_too_much_to_do(
    certificates: Certificates, tmp_path: Path
) -> None:
    async with replica(certificates, tmp_path / "log", "--max-waiting-reviews", "1") as found:
        for _ in range(ROUNDS):
            crowd = (asked(found, request(dear()), certificates.client) for _ in range(20))
            busy = [reply for reply in await asyncio.gather(*crowd) if reply.statuses == [503]]
            if busy:
                break
        assert busy
        assert banners(b"".join(reply.data for reply in busy)) == []


def client(versions: tuple[ssl.TLSVersion, ssl.TLSVersion], suites: str = "") -> ssl.SSLContext:
    """Make a context that does whatever OpenSSL still can."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers(f"{suites or 'ALL:COMPLEMENTOFALL'}:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version, context.maximum_version = versions
    return context


async def handshake(found: Replica, context: ssl.SSLContext) -> tuple[str, str] | None:
    """Return version and suite of a handshake; None when it is refused."""
    try:
        _, writer = await asyncio.open_connection(found.host, found.port, ssl=context)
    except (ssl.SSLError, ConnectionError):
        return None
    suite, version, _ = writer.get_extra_info("cipher")
    protocol = writer.get_extra_info("ssl_object").version()
    writer.transport.abort()
    assert version
    return protocol, suite


TLS_1_2 = (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2)
TLS_1_3 = (ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_3)
OLD = {
    "1.0": (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1),
    "1.1": (ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_1),
}


@pytest.mark.parametrize("key", ["RSA", "ECDSA"])
async def test_a_handshake_ends_with_aead_or_not_at_all(tmp_path: Path, key: str) -> None:
    certificates = make_certificates(tmp_path, trustme.KeyType[key])
    offered = [suite for suite in client(TLS_1_2).get_ciphers() if suite["protocol"] != "TLSv1.3"]
    assert sum(not suite["aead"] for suite in offered) > 20
    async with replica(certificates, tmp_path / "log") as found:
        ends = {suite["name"]: await handshake(found, client(TLS_1_2, suite["name"])) for suite in offered}
        assert {end for end in ends.values() if end} == {
            ("TLSv1.2", f"ECDHE-{key}-{suite}")
            for suite in ("AES128-GCM-SHA256", "AES256-GCM-SHA384", "CHACHA20-POLY1305")
        }
        assert {name for name, end in ends.items() if end and end[1] != name} == set()
        newest = await handshake(found, client(TLS_1_3))
        assert newest is not None
        assert newest[0] == "TLSv1.3"
        assert [await handshake(found, client(versions)) for versions in OLD.values()] == [None, None]
        # What a client chooses that has not been told anything; it checks the certificate.
        tally = await honest(found.host, found.port, certificates.client, 24, rate=200, fresh=True)
        assert (tally.answered, tally.failures) == (24, [])


async def test_nobody_begins_a_handshake_anew(certificates: Certificates, tmp_path: Path) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        text = "openssl is not installed; Python cannot ask for a renegotiation"
        (pytest.fail if os.environ.get("HOSTILE_TESTS") == "required" else pytest.skip)(text)
    async with replica(certificates, tmp_path / "log") as found:
        words = (
            "s_client",
            "-connect",
            f"{found.host}:{found.port}",
            "-tls1_2",
            "-CAfile",
            certificates.cert,
        )
        program = await asyncio.create_subprocess_exec(
            openssl,
            *words,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        # A line with R asks for it.
        output, _ = await program.communicate(b"R\n")
        assert b"RENEGOTIATING" in output
        assert b"no renegotiation" in output
        tally = await honest(found.host, found.port, certificates.client, 24, rate=200)
        assert (tally.answered, tally.failures) == (24, [])
