"""The findings of a scan as metrics."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Gauge

from autofix.cluster.scan import Scan
from autofix.rules import afx601_held_by_proxy, afx602_other_sidecar
from autofix.rules.registry import RULES


@dataclass(frozen=True, slots=True)
class Monitor:
    """The gauges of a monitor. No label has the name of an object.

    Attributes:
        registry: the gauges as they are served.
    """

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    _gauges: dict[str, Gauge] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, words, labels in (
            ("autofix_findings", "Findings of the last scan", ("code",)),
            ("autofix_held_pods", "Pods whose containers ended while Linkerd's still run", ()),
            ("autofix_other_sidecar_pods", "Pods with another sidecar than their annotations ask for", ()),
            ("autofix_scanned_objects", "Objects read in the last scan", ()),
            ("autofix_scan_complete", "1 if the last scan could read everything", ()),
            ("autofix_scan_timestamp_seconds", "When the last scan that could be made began", ()),
        ):
            self._gauges[name] = Gauge(name, words, labels, registry=self.registry)

    def show(self, scan: Scan) -> None:
        """Show the result of a scan.

        Args:
            scan: the result.
        """
        findings = Counter(
            finding.code for evaluation in scan.evaluations for finding in evaluation.result.findings
        )
        pods = sum((evaluation.pods for evaluation in scan.evaluations), Counter[str]())
        for code in RULES:
            # Zeros, too: an alert can tell "none" from "not known".
            self._gauges["autofix_findings"].labels(code).set(findings[code])
        self._gauges["autofix_held_pods"].set(pods[afx601_held_by_proxy.CODE])
        self._gauges["autofix_other_sidecar_pods"].set(pods[afx602_other_sidecar.CODE])
        self._gauges["autofix_scanned_objects"].set(scan.objects)
        self._gauges["autofix_scan_complete"].set(not (scan.problems or scan.unread))
        self._gauges["autofix_scan_timestamp_seconds"].set(scan.moment.timestamp())

    def show_failure(self) -> None:
        """Show that a scan could not be made; the figures of the last scan stay."""
        self._gauges["autofix_scan_complete"].set(0)
