"""The checks of doctor: each planted fault is found, and a healthy cluster is healthy."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import msgspec
import pytest
import trustme
import yaml
from paths import ROOT

from autofix.cluster.doctor import CHECKS, run_checks
from autofix.cluster.doctor.check import Verdict
from autofix.cluster.doctor.facts import DryRun, Facts
from autofix.cluster.environment import ClusterEnvironment, complete_options
from autofix.cluster.installation import Linkerd
from autofix.engine.options import options
from autofix.kubeapi.types import MutatingWebhookConfiguration, Secret

SHIPPED = ROOT / "deploy" / "base" / "mutatingwebhookconfiguration.yaml"
INJECTOR = "linkerd-proxy-injector-webhook-config"
# No bug with native sidecars is known of it, and it reads all three keys.
RELEASE = "edge-26.6.3"


@cache
def authority() -> trustme.CA:
    return trustme.CA()


def secret(lifetime: timedelta = timedelta(days=90), issuer: trustme.CA | None = None) -> Secret:
    leaf = (issuer or authority()).issue_cert(
        "linkerd-autofix.linkerd-autofix.svc", not_after=datetime.now(UTC) + lifetime
    )
    return Secret(data={"tls.crt": base64.b64encode(leaf.cert_chain_pems[0].bytes()).decode()})


def pods_webhook(name: str) -> dict[str, Any]:
    rule = {"operations": ["CREATE"], "apiGroups": [""], "resources": ["pods"]}
    return {"name": name, "clientConfig": {"caBundle": "eA=="}, "rules": [rule]}


def configurations(
    change: Callable[[dict[str, Any]], None] = lambda _: None,
) -> dict[str, MutatingWebhookConfiguration]:
    ours = yaml.safe_load(SHIPPED.read_text())
    bundle = base64.b64encode(authority().cert_pem.bytes()).decode()
    for webhook in ours["webhooks"]:
        webhook["clientConfig"]["caBundle"] = bundle
    whole = {
        "linkerd-autofix": ours,
        INJECTOR: {
            "metadata": {"name": INJECTOR},
            "webhooks": [pods_webhook("linkerd-proxy-injector.linkerd.io")],
        },
    }
    change(whole)
    return {name: msgspec.convert(obj, MutatingWebhookConfiguration) for name, obj in whole.items()}


def healthy(release: str = RELEASE, **linkerd: Any) -> Facts:
    environment = ClusterEnvironment("v1.34.1", Linkerd(release, "image", **linkerd))
    return Facts(
        environment=environment,
        options=complete_options(options(), environment),
        linkerd_namespace="linkerd",
        images={"linkerd-destination": release, "linkerd-proxy-injector": release},
        chart=release,
        cni="v1.6.1",
        configurations=configurations(),
        ours="linkerd-autofix",
        ready=2,
        secret=secret(),
        dry_run=DryRun(sidecars=True, repaired=True),
        now=datetime.now(UTC),
    )


def bad(facts: Facts) -> dict[str, str]:
    """The checks that do not say ok, with what they say."""
    return {check.name: check.verdict.value for check in run_checks(facts) if check.verdict is not Verdict.OK}


def changed(**fields: Any) -> Facts:
    return replace(healthy(), **fields)


def ours(**fields: Any) -> Callable[[dict[str, Any]], None]:
    """Change every webhook of our configuration."""

    def change(whole: dict[str, Any]) -> None:
        for webhook in whole["linkerd-autofix"]["webhooks"]:
            webhook.update(fields)

    return change


def renamed(whole: dict[str, Any]) -> None:
    whole["a-linkerd"] = whole.pop(INJECTOR)


def without(name: str) -> Callable[[dict[str, Any]], None]:
    def change(whole: dict[str, Any]) -> None:
        del whole[name]

    return change


def no_bundle(name: str) -> Callable[[dict[str, Any]], None]:
    def change(whole: dict[str, Any]) -> None:
        for webhook in whole[name]["webhooks"]:
            webhook["clientConfig"]["caBundle"] = ""

    return change


def another(whole: dict[str, Any]) -> None:
    whole["z-meddler"] = {"metadata": {"name": "z-meddler"}, "webhooks": [pods_webhook("meddler")]}


def labelled(whole: dict[str, Any]) -> None:
    for webhook in whole["linkerd-autofix"]["webhooks"]:
        webhook["namespaceSelector"]["matchLabels"] = {"autofix": "yes"}


def kubernetes(version: str) -> Facts:
    environment = ClusterEnvironment(version, Linkerd(RELEASE, "image"))
    return replace(healthy(), environment=environment, options=complete_options(options(), environment))


UNKNOWN = ClusterEnvironment("v1.34.1", Linkerd(), ("Linkerd's injector in linkerd: not found",))
TOLD = "MutatingWebhookConfigurations: forbidden"

FAULTS: dict[str, tuple[Facts, dict[str, str]]] = {
    "old Kubernetes": (kubernetes("v1.28.9"), {"kubernetes-version": "fail"}),
    "unreadable server version": (kubernetes(""), {"kubernetes-version": "warn"}),
    "sidecars dropped": (
        changed(dry_run=DryRun(sidecars=False, repaired=True)),
        {"sidecar-containers": "fail"},
    ),
    "pods refused": (
        changed(dry_run=DryRun(why="exceeded quota")),
        {"sidecar-containers": "warn", "webhook-reachable": "fail"},
    ),
    "Linkerd not found": (
        changed(environment=UNKNOWN, options=complete_options(options(), UNKNOWN), images={}, chart=""),
        {"linkerd-release": "warn"},
    ),
    "old Linkerd": (
        replace(healthy("stable-2.14.10"), dry_run=DryRun(sidecars=True, repaired=False)),
        {"linkerd-release": "fail", "webhook-reachable": "warn"},
    ),
    "newer Linkerd": (healthy("edge-99.1.1"), {"linkerd-release": "warn"}),
    "control plane of two releases": (
        changed(images={"linkerd-destination": "edge-25.10.7", "linkerd-proxy-injector": RELEASE}),
        {"linkerd-versions": "warn"},
    ),
    "chart of another release": (changed(chart="edge-25.10.7"), {"linkerd-versions": "warn"}),
    "a wait before exit": (
        healthy("edge-26.1.1", wait_before_exit=10),
        {"linkerd-values": "warn"},
    ),
    "a wait before exit, and native by default": (
        healthy("edge-26.1.1", wait_before_exit=10, default=True),
        {"linkerd-values": "fail"},
    ),
    "old CNI plugin": (changed(cni="v1.4.0"), {"cni-plugin": "fail"}),
    "CNI plugin of no version": (changed(cni="latest"), {"cni-plugin": "warn"}),
    "a release with a bug": (healthy("edge-25.7.1"), {"linkerd-bugs": "warn"}),
    "no injector": (
        changed(configurations=configurations(without(INJECTOR))),
        {"linkerd-injector": "fail"},
    ),
    "an injector nobody can call": (
        changed(configurations=configurations(no_bundle(INJECTOR))),
        {"linkerd-injector": "fail"},
    ),
    "no webhook of ours": (
        changed(configurations=configurations(without("linkerd-autofix"))),
        {"webhook-present": "fail"},
    ),
    "no rule for pods": (
        changed(configurations=configurations(ours(rules=[]))),
        {"webhook-present": "fail"},
    ),
    "wrong order": (changed(configurations=configurations(renamed)), {"webhook-order": "fail"}),
    "no caBundle": (
        changed(configurations=configurations(no_bundle("linkerd-autofix"))),
        {"webhook-ca-bundle": "fail"},
    ),
    "another caBundle": (changed(secret=secret(issuer=trustme.CA())), {"webhook-ca-bundle": "fail"}),
    "a caBundle that is none": (
        changed(configurations=configurations(ours(clientConfig={"caBundle": "eA=="}))),
        {"webhook-ca-bundle": "fail"},
    ),
    "a certificate that ended": (
        changed(now=datetime.now(UTC) + timedelta(days=91)),
        {"webhook-certificate": "fail"},
    ),
    "a certificate about to end": (
        changed(secret=secret(timedelta(days=3))),
        {"webhook-certificate": "warn"},
    ),
    "an unreadable Secret": (
        changed(secret=None, unknowns=("Secret linkerd-autofix/linkerd-autofix-tls: forbidden",)),
        {"webhook-certificate": "warn"},
    ),
    "called for the system": (
        changed(configurations=configurations(ours(namespaceSelector={}))),
        {"webhook-selectors": "warn"},
    ),
    "only for labelled namespaces": (
        changed(configurations=configurations(labelled)),
        {"webhook-selectors": "warn"},
    ),
    "strict with one replica": (
        changed(configurations=configurations(ours(failurePolicy="Fail")), ready=1),
        {"webhook-failure-policy": "warn", "webhook-replicas": "warn"},
    ),
    "no replica": (changed(ready=0), {"webhook-replicas": "fail"}),
    "uncountable replicas": (
        changed(ready=None, unknowns=("EndpointSlices: forbidden",)),
        {"webhook-replicas": "warn"},
    ),
    "not reached": (
        changed(dry_run=DryRun(sidecars=True, repaired=False)),
        {"webhook-reachable": "fail"},
    ),
    "somebody after the injector": (
        changed(configurations=configurations(another)),
        {"other-webhooks": "warn"},
    ),
    "unreadable configurations": (
        changed(configurations=None, unknowns=(TOLD,)),
        {"linkerd-injector": "warn", "webhook-present": "warn"},
    ),
}


def test_a_healthy_cluster_is_healthy() -> None:
    checks = run_checks(healthy())
    assert {check.verdict for check in checks} == {Verdict.OK}
    assert len(checks) == len(CHECKS)


def test_strict_with_several_replicas_is_healthy() -> None:
    facts = changed(configurations=configurations(ours(failurePolicy="Fail")), ready=3)
    assert bad(facts) == {}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found_and_nothing_else(fault: str) -> None:
    facts, expected = FAULTS[fault]
    assert bad(facts) == expected


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_comes_with_what_to_do(fault: str) -> None:
    for check in run_checks(FAULTS[fault][0]):
        assert bool(check.todo) == (check.verdict is not Verdict.OK), check


def test_every_check_is_described_in_the_documentation() -> None:
    page = (ROOT / "docs" / "doctor.md").read_text()
    names = {check.name for check in run_checks(healthy())}
    assert {f"## {name}" for name in names} == {line for line in page.splitlines() if line.startswith("## ")}
