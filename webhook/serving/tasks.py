"""Work beside the reviews, ended with the context that began it; and what it tells the readiness probe."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from typing import Any

# What is checked, by name: True holds, False makes the replica unready, None is worth a look.
Checks = Callable[[], Mapping[str, bool | None]]


@asynccontextmanager
async def in_background(*works: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run coroutines as long as the context is open.

    Args:
        works: what to run; each goes on until it is cancelled.
    """
    tasks = [asyncio.create_task(work) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
