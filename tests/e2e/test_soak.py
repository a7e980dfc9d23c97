"""Two hundred thousand reviews through one process: its memory does not grow."""

from __future__ import annotations

import asyncio
import ssl
import urllib.request
from itertools import cycle, islice
from pathlib import Path
from urllib.parse import urlsplit

import trustme
from builders import WRONG
from looking import MESHED
from mesh import Endpoint, webhook_of
from webhook_client import NAMES, REVIEWS

HALF = 100_000
CONNECTIONS = 8
GROWTH = 1.03


def requests() -> list[bytes]:
    """Real reviews of every kind, and one with something to repair, as HTTP requests."""
    bodies = [(REVIEWS / f"{name}.json").read_bytes() for name in NAMES]
    wrong = b'"annotations":{"%s":"true",' % WRONG.encode()
    bodies += [body.replace(b'"annotations":{', wrong, 1) for body in bodies]
    head = b"POST /mutate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    return [head % len(body) + body for body in bodies]


Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _send(connection: Connection, number: int, bodies: list[bytes]) -> int:
    """Send reviews over one connection; return how many were answered with 200."""
    reader, writer = connection
    good = 0
    for request in islice(cycle(bodies), number):
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0]
        await reader.readexactly(int(length))
        good += head.startswith(b"HTTP/1.1 200")
    return good


async def memory_after_each_half(endpoint: Endpoint, context: ssl.SSLContext) -> list[float]:
    """Send all reviews over a few connections that stay open, as the API server's do."""
    where, bodies, memory = urlsplit(endpoint.url), requests(), []
    connections = [
        await asyncio.open_connection(where.hostname, where.port, ssl=context) for _ in range(CONNECTIONS)
    ]
    for _ in range(2):
        answered = await asyncio.gather(*(_send(one, HALF // CONNECTIONS, bodies) for one in connections))
        assert sum(answered) == HALF
        memory.append(await asyncio.to_thread(resident, endpoint))
    for _, writer in connections:
        writer.close()
    return memory


def resident(endpoint: Endpoint) -> float:
    """Bytes of memory, as the process's own metrics say."""
    with urllib.request.urlopen(f"{endpoint.admin}/metrics", timeout=5) as answer:  # noqa: S310  # always loopback
        lines = answer.read().decode().splitlines()
    [found] = [line for line in lines if line.startswith("process_resident_memory_bytes ")]
    return float(found.split()[1])


def test_the_second_hundred_thousand_reviews_need_no_more_memory_than_the_first(tmp_path: Path) -> None:
    authority, context = trustme.CA(), ssl.create_default_context()
    authority.configure_trust(context)
    leaf = authority.issue_cert("127.0.0.1")
    leaf.cert_chain_pems[0].write_to_path(str(tmp_path / "tls.crt"))
    leaf.private_key_pem.write_to_path(str(tmp_path / "tls.key"))
    with webhook_of("edge-25.10.7", tmp_path)({"default": {**MESHED, WRONG: "true"}}) as endpoint:
        first, second = asyncio.run(memory_after_each_half(endpoint, context))
    assert second <= first * GROWTH, (first, second)
