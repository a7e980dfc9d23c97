"""Facts for the checks of doctor: of a healthy cluster, and ways to change them."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import msgspec
import trustme
import yaml
from paths import ROOT

from autofix.cluster.deployment import CertificateSource
from autofix.cluster.doctor.check import Verdict
from autofix.cluster.doctor.facts import DryRun, Facts, Gap
from autofix.cluster.doctor.registry import run_checks
from autofix.cluster.environment import ClusterEnvironment, complete_options
from autofix.cluster.installation import Linkerd
from autofix.engine.options import options
from autofix.kubeapi.types import ConfigMap, MutatingWebhookConfiguration, Secret, ServiceReference
from autofix.linkerd.release import Release, parse_release

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
        namespace_labels={"kubernetes.io/metadata.name": "default"},
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
# What is in force while pods of two releases answer.
OLDER, NEWER = parse_release("edge-24.10.1"), parse_release(RELEASE)
BOTH = Release(f"{OLDER.text} and {NEWER.text}", (*OLDER.eras, *NEWER.eras), None)
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
