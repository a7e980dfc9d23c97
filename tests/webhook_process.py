"""The webhook as a process, as users run it."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from contextlib import asynccontextmanager


@asynccontextmanager
async def process(*flags: str, **environment: str):
    """Run the webhook as a user does; stopped by its PID whatever happens."""
    found = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "webhook",
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


async def lines(found, until: str) -> dict:
    while line := await asyncio.wait_for(found.stderr.readline(), 30):
        record = json.loads(line)
        if record["message"] == until:
            return record
    raise AssertionError(f"the log ended without {until!r}")
