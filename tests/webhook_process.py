"""The webhook as a process, as users run it."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp


def command(before: str = "") -> list[str]:
    """How to start it, with some Python that is run in the process first."""
    program = f"{before}\nimport sys\nfrom webhook.__main__ import main\nsys.exit(main())"
    return [sys.executable, *(("-c", program) if before else ("-m", "webhook"))]


def clock_set(days: float) -> str:
    """Python that sets the clock of a process, and lets it write as often as it wants to."""
    return (
        "import webhook.server.lifespan as background, webhook.certificates.rotator as keeper\n"
        "from datetime import UTC, datetime, timedelta\n"
        "from functools import partial\n"
        f"own = lambda: datetime.now(UTC) + timedelta(days={days})\n"
        "background.ServerClock = partial(background.ServerClock, own=own)\n"
        "keeper._SHORTEST_PAUSE = 0.01"
    )


@asynccontextmanager
async def process(
    *flags: str, before: str = "", **environment: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run the webhook as a user does; stopped by its PID whatever happens.

    Args:
        flags: of the webhook.
        before: Python that is run in the process first, so that nobody has to wait for minutes or days.
        environment: more variables.
    """
    found = await asyncio.create_subprocess_exec(
        *command(before),
        *flags,
        env={**os.environ, **environment},
        stderr=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield found
    finally:
        if found.returncode is None:
            found.kill()
        await found.wait()


async def lines(process: asyncio.subprocess.Process, until: str) -> dict[str, Any]:
    """Read the log of a process up to a message, and return its line."""
    assert process.stderr
    while line := await asyncio.wait_for(process.stderr.readline(), 30):
        record: dict[str, Any] = json.loads(line)
        if record["message"] == until:
            return record
    raise AssertionError(f"the log ended without {until!r}")


async def shown(session: aiohttp.ClientSession, admin: str, *wanted: str) -> str:
    """Ask for the checks of a replica until they show something, and return them."""
    for _ in range(3000):
        async with session.get(f"{admin}/readyz?verbose") as answer:
            text = await answer.text()
        if all(line in text for line in wanted):
            return text
        await asyncio.sleep(0.02)
    raise AssertionError(text)
