"""Attacks on the webhook, each a bounded program: ``python attacks.py NAME PORT SOURCE SECONDS``.

They talk to 127.0.0.1 only, from the source address in the arguments, and end by themselves.
"""

from __future__ import annotations

import asyncio
import os
import resource
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import body_attacks
import connection_attacks
import uvloop
from attacker import Target

ATTACKS: dict[str, Callable[[Target], Awaitable[None]]] = {
    attack.__name__: attack
    for attack in (
        connection_attacks.silent,
        connection_attacks.half_handshakes,
        body_attacks.held_bodies,
        connection_attacks.slow_heads,
        connection_attacks.idle,
        body_attacks.tiny_chunks,
        body_attacks.gzip_bombs,
        body_attacks.refused_bodies,
        body_attacks.dear_pods,
        body_attacks.dear_pods_behind_a_good_review,
        body_attacks.dear_pods_on_new_connections,
        body_attacks.long_annotations,
        body_attacks.long_ways,
        connection_attacks.unread_answers,
        connection_attacks.idle_behind_long_bodies,
        connection_attacks.dear_heads,
        connection_attacks.first_bytes,
        body_attacks.many_reviews,
        body_attacks.all_structures,
    )
}


@asynccontextmanager
async def attacking(name: str, port: int, source: str, seconds: float) -> AsyncIterator[None]:
    """Attack as long as the context is open, and at most for so many seconds.

    Args:
        name: of the attack.
        port: of the webhook.
        source: the IP address to attack from.
        seconds: the longest time.
    """
    # The program imports what the tests import.
    path = os.pathsep.join(filter(None, sys.path))
    attacker = await asyncio.create_subprocess_exec(
        *(sys.executable, __file__, name, str(port), source, str(seconds)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": path},
    )
    try:
        assert attacker.stdout
        assert await attacker.stdout.readline() == b"attacking\n"
        yield
    finally:
        if attacker.returncode is None:
            attacker.kill()
        await attacker.wait()


async def _main(name: str, port: str, source: str, seconds: str) -> None:
    end = asyncio.get_running_loop().time() + float(seconds)
    print("attacking", flush=True)
    with suppress(TimeoutError):
        # A connection that the server does not accept would never end by itself.
        async with asyncio.timeout(float(seconds) + 2):
            await ATTACKS[name](Target(int(port), source, end))


if __name__ == "__main__":
    # An attacker is on another machine, and does not take the honest client's processor away.
    os.nice(5)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 20_000), hard))
    uvloop.run(_main(*sys.argv[1:5]))
