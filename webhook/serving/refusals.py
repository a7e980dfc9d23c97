"""Refused connections and requests: counted by reason, and written to the log."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Final

from prometheus_client import Counter

from webhook.serving.pool import Refused

_LOG: Final = logging.getLogger("webhook")
# Port scans and the health checks of load balancers open connections and say nothing.
_USUAL: Final = "handshake"

# Why the pool ends a connection, by the reason in metrics.
_CONNECTIONS: Final[Mapping[str, str]] = {
    "answer": "the caller did not read its answer in time",
    "body": "the body did not come in time",
    "bytes": "it held the most when too many bytes were in flight",
    "connections": "too many were open, and this one was worth least",
    _USUAL: "no TLS handshake, or not in time",
    "http": "it sent what is no HTTP/1.1",
    "head": "the head of a request was too long, or did not come in time",
}
_REQUESTS: Final = ("encoding", "length", "media_type", "method", "overload", "path", "review", "size")

# Called with the caller's address, the reason, and one printable line about it.
Refuse = Callable[[str, str, str], None]


def make_refuse(counter: Counter) -> Refuse:
    """Make a function that counts and logs a refusal.

    Args:
        counter: a counter with the label ``reason``.

    Returns:
        The function.
    """
    # Prometheus sees no increase in a counter that begins with 1.
    children = {reason: counter.labels(reason) for reason in (*_CONNECTIONS, *_REQUESTS)}

    def refuse(address: str, reason: str, text: str) -> None:
        children[reason].inc()
        level = logging.DEBUG if reason == _USUAL else logging.WARNING
        # The message has the reason too, because the log limits how often it writes the same message.
        extra = {"address": address, "reason": reason, "text": text}
        _LOG.log(level, f"refused: {reason}", extra=extra)

    return refuse


def make_refuse_connection(refuse: Refuse) -> Refused:
    """Make the function that a pool calls for each connection that it ends.

    Args:
        refuse: counts and logs a refusal.

    Returns:
        The function.
    """
    return lambda address, reason: refuse(address, reason, _CONNECTIONS[reason])
