"""What is no AdmissionReview is refused, and the server serves on."""

from __future__ import annotations

import asyncio
import json
import ssl

import pytest
from certificates import Certificates
from webhook_client import REVIEWS, Client, Start, load, with_annotations

GOOD = (REVIEWS / "06-pod-create-from-job.json").read_bytes()
SHORT = json.dumps(with_annotations(load("20-namespace-create"), {})).encode()
DEEP = b"[" * 100_000 + b"]" * 100_000
HEAD = b'{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":'


def without(*path: str) -> bytes:
    review = load("06-pod-create-from-job")
    node = review
    for part in path[:-1]:
        node = node[part]
    del node[path[-1]]
    return json.dumps(review).encode()


@pytest.mark.parametrize(
    ("body", "status", "reason", "message"),
    [
        pytest.param(b"", 400, "review", "not JSON", id="empty"),
        pytest.param(b"hello", 400, "review", "not JSON", id="no JSON"),
        pytest.param(b"[]", 400, "review", "a JSON list", id="a list"),
        pytest.param(b"null", 400, "review", "a JSON NoneType", id="null"),
        pytest.param(b"{}", 400, "review", "no apiVersion", id="an object that is no review"),
        pytest.param(b'{"kind":"Pod","apiVersion":"v1"}', 400, "review", "got v1 Pod", id="a Pod"),
        pytest.param(without("request"), 400, "review", "no request", id="no request"),
        pytest.param(HEAD + b'"text"}', 400, "review", "no request", id="request is a text"),
        pytest.param(HEAD + b"null}", 400, "review", "no request", id="request is null"),
        pytest.param(without("request", "uid"), 400, "review", "no uid", id="no uid"),
        pytest.param(HEAD + b'{"uid":5}}', 400, "review", "request: Expected `str`", id="uid is a number"),
        pytest.param(
            GOOD.replace(b"/v1", b"/v1beta1", 1), 400, "review", "admission.k8s.io/v1beta1", id="v1beta1"
        ),
        pytest.param(GOOD[:-40], 400, "review", "not JSON", id="truncated JSON"),
        pytest.param(GOOD.replace(b"busybox", b"\xff\xfe"), 400, "review", "not JSON", id="invalid UTF-8"),
        pytest.param(
            GOOD.replace(b'"enabled"', b'"\xff"'), 400, "review", "not JSON", id="invalid UTF-8 annotation"
        ),
        pytest.param(b'{"apiVersion":1,"x":"\\ud800"}', 400, "review", "decoded", id="half of a character"),
        pytest.param(DEEP, 400, "review", "not an AdmissionReview", id="deep nesting and no review"),
        pytest.param(b" " * 5_000, 413, "size", "larger than 4096", id="too long"),
    ],
)
async def test_a_body_that_is_no_review_is_refused_and_the_server_serves_on(
    start: Start, body: bytes, status: int, reason: str, message: str
) -> None:
    client = await start(max_body_bytes=4096 if status == 413 else 10_000_000)
    assert await client.review(SHORT)
    got, text = await client.post(body)
    assert got == status
    assert message in text
    assert await client.review(SHORT)
    _, metrics = await client.get("/metrics")
    assert f'autofix_refused_total{{reason="{reason}"}} 1.0' in metrics


@pytest.mark.parametrize("content_type", ["text/plain", "application/yaml", "application/octet-stream"])
async def test_another_content_type_is_refused(start: Start, content_type: str) -> None:
    client = await start()
    status, text = await client.post(GOOD, content_type)
    assert status == 400
    assert f"not {content_type}" in text
    assert await client.review(GOOD)


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "APPLICATION/JSON"])
async def test_json_is_json_however_it_is_written(start: Start, content_type: str) -> None:
    client = await start()
    status, _ = await client.post(GOOD, content_type)
    assert status == 200


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(
            GOOD.replace(b'"restartPolicy"', b'"x":' + DEEP + b',"restartPolicy"'), id="deep nesting"
        ),
        pytest.param(GOOD.replace(b'"enabled"', DEEP), id="deep nesting in an annotation"),
        pytest.param(
            GOOD.replace(b'"kind":', b'"kind":[1],"x":"\\ud800","kind":', 1),
            id="a kind twice, and half a character",
        ),
        pytest.param(GOOD.replace(b'"enabled"', b"1e999"), id="a number beyond a double"),
        pytest.param(GOOD.replace(b'"enabled"', b"9" * 5000), id="a number beyond 64 bits"),
    ],
)
async def test_a_review_whose_object_cannot_be_decoded_is_let_pass_with_a_warning(
    start: Start, body: bytes
) -> None:
    client = await start()
    status, text = await client.post(body)
    assert status == 200
    response = json.loads(text)["response"]
    assert response["uid"] == json.loads(GOOD)["request"]["uid"]
    assert response["allowed"] is True
    assert "patch" not in response
    assert "cannot be decoded" in response["warnings"][0]
    _, metrics = await client.get("/metrics")
    assert 'outcome="error"} 1.0' in metrics


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(
            GOOD.replace(b'"priority":0', b'"priority":1e999'), id="huge exponent that is not needed"
        ),
        pytest.param(
            GOOD.replace(b'"priority":0', b'"priority":' + b"9" * 5000), id="huge integer not needed"
        ),
        pytest.param(
            GOOD.replace(b'"uid":"09a', b'"uid":"first","uid":"09a', 1),
            id="duplicate keys: the last wins, as in Go",
        ),
    ],
)
async def test_oddities_that_the_api_server_could_send_are_reviewed(start: Start, body: bytes) -> None:
    client = await start()
    response = await client.review(body)
    assert "patch" in response


async def test_other_paths_and_methods_are_refused(start: Start) -> None:
    client = await start()
    async with client.session.get(client.url) as answer:
        assert answer.status == 405
    async with client.session.post(client.url + "/other", data=GOOD) as answer:
        assert answer.status == 404
    assert await client.review(GOOD)


async def test_a_caller_that_goes_away_in_its_body_harms_nobody(
    start: Start, certificates: Certificates, caplog: pytest.LogCaptureFixture
) -> None:
    client = await start()
    for ending in (b"", GOOD[:100]):
        _, writer = await asyncio.open_connection(*client.server.address, ssl=certificates.client)
        writer.write(
            b"POST /mutate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Content-Length: %d\r\n\r\n%b" % (len(GOOD), ending)
        )
        await writer.drain()
        writer.transport.abort()
    assert await client.review(GOOD)
    assert not [record for record in caplog.records if record.exc_info]


async def test_plain_http_on_the_https_port_harms_nobody(start: Start) -> None:
    client = await start()
    _, writer = await asyncio.open_connection(*client.server.address)
    writer.write(b"GET / HTTP/1.1\r\n\r\n")
    await writer.drain()
    writer.close()
    assert await client.review(GOOD)


async def test_tls_before_1_2_is_refused(start: Start, certificates: Certificates) -> None:
    client = await start()
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname = False
    old.verify_mode = ssl.CERT_NONE
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await asyncio.open_connection(*client.server.address, ssl=old)


@pytest.mark.parametrize(("body", "status"), [(GOOD, 200), (b"{}", 400)])
async def test_a_defect_in_decoding_stops_no_pod(
    start: Start, monkeypatch: pytest.MonkeyPatch, body: bytes, status: int
) -> None:
    def broken(_: bytes) -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr("webhook.server.app.decode", broken)
    client = await start()
    answer, text = await client.post(body)
    assert answer == status
    if status == 200:
        response = json.loads(text)["response"]
        assert response["allowed"] is True
        assert response["uid"] == json.loads(GOOD)["request"]["uid"]


@pytest.mark.parametrize(
    "parameters",
    [";" * 8000, ";a=(b)c(d)" * 700, ';a="b"' * 1200, ";a=" + "(" * 8000, "; a*" + "0" * 5000 + "=x"],
    ids=["semicolons", "comments", "quotes", "brackets", "digits"],
)
async def test_the_parameters_of_a_media_type_are_not_read(
    start: Start, monkeypatch: pytest.MonkeyPatch, parameters: str
) -> None:
    def read(_: str) -> None:
        raise AssertionError("aiohttp's parser of media types was asked")

    monkeypatch.setattr("aiohttp.helpers.parse_mimetype", read)
    monkeypatch.setattr("aiohttp.helpers.HeadersMixin._parse_content_type", lambda *_: read(""))
    client = await start()
    status, _ = await raw(client, f"application/json{parameters}", str(len(GOOD)))
    assert status == 200


@pytest.mark.parametrize("length", ["0" * 5000 + str(len(GOOD)), "9" * 5000, "9" * 13])
async def test_a_length_of_many_digits_is_no_error_of_ours(start: Start, length: str) -> None:
    client = await start()
    status, _ = await raw(client, "application/json", length)
    assert status in (400, 413)
    assert await client.review(GOOD)


async def test_empty_lines_before_a_request_are_no_request(start: Start) -> None:
    client = await start()
    status, _ = await raw(client, "application/json", str(len(GOOD)), before=b"\r\n\r\n\r\n")
    assert status == 200


async def raw(client: Client, media_type: str, length: str, before: bytes = b"") -> tuple[int, bytes]:
    """Send a review with a head of one's own, as no client library would write it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    reader, writer = await asyncio.open_connection(*client.server.address, ssl=context)
    head = (
        f"POST /mutate HTTP/1.1\r\nHost: x\r\nContent-Type: {media_type}\r\nContent-Length: {length}\r\n\r\n"
    )
    writer.write(before + head.encode() + GOOD)
    line = await reader.readline()
    writer.transport.abort()
    return int(line.split()[1]), line
