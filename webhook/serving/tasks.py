"""Tasks beside the reviews: each ends with the context that started it; checks for the readiness probe."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from typing import Any

# The results of checks by name: True is good, False makes the replica unready, None needs attention only.
Checks = Callable[[], Mapping[str, bool | None]]


@asynccontextmanager
async def in_background(*coroutines: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run coroutines as long as the context is open.

    Args:
        coroutines: the tasks; each runs until it is cancelled.

    Yields:
        Nothing.
    """
    tasks = [asyncio.create_task(coroutine) for coroutine in coroutines]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
