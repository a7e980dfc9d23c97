"""The API server's clock, as its answers tell it.

The client of a connection decides whether a certificate is valid, and the API server is the client. Replicas
whose own clocks are wrong agree with it, and so with each other.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

# It goes on while a machine sleeps, and does not jump when somebody sets the clock: clock_gettime(2).
_TICKS: Final = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
# A Date has no fractions.
_SECOND: Final = timedelta(seconds=1)


@dataclass(slots=True)
class ServerClock:
    """A clock that follows the API server's. Before the first answer it is the clock of this machine.

    Attributes:
        own: the clock of this machine.
        ticks: seconds since a fixed moment, of a clock that nobody sets.
        changed: called after every answer that has the time.
    """

    own: Callable[[], datetime] = lambda: datetime.now(UTC)
    ticks: Callable[[], float] = lambda: time.clock_gettime(_TICKS)
    changed: Callable[[], None] = lambda: None
    _last_answer: tuple[datetime, float] | None = field(default=None, init=False)

    def hear(self, date: str | None, waited: float) -> None:
        """Take over the time of an answer that has just come.

        Args:
            date: its header ``Date``; None without one. A text that is no date is ignored.
            waited: seconds from the request to the answer.

        Source: RFC 9110, 6.6.1.
        """
        try:
            server = parsedate_to_datetime(date or "")
            # An HTTP date is always in UTC, and Python reads "-0000" as no zone at all.
            server = server if server.tzinfo else server.replace(tzinfo=UTC)
            latest = server + _SECOND + timedelta(seconds=waited)
        except (ValueError, OverflowError):
            return
        # Between these two times nobody can say which clock is right, and the own clock is more precise.
        self._last_answer = min(max(self.own(), server), latest), self.ticks()
        self.changed()

    def now(self) -> datetime:
        """Return the time.

        Returns:
            The time, with time zone.
        """
        if self._last_answer is None:
            return self.own()
        server, ticks = self._last_answer
        return server + timedelta(seconds=self.ticks() - ticks)

    def ahead(self) -> timedelta:
        """Compare the own clock with the API server's.

        Returns:
            How far the own clock is ahead; negative when it is behind.
        """
        return self.own() - self.now()
