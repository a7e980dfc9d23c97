"""The only place where the tests of mutated reviews touch the webhook: bytes in over HTTPS, bytes out."""

from __future__ import annotations

import asyncio
import io
import ssl
from collections.abc import Sequence
from pathlib import Path

import aiohttp
import trustme
from random_reviews import Situation

from webhook.admission.state import ClusterState, Known, make_state
from webhook.server.server import start_server
from webhook.settings import Settings

_HEADERS = {"Content-Type": "application/json", "User-Agent": "kube-apiserver-admission"}


def answers_to(reviews: Sequence[tuple[Situation, bytes]], folder: Path) -> list[bytes]:
    """Ask a webhook that really listens, one review after the other, as on one connection of the API server.

    Args:
        reviews: bodies, each with the situation in which it arrives.
        folder: where the certificate is written.

    Returns:
        The bodies of the answers, in the same order; of a refusal its status and text.
    """
    return asyncio.run(_answers(reviews, folder))


async def _answers(reviews: Sequence[tuple[Situation, bytes]], folder: Path) -> list[bytes]:
    answers: dict[int, bytes] = {}
    for mutate in (False, True):
        numbers = [number for number, (known, _) in enumerate(reviews) if known.mutate_workloads is mutate]
        # The webhook remembers answers as long as its state is the same, so each situation comes once.
        numbers.sort(key=lambda number: id(reviews[number][0]))
        answers |= await _ask(reviews, numbers, folder, mutate=mutate)
    return [answers[number] for number in range(len(reviews))]


async def _ask(
    reviews: Sequence[tuple[Situation, bytes]], numbers: Sequence[int], folder: Path, *, mutate: bool
) -> dict[int, bytes]:
    states = {id(situation): _state(situation) for situation, _ in reviews}
    current = [_state(Situation())]
    client = _certificate(folder)
    settings = Settings(
        listen="127.0.0.1:0",
        admin_listen="127.0.0.1:0",
        tls_cert=str(folder / "tls.crt"),
        tls_key=str(folder / "tls.key"),
        mutate_workloads=mutate,
        shutdown_delay_seconds=0,
    )
    answers = {}
    async with (
        start_server(settings, lambda: current[0]) as server,
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=client, limit=1)) as session,
    ):
        url = f"https://127.0.0.1:{server.address[1]}/mutate"
        for number in numbers:
            situation, body = reviews[number]
            current[0] = states[id(situation)]
            async with session.post(url, data=io.BytesIO(body), headers=_HEADERS) as response:
                text = await response.read()
            answers[number] = text if response.status == 200 else b"%d %b" % (response.status, text)
    return answers


def _state(situation: Situation) -> ClusterState:
    cluster = Known(situation.release, situation.kubernetes, situation.default, situation.wait_before_exit)
    return make_state(Settings(), cluster, situation.namespaces)


def _certificate(folder: Path) -> ssl.SSLContext:
    """Write a certificate for loopback, and return a client's context that trusts its CA."""
    authority = trustme.CA()
    leaf = authority.issue_cert("127.0.0.1")
    leaf.cert_chain_pems[0].write_to_path(str(folder / "tls.crt"))
    leaf.private_key_pem.write_to_path(str(folder / "tls.key"))
    client = ssl.create_default_context()
    authority.configure_trust(client)
    return client
