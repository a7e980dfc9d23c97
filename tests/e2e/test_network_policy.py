"""Whom the replicas may talk to, and who to them: as rendered, since there is no network plugin here."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from control_plane import Cluster
from installing import NAME
from paths import DEPLOY
from rendering import by_name, charted, kustomized

RUNBOOK = DEPLOY.parent / "docs" / "runbook.md"
MONITORING = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}
DNS = {
    "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
    "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
}


def tcp(*ports: int | str) -> list[dict[str, Any]]:
    return [{"port": port, "protocol": "TCP"} for port in ports]


def policy_of(text: str, name: str = NAME) -> Any:
    return by_name(text)["NetworkPolicy", name]["spec"]


@pytest.mark.parametrize("tool", ["kustomize", "helm"])
def test_only_the_api_server_and_dns_are_reached_and_only_prometheus_reads_metrics(
    tool: str, tmp_path: Path
) -> None:
    policy = policy_of(kustomized([], tmp_path) if tool == "kustomize" else charted({}, tmp_path))
    assert policy == {
        "podSelector": {"matchLabels": {"app.kubernetes.io/name": NAME}},
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [{"ports": tcp("https")}, {"from": [MONITORING], "ports": tcp("admin")}],
        "egress": [
            {"ports": tcp(443, 6443)},
            {"to": [DNS], "ports": [{"port": 53, "protocol": "UDP"}, *tcp(53)]},
        ],
    }


def test_the_ports_are_those_of_the_deployment(tmp_path: Path) -> None:
    [container] = by_name(kustomized([], tmp_path))["Deployment", NAME]["spec"]["template"]["spec"][
        "containers"
    ]
    assert {port["name"] for port in container["ports"]} == {"https", "admin"}


def test_values_make_it_narrower_or_wider(cluster: Cluster, tmp_path: Path) -> None:
    block = {"ipBlock": {"cidr": "10.0.0.0/28"}}
    openshift = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "openshift-dns"}}}
    values: dict[str, Any] = {
        "https": {"from": [block]},
        "admin": {"from": [{"podSelector": {"matchLabels": {"app": "prometheus"}}}]},
        "apiServer": {"to": [block], "ports": [16443]},
        "dns": {"to": [openshift], "ports": [53, 5353]},
    }
    rendered = charted({"networkPolicy": values}, tmp_path)
    policy = policy_of(rendered)
    assert policy["ingress"] == [
        {"ports": tcp("https"), "from": [block]},
        {"from": values["admin"]["from"], "ports": tcp("admin")},
    ]
    both = [{"port": port, "protocol": protocol} for port in (53, 5353) for protocol in ("UDP", "TCP")]
    assert policy["egress"] == [{"ports": tcp(16443), "to": [block]}, {"to": [openshift], "ports": both}]
    whole = by_name(rendered)["NetworkPolicy", NAME]
    whole["metadata"]["namespace"] = "default"
    cluster.kubectl("create", "--dry-run=server", "--validate=strict", "-f", "-", given=whole)


def test_without_peers_nobody_reads_metrics_and_no_name_is_looked_up(tmp_path: Path) -> None:
    policy = policy_of(charted({"networkPolicy": {"admin": {"from": []}, "dns": {"to": []}}}, tmp_path))
    assert policy["ingress"] == [{"ports": tcp("https")}]
    assert policy["egress"] == [{"ports": tcp(443, 6443)}]


@pytest.mark.parametrize("components", [[], ["scan-watch"]])
def test_the_runbooks_patch_for_kustomize_does_what_it_says(components: list[str], tmp_path: Path) -> None:
    [text] = [
        block
        for block in re.findall(r"```yaml\n(.*?)```", RUNBOOK.read_text(), re.DOTALL)
        if "/egress" in block
    ]
    rendered = kustomized(components, tmp_path, **yaml.safe_load(text))
    policy = policy_of(rendered)
    assert policy["egress"][0] == {"ports": tcp(16443)}
    observability = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "observability"}}}
    assert policy["ingress"][1] == {"from": [observability], "ports": tcp("admin")}
    if components:
        watch = policy_of(rendered, f"{NAME}-scan")
        assert watch["egress"][0] == {"ports": tcp(16443)}
        assert watch["ingress"] == [{"from": [observability], "ports": tcp("metrics")}]
