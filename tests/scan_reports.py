"""Scans and reports on them, without a cluster."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from builders import workload

from autofix.cluster.evaluate import evaluate
from autofix.cluster.inventory import Inventory
from autofix.cluster.models import custom_object
from autofix.cluster.scan import Scan
from autofix.engine.options import options
from autofix.kubernetes.kinds import DEPLOYMENT, KINDS
from autofix.report import Report
from autofix.report.manifests import manifests


def scan_of(objects: Mapping[str, Mapping[str, str]], context: str = "") -> Scan:
    """Scan Deployments, named by their Namespace and name, with these annotations on the template."""
    live = []
    for name, keys in objects.items():
        web = workload(annotations=dict(keys))
        web["metadata"]["namespace"], _, web["metadata"]["name"] = name.partition("/")
        live.append(custom_object(DEPLOYMENT, web))
    settings, now = options(release="2.17", ignore="AFX404"), datetime.now(UTC)
    evaluations = evaluate(Inventory(objects=live, kinds=KINDS), settings, KINDS, now)
    return Scan(tuple(evaluations), settings, 1, now, (), (), context=context)


def report_of(*scans: Scan, width: int | None = None, headers: bool = True) -> Report:
    files = [file for scan in scans for file in manifests(scan.evaluations, scan.context)]
    return Report(files, (), scans, width, headers)
