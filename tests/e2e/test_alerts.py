"""The alerts that we ship, by promtool: each fires when it should, and is silent when all is well."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from assets import build
from builders import WRONG
from looking import pod_of
from mesh import Endpoint, Mesh
from paths import DEPLOY
from processes import free_port

RULE = DEPLOY / "components" / "monitoring" / "prometheusrule.yaml"
FAIL_OPEN = "apiserver_admission_webhook_fail_open_count"
UP = 'up{service="linkerd-autofix-metrics",pod="a"}'
EXPIRY = 'autofix_certificate_expiry_timestamp_seconds{pod="a"}'
CONTACT = 'autofix_watch_last_contact_timestamp_seconds{resource="namespaces"}'
BUCKETS = 'autofix_admission_duration_seconds_bucket{{le="{}"}}'
REFUSED = 'autofix_refused_total{{reason="{}"}}'
DROPPED = 'autofix_log_lines_dropped_total{{reason="{}"}}'
WEEK = 7 * 24 * 3600
# What promtool's clock starts at is 0, so a certificate's end in seconds is its remaining life then.
WELL = {
    UP: "1x60",
    f'{FAIL_OPEN}{{name="pods.linkerd-autofix.io"}}': "3x60",
    EXPIRY: f"{3 * WEEK}x60",
    'autofix_called_before_injector{configuration="linkerd-autofix"}': "1x60",
    CONTACT: "0+60x60",
    'autofix_admission_requests_total{outcome="error"}': "2x60",
    'autofix_admission_requests_total{outcome="fixed"}': "0+100x60",
    # A port scan, and a caller that is turned away now and then.
    REFUSED.format("handshake"): "0+600x60",
    REFUSED.format("path"): "0+30x60",
    DROPPED.format("repeated"): "0+100x60",
    DROPPED.format("full"): "3x60",
    BUCKETS.format("0.001"): "0+99x60",
    BUCKETS.format("0.5"): "0+100x60",
    BUCKETS.format("+Inf"): "0+100x60",
}
WRONG_WAYS = {
    "LinkerdAutofixFailsOpen": {f'{FAIL_OPEN}{{name="pods.linkerd-autofix.io"}}': "3x55 4x5"},
    "LinkerdAutofixDown": {UP: "1x50 0x10"},
    "LinkerdAutofixCertificateExpires": {EXPIRY: f"{WEEK}x60"},
    "LinkerdAutofixCalledTooLate": {
        'autofix_called_before_injector{configuration="linkerd-autofix"}': "1x50 0x10"
    },
    "LinkerdAutofixWatchIsStale": {CONTACT: "0+60x30 1800x30"},
    "LinkerdAutofixErrors": {'autofix_admission_requests_total{outcome="error"}': "2x50 3x10"},
    "LinkerdAutofixIsSlow": {BUCKETS.format("0.001"): "0+50x60"},
    "LinkerdAutofixRefuses": {REFUSED.format("connections"): "0+120x60"},
    "LinkerdAutofixLosesLogLines": {DROPPED.format("full"): "3x50 40x10"},
}


def promtool(*arguments: str | Path) -> str:
    command = [build.folder("promtool") / "promtool", *arguments]
    found = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=60, check=False)
    assert found.returncode == 0, found.stdout + found.stderr
    return found.stdout


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("alerts") / "rules.yaml"
    path.write_text(yaml.safe_dump(yaml.safe_load(RULE.read_text())["spec"]))
    return path


def firing(rules: Path, series: dict[str, str], alert: str) -> list[dict[str, Any]]:
    """The alerts of one name that fire after an hour: promtool says what it expected and what it got."""
    tests = {
        "rule_files": [str(rules)],
        "evaluation_interval": "1m",
        "tests": [
            {
                "interval": "1m",
                "input_series": [{"series": name, "values": values} for name, values in series.items()],
                "alert_rule_test": [{"eval_time": "1h", "alertname": alert, "exp_alerts": []}],
            }
        ],
    }
    path = rules.parent / "test.yaml"
    path.write_text(yaml.safe_dump(tests))
    command = [build.folder("promtool") / "promtool", "test", "rules", str(path)]
    found = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=60, check=False)
    told = found.stdout + found.stderr
    assert found.returncode == 0 or "got:[" in re.sub(r"\s", "", told), told
    return [{"told": told}] if found.returncode else []


def test_promtool_finds_nothing_wrong(rules: Path) -> None:
    names = [
        rule["alert"] for group in yaml.safe_load(rules.read_text())["groups"] for rule in group["rules"]
    ]
    assert f"{len(names)} rules found" in promtool("check", "rules", rules)
    assert sorted(names) == sorted(WRONG_WAYS)


@pytest.mark.parametrize("alert", WRONG_WAYS)
def test_an_alert_fires_when_it_should_and_not_when_all_is_well(rules: Path, alert: str) -> None:
    assert firing(rules, WELL, alert) == []
    [fired] = firing(rules, {**WELL, **WRONG_WAYS[alert]}, alert)
    assert alert in fired["told"]


def test_a_counter_that_was_not_there_before_counts(rules: Path) -> None:
    first = {f'{FAIL_OPEN}{{name="other.linkerd-autofix.io"}}': "_x58 40x5"}
    assert firing(rules, {**WELL, **first}, "LinkerdAutofixFailsOpen")


def test_no_metrics_at_all_is_an_alert(rules: Path) -> None:
    assert firing(rules, {"other": "1x60"}, "LinkerdAutofixDown")


def fail_open_counts(mesh: Mesh) -> dict[str, str]:
    """The real API server's samples about our webhooks, as it writes them."""
    lines = mesh.cluster.kubectl("get", "--raw", "/metrics").out.splitlines()
    found = (line.rpartition(" ") for line in lines if line.startswith(FAIL_OPEN))
    return {name: value for name, _, value in found if "linkerd-autofix.io" in name}


def test_when_everything_is_down_the_api_servers_own_metrics_raise_the_alarm(
    newest: Mesh, rules: Path
) -> None:
    nobody = Endpoint(f"https://127.0.0.1:{free_port()}")
    with newest.namespaces(alarm={}) as spaces, newest.configured(newest.shipped(), nobody):
        before = fail_open_counts(newest)
        newest.cluster.apply(pod_of("web", spaces["alarm"], {WRONG: "true"}))
        after = fail_open_counts(newest)
    assert before != after
    series = {name: f"{before.get(name, '0')}x56 {value}x4" for name, value in after.items()}
    assert firing(rules, {UP: "1x60", **series}, "LinkerdAutofixFailsOpen")
