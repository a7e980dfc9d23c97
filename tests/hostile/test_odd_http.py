"""Odd HTTP: who disagrees with us on where a request ends gets no second answer (RFC 9112).

Behind each odd request a good review follows on the same connection. Nothing that is refused may leave it for
somebody to be answered.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Mapping
from pathlib import Path

import pytest
from certificates import Certificates
from honest import BODIES, honest
from raw import Reply, reply_to
from replica import Replica, replica

BODY = BODIES[0]
N = len(BODY)
LINE, HOST = b"POST /mutate HTTP/1.1\r\n", b"Host: webhook\r\n"
TYPE, LENGTH = b"Content-Type: application/json\r\n", b"Content-Length: %d\r\n" % N
CHUNKED = b"Transfer-Encoding: chunked\r\n"
GOOD = LINE + HOST + TYPE + LENGTH + b"\r\n" + BODY
CHUNKS = b"%x\r\n%b\r\n0\r\n\r\n" % (N, BODY)
AT_ONCE = 32


def odd(*more: bytes, line: bytes = LINE, length: bytes = LENGTH, body: bytes = BODY) -> bytes:
    return line + HOST + TYPE + length + b"".join(more) + b"\r\n" + body


def length(text: bytes) -> bytes:
    return odd(length=b"Content-Length: " + text + b"\r\n")


def requested(text: bytes) -> bytes:
    return odd(line=text + b"\r\n")


LENGTHS = {
    f"length {text!r}": length(text)
    for text in (
        *(b"-1", b"+%d" % N, b"0x%x" % N, b"%d.0" % N, b"1e3", b"1_0", b"_%d" % N, b'"%d"' % N, b"", b" "),
        *(b"%d, %d" % (N, N), b"%d,%d" % (N, N), b"%d, 5" % N, b"%d %d" % (N, N), b"%d;q=1" % N),
        *(b"9" * 30, b"%d" % 2**64, b"%d" % (2**64 + N), b"%d\x00" % N, b"%d\x0b" % N, "٣".encode()),
        *(b"0", b"5", b"%d\r\n %d" % (N // 10, N % 10)),
    )
} | {
    "length twice": odd(LENGTH),
    "lengths that differ": odd(b"Content-Length: 5\r\n"),
    "lengths in two cases": odd(b"content-length: 5\r\n"),
    "blank before the colon": odd(length=b"Content-Length : %d\r\n" % N),
    "tab before the colon": odd(length=b"Content-Length\t: %d\r\n" % N),
    "blank before the name": odd(length=b" Content-Length: %d\r\n" % N),
    "NUL in the name": odd(length=b"Content\x00-Length: %d\r\n" % N),
}
ENCODINGS = {
    f"{name} {text!r}": odd(b"Transfer-Encoding: " + text + b"\r\n", length=size, body=body)
    for text in (
        *(b"Chunked", b"xchunked", b"chunked, identity", b"identity", b"chunked, chunked", b""),
        *(b"\x0bchunked", b"chunked\x00", b"'chunked'", b"chunked;q=1", b"\r\n chunked", b"gzip, chunked"),
    )
    for name, size, body in (
        ("length and", LENGTH, BODY),
        ("4 and", b"Content-Length: 4\r\n", CHUNKS),
    )
} | {
    "length and blank before the colon": odd(b"Transfer-Encoding : chunked\r\n"),
    "length behind a bare LF": odd(b"X: y\nTransfer-Encoding: chunked\r\n"),
    "length behind a bare CR": odd(b"X: y\rTransfer-Encoding: chunked\r\n"),
    "encoding twice": odd(CHUNKED, b"Transfer-Encoding: identity\r\n", length=b"", body=CHUNKS),
}
LINES = {
    repr(text[:40]): requested(text)
    for text in (
        *(b"POST mutate HTTP/1.1", b"POST * HTTP/1.1", b"POST http:///mutate HTTP/1.1"),
        *(b"POST http://[::1/mutate HTTP/1.1", b"POST http://x:99999/mutate HTTP/1.1"),
        *(b"POST\t/mutate\tHTTP/1.1", b"POST /mut ate HTTP/1.1", b"POST /mut\x00ate HTTP/1.1"),
        *(
            b"POST /mutate HTTP/1.2",
            b"POST /mutate HTTP/1.10",
            b"POST /mutate HTTP/1",
            b"POST /mutate HTTX/1.1",
        ),
        *(
            b"POST /mutate http/1.1",
            b"post /mutate HTTP/1.1",
            b"PO\x00ST /mutate HTTP/1.1",
            b"PRI * HTTP/2.0",
        ),
        *(b" POST /mutate HTTP/1.1", b"\x80\x81", b"X" * 9000, b"POST /" + b"a" * 9000 + b" HTTP/1.1"),
        *(b"SPAM /mutate HTTP/1.1", b"POST /mutate?\x80 HTTP/1.1"),
    )
}
HEADS = {
    "bare LF": LINE.replace(b"\r", b"") + odd(line=b"").replace(b"\r\n", b"\n", 4),
    "bare LF at the end": LINE + HOST + TYPE + LENGTH + b"\n" + BODY,
    "one bare LF": odd(length=b"Content-Length: %d\n" % N),
    "a head in a head": odd(b"\nGET /mutate HTTP/1.1\r\n", length=b"Content-Length: 0\n"),
    "bare CR": odd(line=LINE.replace(b"\r\n", b"\r")),
    "folded": odd(b"X: y\r\n z\r\n"),
    "folded with a tab": odd(b"X: y\r\n\tz\r\n"),
    "folded first": odd(line=LINE + b" y\r\n"),
    "NUL in a value": odd(b"X: \x00\r\n"),
    "ESC in a value": odd(b"X: \x1b\r\n"),
    "no colon": odd(b"nonsense\r\n"),
    "no name": odd(b": y\r\n"),
    "a name beyond ASCII": odd(b"X\xff: y\r\n"),
    "no Host": LINE + TYPE + LENGTH + b"\r\n" + BODY,
    "Host twice": odd(HOST),
    "Content-Type twice": odd(TYPE),
    "a media type that is none": LINE + HOST + LENGTH + b"Content-Type: ;;;\r\n\r\n" + BODY,
    "no media type": LINE + HOST + LENGTH + b"\r\n" + BODY,
    "500 lines": odd(*(b"X%d: y\r\n" % number for number in range(500))),
    "a long line": odd(b"X: " + b"y" * 9000 + b"\r\n"),
    "a long name": odd(b"y" * 9000 + b": x\r\n"),
}
REFUSED: Mapping[str, tuple[bytes, list[int]]] = {
    **{name: (data, [400]) for table in (LENGTHS, ENCODINGS, LINES, HEADS) for name, data in table.items()},
    "no length": (odd(length=b""), [411]),
    "another name for the length": (odd(length=b"Content_Length: %d\r\n" % N), [411]),
    **{
        f"chunks {text!r}": (
            odd(b"Transfer-Encoding: " + text + b"\r\n", length=b"", body=CHUNKS),
            [411],
        )
        for text in (b"chunked", b"Chunked", b"gzip, chunked", b"")
    },
    **{
        f"encoded {text!r}": (odd(b"Content-Encoding: " + text + b"\r\n"), [415])
        for text in (b"gzip", b"identity", b"br")
    },
    **{
        repr(text): (requested(text), [404])
        for text in (
            *(b"POST http://webhook/mutate HTTP/1.1", b"POST https://other/mutate HTTP/1.1"),
            *(b"POST //mutate HTTP/1.1", b"POST /mutate/ HTTP/1.1", b"POST /./mutate HTTP/1.1"),
            *(b"POST /%6dutate HTTP/1.1", b"POST /../mutate HTTP/1.1", b"POST /mutate#x HTTP/1.1"),
            *(b"OPTIONS * HTTP/1.1", b"CONNECT webhook:443 HTTP/1.1"),
        )
    },
    **{
        name: (requested(f"{name} /mutate HTTP/1.1".encode()), [405])
        for name in ("GET", "HEAD", "TRACE", "CONNECT", "PUT", "DELETE")
    },
    "longer than is read": (odd(length=b"Content-Length: 99999999\r\n"), [413]),
    "HTTP/0.9, as was the custom": (requested(b"POST /mutate"), [505]),
    "HTTP/0.9": (requested(b"POST /mutate HTTP/0.9"), [505]),
    "HTTP/2": (requested(b"POST /mutate HTTP/2.0"), [505]),
    "a head without end": (odd(b"X: " + b"y" * 40_000 + b"\r\n"), []),
}
# Odd, and nobody can take it for anything else.
ANSWERED: Mapping[str, bytes] = {
    "blanks around the length": odd(length=b"Content-Length: \t%d \r\n" % N),
    "zeros before the length": odd(length=b"Content-Length: 0%d\r\n" % N),
    "a query": requested(b"POST /mutate?timeout=2s HTTP/1.1"),
    "an empty line first": b"\r\n" + GOOD,
    "empty lines first": b"\r\n\r\n\r\n" + GOOD,
    "an empty line behind": GOOD + b"\r\n",
    "a value beyond ASCII": odd(b"X: \xff\xfe\r\n"),
    "Upgrade to websocket": odd(b"Connection: Upgrade\r\nUpgrade: websocket\r\n"),
    "Upgrade to HTTP/2": odd(b"Connection: Upgrade\r\nUpgrade: h2c\r\n"),
    "Expect": odd(b"Expect: 100-continue\r\n"),
    "another method in a header": odd(b"X-HTTP-Method-Override: GET\r\n"),
    "Trailer": odd(b"Trailer: X\r\n"),
}


async def _replies(
    replica: Replica, context: ssl.SSLContext, table: Mapping[str, bytes], answers: int | None = None
) -> dict[str, Reply]:
    places = asyncio.Semaphore(AT_ONCE)

    async def reply(data: bytes) -> Reply:
        async with places:
            return await reply_to(data, replica.host, replica.port, context, answers=answers)

    return dict(zip(table, await asyncio.gather(*map(reply, table.values())), strict=True))


async def test_what_is_refused_is_closed_and_nothing_behind_it_is_answered(
    certificates: Certificates, tmp_path: Path
) -> None:
    flags = ("--body-seconds", "3")
    async with replica(certificates, tmp_path / "log", *flags) as found:
        table = {name: data + GOOD for name, (data, _) in REFUSED.items()}
        replies = await _replies(found, certificates.client, table)
        wrong = {
            name: replies[name].statuses
            for name, (_, statuses) in REFUSED.items()
            if replies[name].statuses != statuses
        }
        assert wrong == {}
        # Each is counted as what it is, and none as an error of ours.
        assert found.samples("autofix_refused_total") == len(REFUSED)
        assert found.samples("autofix_admission_requests_total") == 0
        tally = await honest(found.host, found.port, certificates.client, 48, rate=200)
        assert (tally.answered, tally.failures) == (48, [])
        levels = {json.loads(line)["level"] for line in found.log.read_text().splitlines()}
        assert levels <= {"INFO", "WARNING"}


async def test_what_is_odd_and_clear_is_answered_and_so_is_what_follows(
    certificates: Certificates, tmp_path: Path
) -> None:
    async with replica(certificates, tmp_path / "log") as found:
        table = {name: data + GOOD for name, data in ANSWERED.items()}
        replies = await _replies(found, certificates.client, table, answers=2)
        wrong = {name: reply.statuses for name, reply in replies.items() if reply.statuses != [200, 200]}
        assert wrong == {}
        assert found.samples("autofix_refused_total") == 0


@pytest.mark.parametrize(
    ("data", "statuses"),
    [
        pytest.param(GOOD * 50 + b"nonsense\r\n\r\n" + GOOD, [200] * 50 + [400], id="50, nonsense, one more"),
        pytest.param(GOOD * 3 + GOOD[:-1], [200] * 3, id="a body that does not end"),
        pytest.param(GOOD * 3 + GOOD[:40], [200] * 3, id="a head that does not end"),
        pytest.param(odd(b"Connection: close\r\n") + GOOD, [200], id="close"),
        pytest.param(odd(line=b"POST /mutate HTTP/1.0\r\n") + GOOD, [200], id="HTTP/1.0"),
    ],
)
async def test_pipelined_reviews_are_answered_up_to_the_end_of_the_connection(
    certificates: Certificates, tmp_path: Path, data: bytes, statuses: list[int]
) -> None:
    flags = ("--body-seconds", "3", "--head-seconds", "3")
    async with replica(certificates, tmp_path / "log", *flags) as found:
        reply = await reply_to(data, found.host, found.port, certificates.client)
        assert reply.statuses == statuses
        tally = await honest(found.host, found.port, certificates.client, 24, rate=200)
        assert (tally.answered, tally.failures) == (24, [])


@pytest.mark.parametrize("name", ["GET /livez", "GET /metrics"])
async def test_the_admin_port_answers_no_request_behind_one_with_a_body(
    certificates: Certificates, tmp_path: Path, name: str
) -> None:
    head = f"{name} HTTP/1.1\r\nHost: webhook\r\n".encode()
    async with replica(certificates, tmp_path / "log") as found:
        host, _, port = found.admin.rpartition(":")
        for more, body in ((LENGTH, BODY), (CHUNKED, CHUNKS), (LENGTH + CHUNKED, CHUNKS)):
            reply = await reply_to(head + more + b"\r\n" + body + head + b"\r\n", host, int(port))
            assert reply.statuses in ([405], [400])
        assert found.get("/livez") == "ok\n"
