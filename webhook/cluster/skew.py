"""Reports a difference between the clock of this replica and the clock of the API server."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from autofix.kubeapi.clock import ServerClock
from webhook.serving.tasks import Checks

_LOG: Final = logging.getLogger("webhook")
# Certificates are made this much earlier than they are needed; see webhook.certificates.ca.
_WORTH_SAYING: Final = timedelta(minutes=5)
_SECOND: Final = timedelta(seconds=1)


def check_skew(clock: ServerClock) -> Checks:
    """Report that the clocks differ: once in the log, and in the readiness probe as long as it is true.

    Args:
        clock: the API server's.

    Returns:
        The checks for the readiness probe. The API server's clock counts, so the replica serves.
    """
    was_apart = False

    def changed() -> None:
        nonlocal was_apart
        problem = skew_problem(clock)
        if problem and not was_apart:
            _LOG.warning("the clocks are apart", extra={"reason": problem})
        was_apart = bool(problem)

    def checks() -> Mapping[str, bool | None]:
        problem = skew_problem(clock)
        return {f"clock: {problem}": None} if problem else {"clock": True}

    clock.changed = changed
    return checks


def skew_problem(clock: ServerClock) -> str:
    """Say how far our clock is from the clock of the API server.

    Args:
        clock: the API server's.

    Returns:
        The problem; empty when the clocks are near each other.
    """
    ahead = clock.ahead()
    if abs(ahead) < _WORTH_SAYING:
        return ""
    where = "ahead of" if ahead > timedelta() else "behind"
    return f"{abs(ahead) // _SECOND * _SECOND} {where} the API server's, which counts; set this node's clock"
