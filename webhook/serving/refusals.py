"""What is turned away: counted by reason, and said in the log."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Final

from prometheus_client import Counter

from webhook.admission.names import one_line
from webhook.serving.pool import Refused

_LOG: Final = logging.getLogger("webhook")
# Port scans and the health checks of load balancers open connections and say nothing.
_USUAL: Final = "handshake"

# Why a connection is ended, by its reason in metrics.
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

# The caller's address, the reason, and a sentence about it.
Refuse = Callable[[str, str, str], None]


def counting(counter: Counter) -> Refuse:
    """Make what counts and logs a refusal.

    Args:
        counter: has the label ``reason``.
    """
    # Prometheus sees no increase in a counter that begins with 1.
    children = {reason: counter.labels(reason) for reason in (*_CONNECTIONS, *_REQUESTS)}

    def refuse(address: str, reason: str, text: str) -> None:
        children[reason].inc()
        level = logging.DEBUG if reason == _USUAL else logging.WARNING
        # The reason is in the message, too: the log bounds how often each message is written.
        _LOG.log(
            level,
            f"refused: {reason}",
            extra={"address": address, "reason": reason, "text": one_line(text)},
        )

    return refuse


def connections_refused(refuse: Refuse) -> Refused:
    """Make what a pool calls for the connections that it ends."""
    return lambda address, reason: refuse(address, reason, _CONNECTIONS[reason])
