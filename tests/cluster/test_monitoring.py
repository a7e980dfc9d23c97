"""Alerts, dashboard and runbook speak of metrics that the processes really have, and of all of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from paths import ROOT

from autofix.cluster import monitor
from autofix.cluster.scan import Scan
from autofix.engine.options import options
from autofix.errors import AutofixError
from webhook.serving.metrics import make_metrics
from webhook.serving.refusals import make_refuse

MONITORING = ROOT / "deploy" / "components" / "monitoring"
RULE = yaml.safe_load((MONITORING / "prometheusrule.yaml").read_text())
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text()
NAME = re.compile(r"\bautofix_[a-z0-9_]+")


def exposed() -> set[str]:
    """The names of all samples that the webhook can have, as Prometheus knows them."""
    found = set()
    for metric in make_metrics().registry.collect():
        suffixes = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count", "")}
        found |= {metric.name + suffix for suffix in suffixes.get(metric.type, ("",))}
    return {name for name in found if name.startswith("autofix_")}


@pytest.mark.parametrize("name", ["prometheusrule.yaml", "dashboard.json"])
def test_what_is_asked_for_is_there(name: str) -> None:
    asked = set(NAME.findall((MONITORING / name).read_text()))
    assert asked
    assert asked <= exposed()


def test_the_chart_has_the_same_dashboard() -> None:
    chart = ROOT / "deploy" / "chart" / "files" / "dashboard.json"
    assert chart.read_bytes() == (MONITORING / "dashboard.json").read_bytes()


def test_the_runbook_explains_every_metric() -> None:
    rows = re.findall(r"^\| `(autofix_\w+)", RUNBOOK, re.MULTILINE)
    base = {re.sub("_(bucket|sum|count)$", "", name) for name in exposed()}
    assert sorted(rows) == sorted(base)


def test_the_runbook_explains_every_alert() -> None:
    alerts = [rule["alert"] for group in RULE["spec"]["groups"] for rule in group["rules"]]
    assert re.findall(r"^\| (LinkerdAutofix\w+) \|", RUNBOOK, re.MULTILINE) == alerts


def expressions(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from [node["expr"]] if "expr" in node else []
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            yield from expressions(child)


def test_labels_that_are_asked_for_are_there() -> None:
    metrics = make_metrics()
    metrics.observe("Pod", "CREATE", "fixed", ["AFX101"], 0.001)
    metrics.show_linkerd({"edge-26.6.3": "settings"})
    make_refuse(metrics.refused)
    labels = {
        name
        for metric in metrics.registry.collect()
        for sample in metric.samples
        if sample.name.startswith("autofix_")
        for name in sample.labels
    }
    asked = {
        one.strip()
        for expression in expressions(json.loads((MONITORING / "dashboard.json").read_text()))
        for names in re.findall(r"by \(([^)]*)\) \([a-z_]*\(?autofix_", expression)
        for one in names.split(",")
    }
    assert asked
    assert asked <= labels


def test_the_monitors_gauges_are_explained() -> None:
    told = set(re.findall(r"^\| `(autofix_\w+)", (ROOT / "docs" / "cluster.md").read_text(), re.MULTILINE))
    made = set(NAME.findall(Path(monitor.__file__).read_text()))
    assert told == made


@pytest.mark.parametrize(
    ("problems", "unread", "is_complete"),
    [((), (), 1), ((AutofixError("x"),), (), 0), ((), ("podtemplates",), 0)],
)
def test_a_scan_that_leaves_out_a_kind_is_not_complete(
    problems: tuple[AutofixError, ...], unread: tuple[str, ...], is_complete: int
) -> None:
    gauges = monitor.Monitor()
    gauges.show(Scan((), options(), 1, datetime.now(UTC), problems, (), unread=unread))
    assert gauges.registry.get_sample_value("autofix_scan_complete") == is_complete
