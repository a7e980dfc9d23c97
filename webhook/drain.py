"""Ending without losing a review: who is being served, and whether the end has begun."""

from __future__ import annotations

import asyncio
from contextlib import suppress


class Drain:
    """Counts reviews in flight, from their headers to their answer.

    aiohttp drops what arrives of a body once it shuts down, so the server waits here first.

    Attributes:
        stopping: set once the replica is not ready any more; answers then close their connection, so that
            the API server's long-lived ones move to another replica.
    """

    def __init__(self) -> None:
        self.stopping = asyncio.Event()
        self._in_flight = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def enter(self) -> None:
        """Count a review as in flight; ``leave`` has to follow."""
        self._in_flight += 1
        self._idle.clear()

    def leave(self) -> None:
        """Count a review as answered."""
        self._in_flight -= 1
        if not self._in_flight:
            self._idle.set()

    async def finished(self, seconds: float) -> None:
        """Wait until no review is in flight, at most for the given time."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), seconds)
