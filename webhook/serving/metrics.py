"""Prometheus metrics. No label has the name of an object, so the number of time series is bounded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

import autofix
from autofix.kubernetes.kinds import KINDS

# A review takes a fraction of a millisecond; the API server's own buckets start at 5.
_BUCKETS: Final = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_KINDS: Final = frozenset({"Rollout", *(kind.kind for kind in KINDS)})
# More than there are kinds, operations and outcomes together.
_CHILDREN: Final = 1024


@dataclass(frozen=True, slots=True)
class Metrics:
    """The webhook's metrics, in a registry of their own.

    Attributes:
        registry: written by ``/metrics``.
        requests: reviews by kind, operation and outcome.
        fixes: applied fixes by code and kind.
        duration: seconds from the end of a request's head to the answer.
        called_first: by the name of our configuration, 1 when the API server calls it before Linkerd's
            injector, 0 when not; absent as long as that is not known.
        linkerd: always 1; the labels are the release in force and where it was read. During an upgrade of
            Linkerd each release that answers has a sample of its own.
        linkerd_config: by state, 1 when Linkerd's Helm values are in it, else 0; absent as long as nobody
            watches them.
        watch_contact: by resource, Unix time of the last sign of life of its watch.
        certificate_expiry: Unix time at which the served certificate expires.
        events: Events by outcome.
        connections: open connections by port.
        refused: refused connections and requests, by reason.
        limits: the limits in force, by name.
        bytes_in_flight: bytes of requests that are not answered yet.
        waiting: reviews that wait for their turn.
        log_lines_dropped: log lines that were not written, by reason.
    """

    registry: CollectorRegistry
    requests: Counter
    fixes: Counter
    duration: Histogram
    called_first: Gauge
    linkerd: Gauge
    linkerd_config: Gauge
    watch_contact: Gauge
    certificate_expiry: Gauge
    events: Counter
    connections: Gauge
    refused: Counter
    limits: Gauge
    bytes_in_flight: Gauge
    waiting: Gauge
    log_lines_dropped: Counter

    def show_linkerd(self, sources: Mapping[str, str]) -> None:
        """Show the releases in force, and no others.

        Args:
            sources: by each Linkerd release, where it was read.
        """
        self.linkerd.clear()
        for release, source in sources.items():
            self.linkerd.labels(release, source).set(1)

    def observe(self, kind: str, operation: str, outcome: str, codes: Sequence[str], seconds: float) -> None:
        """Count one review.

        Args:
            kind: of the object; an unknown kind is counted as ``other``.
            operation: of the request; empty for an unknown operation, which is counted as ``other``.
            outcome: of the review.
            codes: codes of the applied fixes.
            seconds: time that the answer took.
        """
        kind = kind if kind in _KINDS else "other"
        _child(self.requests, kind, operation or "other", outcome).inc()
        for code in codes:
            _child(self.fixes, code, kind).inc()
        self.duration.observe(seconds)


def make_count_dropped(metrics: Metrics) -> Callable[[str, int], None]:
    """Make a function that counts the log lines that are not written.

    Args:
        metrics: count them.

    Returns:
        The function; it takes the reason and the number of lines.
    """
    return lambda reason, number: metrics.log_lines_dropped.labels(reason).inc(number)


@lru_cache(maxsize=_CHILDREN)
def _child(counter: Counter, *labels: str) -> Counter:
    """Find a counter's child; prometheus_client locks, checks and converts at every look-up."""
    return counter.labels(*labels)


def make_metrics() -> Metrics:
    """Make the metrics in a new registry, so that two servers in one process do not share them.

    Returns:
        The metrics.
    """
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    build = Gauge("autofix_build_info", "Always 1; the label is the version.", ["version"], registry=registry)
    build.labels(autofix.__version__).set(1)
    requests = Counter(
        "autofix_admission_requests",
        "Admission reviews by kind, operation and outcome.",
        ["kind", "operation", "outcome"],
        registry=registry,
    )
    log_lines_dropped = Counter(
        "autofix_log_lines_dropped",
        "Log lines that were not written, by reason.",
        ["reason"],
        registry=registry,
    )
    # Prometheus sees no increase in a counter that begins with 1.
    for kind, operation in (("Pod", "CREATE"), ("other", "other")):
        requests.labels(kind, operation, "error")
    for reason in ("broken", "full", "repeated"):
        log_lines_dropped.labels(reason)
    return Metrics(
        registry,
        requests,
        Counter("autofix_fixes", "Applied fixes by rule and kind.", ["code", "kind"], registry=registry),
        Histogram(
            "autofix_admission_duration_seconds",
            "Seconds to answer an admission review.",
            buckets=_BUCKETS,
            registry=registry,
        ),
        Gauge(
            "autofix_called_before_injector",
            "1 when the API server calls our configuration before Linkerd's injector, 0 when not.",
            ["configuration"],
            registry=registry,
        ),
        Gauge(
            "autofix_linkerd_info",
            "Always 1; the labels are a Linkerd release in force and its source.",
            ["release", "source"],
            registry=registry,
        ),
        Gauge(
            "autofix_linkerd_config",
            "1 for the state of the ConfigMap linkerd-config, 0 for other states.",
            ["state"],
            registry=registry,
        ),
        Gauge(
            "autofix_watch_last_contact_timestamp_seconds",
            "Unix time of the last sign of life of a watch.",
            ["resource"],
            registry=registry,
        ),
        Gauge(
            "autofix_certificate_expiry_timestamp_seconds",
            "Unix time at which the served certificate ends.",
            registry=registry,
        ),
        Counter("autofix_events", "Events by outcome.", ["outcome"], registry=registry),
        Gauge("autofix_connections", "Open connections by port.", ["port"], registry=registry),
        Counter(
            "autofix_refused",
            "Connections and requests that were turned away, by reason.",
            ["reason"],
            registry=registry,
        ),
        Gauge("autofix_limit", "Limits in force, by name.", ["limit"], registry=registry),
        Gauge("autofix_bytes_in_flight", "Bytes of requests that are not answered yet.", registry=registry),
        Gauge("autofix_waiting_reviews", "Reviews that wait for their turn.", registry=registry),
        log_lines_dropped,
    )
