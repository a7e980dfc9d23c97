"""Probes, metrics, failing open, and an end that loses no review."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from builders import ALPHA, WRONG
from certificates import Certificates
from webhook_client import REVIEWS, Start, load, patch_of, with_annotations
from webhook_process import lines, process

import autofix
from webhook.admission.state import static_provider
from webhook.server.server import start_server
from webhook.serving.port import Port, open_port
from webhook.settings import Settings

GOOD = (REVIEWS / "06-pod-create-from-job.json").read_bytes()


async def test_probes_answer(start: Start) -> None:
    client = await start()
    assert await client.get("/livez") == (200, "ok\n")
    assert await client.get("/readyz") == (200, "ok\n")
    status, text = await client.get("/readyz?verbose")
    assert (status, text) == (200, "[+]serving\n[+]certificate\n[+]linkerd release: 2.17\nok\n")


async def test_readiness_fails_first_and_reviews_are_still_answered(start: Start) -> None:
    client = await start()
    client.server.stopping.set()
    status, text = await client.get("/readyz")
    assert status == 503
    assert "[-]serving" in text
    assert (await client.get("/livez"))[0] == 200
    assert patch_of(await client.review(GOOD))


async def test_readiness_begins_when_the_port_of_the_reviews_listens(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    statuses: list[int] = []
    ports: list[Port] = []

    async def open_slowly(where: str, flag: str, *arguments: Any, **named: Any) -> Port:
        for admin in ports:
            async with (
                aiohttp.ClientSession() as session,
                session.get("http://{}:{}/readyz".format(*admin.address)) as answer,
            ):
                statuses.append(answer.status)
        ports.append(await open_port(where, flag, *arguments, **named))
        return ports[-1]

    monkeypatch.setattr("webhook.server.server.open_port", open_slowly)
    client = await start()
    assert statuses == [503]
    assert await client.get("/readyz") == (200, "ok\n")


async def test_connections_are_closed_once_the_end_has_begun(start: Start) -> None:
    client = await start()
    headers = {"Content-Type": "application/json"}
    for stopping in (False, True):
        async with client.session.post(client.url, data=GOOD, headers=headers) as answer:
            assert ("close" in answer.headers.get("Connection", "")) is stopping
        client.server.stopping.set()


async def test_metrics_count_reviews_and_fixes_without_names_of_objects(start: Start) -> None:
    client = await start()
    await client.review(with_annotations(load("06-pod-create-from-job"), {WRONG: "true"}))
    await client.review(load("20-namespace-create"))
    review = load("22-rollout-cr-create-bool-in-template")
    review["request"]["kind"]["kind"] = "NobodyKnowsThisKind"
    await client.review(review)
    _, text = await client.get("/metrics")
    # Prometheus sees no increase in a counter that begins with 1.
    errors = 'autofix_admission_requests_total{kind="Pod",operation="CREATE",outcome="error"} 0.0'
    assert errors in (await client.get("/metrics"))[1]
    requests = 'autofix_admission_requests_total{kind="%s",operation="CREATE",outcome="%s"} 1.0'
    assert requests % ("Pod", "fixed") in text
    assert requests % ("Namespace", "warned") in text
    assert requests % ("other", "fixed") in text
    assert 'autofix_fixes_total{code="AFX101",kind="Pod"} 1.0' in text
    assert "autofix_admission_duration_seconds_count 3.0" in text
    assert f'autofix_build_info{{version="{autofix.__version__}"}} 1.0' in text
    for name in ("job-a", "ns-a", "ro-bool", "default", "NobodyKnows"):
        assert name not in text


async def test_an_error_of_ours_lets_the_pod_pass_and_is_said_counted_and_logged(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise RuntimeError("planted")

    client = await start(provider=broken)
    response = await client.review(GOOD)
    assert set(response) == {"uid", "allowed", "warnings"}
    assert response["warnings"] == [
        f"linkerd-autofix: pod job-a-…: internal error, left unchanged; uid {response['uid']}"
    ]
    assert 'outcome="error"} 1.0' in (await client.get("/metrics"))[1]
    [record] = [record for record in caplog.records if record.exc_info]
    assert vars(record)["uid"] == response["uid"]
    assert record.exc_info
    assert "planted" in str(record.exc_info[1])


async def test_a_review_in_flight_is_answered_although_the_server_stops(
    settings: Settings, certificates: Certificates
) -> None:
    entered, go_on = asyncio.Event(), asyncio.Event()
    provider = static_provider(settings)

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=certificates.client)) as session:
        async with start_server(settings, provider) as server:
            url = f"https://127.0.0.1:{server.address[1]}/mutate"

            async def slow_body() -> AsyncIterator[bytes]:
                yield GOOD[:100]
                entered.set()
                await go_on.wait()
                yield GOOD[100:]

            headers = {"Content-Type": "application/json", "Content-Length": str(len(GOOD))}
            pending = asyncio.create_task(session.post(url, data=slow_body(), headers=headers))
            await entered.wait()
            await asyncio.sleep(0.05)
            asyncio.get_running_loop().call_later(0.2, go_on.set)
        async with await pending as answer:
            assert answer.status == 200
            assert json.loads(await answer.read())["response"]["allowed"] is True


async def test_the_process_serves_and_stops_on_sigterm_without_losing_a_review(
    certificates: Certificates,
) -> None:
    flags = ["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--shutdown-delay-seconds", "1"]
    environment = {
        "AUTOFIX_TLS_CERT": certificates.cert,
        "AUTOFIX_TLS_KEY": certificates.key,
        "AUTOFIX_LINKERD": "edge-24.10.1",
    }
    async with (
        process(*flags, **environment) as found,
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=certificates.client)) as session,
    ):
        listening = await lines(found, "listening")
        url, admin = f"https://{listening['address']}/mutate", f"http://{listening['admin_address']}"
        headers = {"Content-Type": "application/json"}

        async def review() -> int:
            async with session.post(url, data=GOOD, headers=headers) as answer:
                assert ALPHA in json.loads(await answer.read())["response"]["warnings"][0]
                return answer.status

        assert await review() == 200
        found.send_signal(signal.SIGTERM)
        assert (await lines(found, "stopping"))["signal"] == "SIGTERM"
        async with session.get(f"{admin}/readyz") as answer:
            assert answer.status == 503
        assert [await review() for _ in range(20)] == [200] * 20
        await lines(found, "stopped")
        assert await asyncio.wait_for(found.wait(), 10) == 0


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        pytest.param([], "--tls-cert FILE", id="no certificate"),
        pytest.param(["--tls-cert", "absent.crt", "--tls-key", "absent.key"], "absent.crt", id="absent"),
        pytest.param(["--linkerd", "nonsense"], "not a Linkerd release: 'nonsense'", id="nonsense release"),
        pytest.param(["--linkerd", "1.16.11"], "of stable-2.14.x; write 2.14", id="version of the chart"),
        pytest.param(["--kubernetes", "x"], "not a Kubernetes version", id="nonsense version"),
        pytest.param(["--max-body-bytes", "many"], "max_body_bytes", id="no number"),
        pytest.param(["--config", "absent.toml"], "absent.toml: No such file", id="absent config"),
        pytest.param(["--listen", "here"], "--listen here", id="no port"),
    ],
)
async def test_a_wrong_setting_is_said_in_one_line_and_ends_with_2(
    certificates: Certificates, flags: Sequence[str], message: str
) -> None:
    if "--listen" in flags:
        flags = [*flags, "--tls-cert", certificates.cert, "--tls-key", certificates.key]
    async with process(*flags) as found:
        _, talk = await asyncio.wait_for(found.communicate(), 30)
    assert found.returncode == 2
    assert message in talk.decode()
    assert talk.decode().startswith("autofix-webhook: error: ")
    assert len(talk.decode().splitlines()) == 1


async def test_a_port_in_use_is_said(start: Start, certificates: Certificates) -> None:
    client = await start()
    taken = f"127.0.0.1:{client.server.address[1]}"
    flags = ["--listen", taken, "--tls-cert", certificates.cert, "--tls-key", certificates.key]
    async with process(*flags) as found:
        _, talk = await asyncio.wait_for(found.communicate(), 30)
    assert found.returncode == 2
    assert f"--listen {taken}" in talk.decode()


def test_the_certificate_and_key_must_belong_together(certificates: Certificates, tmp_path: Path) -> None:
    import trustme

    from webhook.certificates.tls import load_leaf
    from webhook.settings import SettingsError

    other = tmp_path / "other.key"
    trustme.CA().issue_cert("127.0.0.1").private_key_pem.write_to_path(str(other))
    with pytest.raises(SettingsError, match="belong together"):
        load_leaf(certificates.cert, str(other))


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/mutate", 405), ("POST", "/", 404), ("POST", "/mutate/x", 404)]
)
async def test_other_paths_and_methods_are_refused_and_the_connection_lives_on(
    start: Start, method: str, path: str, status: int
) -> None:
    client = await start()
    url = client.url.removesuffix("/mutate") + path
    async with client.session.request(method, url, data=GOOD) as answer:
        assert answer.status == status
    assert await client.review(GOOD)


async def test_the_api_servers_timeout_in_the_query_is_no_other_path(start: Start) -> None:
    client = await start()
    headers = {"Content-Type": "application/json"}
    async with client.session.post(f"{client.url}?timeout=5s", data=GOOD, headers=headers) as answer:
        assert answer.status == 200


async def test_a_body_that_comes_in_pieces_is_read_as_a_whole_and_up_to_the_limit(start: Start) -> None:
    client = await start(max_body_bytes=100_000)

    async def pieces(padding: int) -> AsyncIterator[bytes]:
        for position in range(0, len(GOOD), 1000):
            yield GOOD[position : position + 1000]
            await asyncio.sleep(0)
        yield b" " * padding

    for padding, status in ((0, 200), (90_000, 200), (100_000, 413)):
        length = str(len(GOOD) + padding)
        headers = {"Content-Type": "application/json", "Content-Length": length, "Expect": ""}
        async with client.session.post(client.url, data=pieces(padding), headers=headers) as answer:
            assert answer.status == status
