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

from autofix.cluster.doctor.check import Verdict
from autofix.cluster.doctor.deployment import CertificateSource
from autofix.cluster.doctor.facts import DryRun, Facts, Gap
from autofix.cluster.doctor.registry import CHECKS, Check, check_page, run_checks
from autofix.cluster.environment import ClusterEnvironment, complete_options
from autofix.cluster.installation import Linkerd
from autofix.engine.options import options
from autofix.kubeapi.types import ConfigMap, MutatingWebhookConfiguration, Secret, ServiceReference

SHIPPED = ROOT / "deploy" / "base" / "mutatingwebhookconfiguration.yaml"
INJECTOR = "linkerd-proxy-injector-webhook-config"
# No bug with native sidecars is known of it, and it reads all three keys.
RELEASE = "edge-26.6.3"


@cache
def authority() -> trustme.CA:
    return trustme.CA()


HOST = "linkerd-autofix.linkerd-autofix.svc"
SOURCE = CertificateSource("linkerd-autofix", "linkerd-autofix-tls", "tls.crt", is_ours=True)
MANAGED = CertificateSource("linkerd-autofix", "linkerd-autofix-cert", "tls.crt", is_ours=False)


def secret(
    lifetime: timedelta = timedelta(days=90), issuer: trustme.CA | None = None, host: str = HOST
) -> Secret:
    leaf = (issuer or authority()).issue_cert(host, not_after=datetime.now(UTC) + lifetime)
    chain = b"".join(pem.bytes() for pem in leaf.cert_chain_pems)
    return Secret(data={"tls.crt": base64.b64encode(chain).decode()})


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


def config(**values: Any) -> ConfigMap:
    return ConfigMap(data={"values": yaml.safe_dump(values)})


def healthy(release: str = RELEASE, **linkerd: Any) -> Facts:
    environment = ClusterEnvironment("v1.34.1", Linkerd(release, "image", **linkerd))
    return Facts(
        environment=environment,
        options=complete_options(options(), environment),
        linkerd_namespace="linkerd",
        images={"linkerd-destination": release, "linkerd-proxy-injector": release},
        chart=release,
        cni="v1.6.1",
        config=config(linkerdVersion=release),
        configurations=configurations(),
        ours="linkerd-autofix",
        service=ServiceReference("linkerd-autofix", "linkerd-autofix"),
        labels="app.kubernetes.io/name=linkerd-autofix",
        source=SOURCE,
        ready=2,
        secret=secret(),
        namespace="default",
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
CONFIG = "ConfigMap linkerd/linkerd-config"
CERTIFICATES = "Secret linkerd-autofix/linkerd-autofix-tls"
# A gap in the rights, and an object that is not there.
FORBIDDEN = Gap("", "forbidden")
ABSENT = Gap("", "not found", is_absent=True)


def annotated(whole: dict[str, Any]) -> None:
    """What the component cert-manager adds, before its cainjector has written anything."""
    no_bundle("linkerd-autofix")(whole)
    whole["linkerd-autofix"]["metadata"]["annotations"] = {
        "cert-manager.io/inject-ca-from": "linkerd-autofix/linkerd-autofix"
    }


def tap(whole: dict[str, Any]) -> None:
    """The injector of Linkerd's own extension viz."""
    name = "linkerd-tap-injector-webhook-config"
    whole[name] = {"metadata": {"name": name}, "webhooks": [pods_webhook("tap-injector.linkerd.io")]}


FAULTS: dict[str, tuple[Facts, dict[str, str]]] = {
    "old Kubernetes": (kubernetes("v1.28.9"), {"kubernetes-version": "fail"}),
    "unreadable server version": (kubernetes(""), {"kubernetes-version": "warn"}),
    "sidecars dropped": (
        changed(dry_run=DryRun(sidecars=False, repaired=True)),
        {"sidecar-containers": "fail"},
    ),
    "pods refused": (
        changed(dry_run=DryRun(why="exceeded quota")),
        {"sidecar-containers": "warn", "webhook-reachable": "warn"},
    ),
    "pods refused because of our webhook": (
        changed(dry_run=DryRun(why='failed calling webhook "pods.linkerd-autofix.io": refused')),
        {"sidecar-containers": "warn", "webhook-reachable": "fail"},
    ),
    "no linkerd-config": (
        changed(config=None, gaps=(ABSENT._replace(what=CONFIG),)),
        {"linkerd-config": "warn"},
    ),
    "an unreadable linkerd-config": (
        changed(config=None, gaps=(FORBIDDEN._replace(what=CONFIG),)),
        {"linkerd-config": "warn"},
    ),
    "a linkerd-config without values": (changed(config=ConfigMap(data={})), {"linkerd-config": "warn"}),
    "a linkerd-config that is no YAML": (
        changed(config=ConfigMap(data={"values": "a: ["})),
        {"linkerd-config": "warn"},
    ),
    "Linkerd not found": (
        changed(
            environment=UNKNOWN,
            options=complete_options(options(), UNKNOWN),
            images={},
            chart="",
            config=None,
            gaps=(ABSENT._replace(what=CONFIG),),
        ),
        {"linkerd-release": "warn", "linkerd-config": "warn"},
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
    "a certificate that is not valid yet": (
        changed(now=datetime.now(UTC) - timedelta(days=10_000)),
        {"webhook-certificate": "fail"},
    ),
    "a certificate for another Service": (
        changed(secret=secret(host="linkerd-autofix.other.svc")),
        {"webhook-certificate": "fail"},
    ),
    "an empty Secret": (changed(secret=Secret()), {"webhook-certificate": "fail"}),
    "a Secret without a certificate": (
        changed(secret=Secret(data={"tls.crt": "eA=="})),
        {"webhook-certificate": "fail"},
    ),
    "no Secret": (
        changed(secret=None, gaps=(ABSENT._replace(what=CERTIFICATES),)),
        {"webhook-certificate": "fail"},
    ),
    "an unreadable Secret": (
        changed(secret=None, gaps=(FORBIDDEN._replace(what=CERTIFICATES),)),
        {"webhook-certificate": "warn"},
    ),
    "an unreadable Deployment": (
        changed(
            secret=None, source=None, labels="", gaps=(Gap("our Deployment in linkerd-autofix", "forbidden"),)
        ),
        {"webhook-certificate": "warn"},
    ),
    "a certificate that comes from no Secret": (
        changed(secret=None, source=None),
        {"webhook-certificate": "warn"},
    ),
    "no caBundle of cert-manager": (
        changed(configurations=configurations(annotated), source=MANAGED),
        {"webhook-ca-bundle": "fail"},
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
        changed(ready=None, gaps=(FORBIDDEN._replace(what="EndpointSlices"),)),
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
        changed(configurations=None, gaps=(FORBIDDEN._replace(what="MutatingWebhookConfigurations"),)),
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


HINTS: dict[str, tuple[Facts, str, str]] = {
    "absent values of an old release": (
        replace(healthy("edge-25.10.7"), config=None, gaps=(ABSENT._replace(what=CONFIG),)),
        "linkerd-config",
        "the chart's default of Linkerd edge-25.10.7 is assumed, proxy.nativeSidecar false",
    ),
    "absent values of a new release": (
        replace(healthy(), config=None, gaps=(ABSENT._replace(what=CONFIG),)),
        "linkerd-config",
        f"the chart's default of Linkerd {RELEASE} is assumed, proxy.nativeSidecar true",
    ),
    "absent values that the user names": (
        replace(healthy(default=False), config=None, gaps=(ABSENT._replace(what=CONFIG),)),
        "linkerd-config",
        "proxy.nativeSidecar false of --native-sidecar-default counts",
    ),
    "our own certificate ends": (
        changed(secret=secret(timedelta(days=3))),
        "webhook-certificate",
        "kubectl logs -n linkerd-autofix -l app.kubernetes.io/name=linkerd-autofix --prefix",
    ),
    "a certificate of cert-manager ends": (
        changed(secret=secret(timedelta(days=3)), source=MANAGED),
        "webhook-certificate",
        "kubectl -n linkerd-autofix describe certificate",
    ),
    "the Secret of cert-manager is empty": (
        changed(secret=Secret(), source=MANAGED),
        "webhook-certificate",
        "Secret linkerd-autofix/linkerd-autofix-cert",
    ),
    "no caBundle of our own": (
        changed(configurations=configurations(no_bundle("linkerd-autofix"))),
        "webhook-ca-bundle",
        "the webhook writes it: run kubectl logs -n linkerd-autofix",
    ),
    "no caBundle of cert-manager": (
        changed(configurations=configurations(annotated), source=MANAGED),
        "webhook-ca-bundle",
        "cert-manager's cainjector writes it from Certificate linkerd-autofix/linkerd-autofix",
    ),
    "no caBundle, and a certificate from files": (
        changed(configurations=configurations(no_bundle("linkerd-autofix")), source=MANAGED),
        "webhook-ca-bundle",
        "write the CA of the certificate into it",
    ),
}


@pytest.mark.parametrize("fault", HINTS)
def test_a_hint_fits_the_installation(fault: str) -> None:
    facts, name, expected = HINTS[fault]
    [result] = [result for result in run_checks(facts) if result.name == name]
    assert expected in f"{result.why}\n{result.todo}"


def test_an_extension_of_linkerd_is_no_other_project() -> None:
    assert bad(changed(configurations=configurations(tap))) == {}


def test_a_certificate_between_the_authority_and_ours_is_no_fault() -> None:
    between = authority().create_child_ca()
    assert bad(changed(secret=secret(issuer=between))) == {}


@pytest.mark.parametrize("check", CHECKS.values(), ids=lambda check: check.name)
def test_every_check_has_a_whole_page(check: Check) -> None:
    assert check.title.endswith("?")
    for heading in ("What it checks", "Why", "What to do"):
        assert f"\n## {heading}\n\n" in check_page(check)


def test_the_name_of_a_result_is_that_of_its_check() -> None:
    facts = [healthy(), *(facts for facts, _ in FAULTS.values())]
    for check in CHECKS.values():
        assert {result.name for some in facts for result in check.check(some)} == {check.name}
