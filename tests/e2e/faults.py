"""Faults to be planted in a healthy cluster, each with what doctor must say of it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import trustme
from control_plane import Cluster
from installing import CONTROL_PLANE, NAME, NAMESPACE, Installation, control_plane_of
from mesh import linkerds_configuration

INJECTOR = "linkerd-proxy-injector-webhook-config"
RELEASE = "edge-26.6.3"
OLD = "edge-25.10.7"


def slices(*ready: bool) -> dict[str, Any]:
    """What the endpoint controller would make of ready pods."""
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {
            "name": f"{NAME}-by-hand",
            "namespace": NAMESPACE,
            "labels": {"kubernetes.io/service-name": NAME},
        },
        "addressType": "IPv4",
        "endpoints": [
            {"addresses": [f"10.9.0.{number}"], "conditions": {"ready": one}}
            for number, one in enumerate(ready, start=1)
        ],
    }


def chart_made(objects: list[dict[str, Any]], release: str) -> list[dict[str, Any]]:
    """The same control plane, with what Helm writes on it."""
    for one in objects:
        if one["kind"] == "Deployment":
            one["metadata"]["annotations"] = {"linkerd.io/created-by": f"linkerd/helm {release}"}
    return objects


def injector() -> dict[str, Any]:
    found = linkerds_configuration()
    # Nobody listens there; Linkerd's failurePolicy is Ignore.
    found["webhooks"][0]["clientConfig"] = {"url": "https://127.0.0.1:1/", "caBundle": bundle(trustme.CA())}
    return found


def bundle(authority: trustme.CA) -> str:
    return base64.b64encode(authority.cert_pem.bytes()).decode()


Fault = Callable[[Installation], Any]


@contextmanager
def changed(cluster: Cluster, *what: str, patch: Any, kind: str = "json") -> Iterator[None]:
    """Patch an object, and put it back as it was."""
    before = cluster.kubectl("get", *what, "-o", "json").object
    cluster.kubectl("patch", *what, f"--type={kind}", "-p", json.dumps(patch))
    try:
        yield
    finally:
        del before["metadata"]["resourceVersion"]
        cluster.kubectl("replace", "-f", "-", given=before)


@contextmanager
def applied(cluster: Cluster, faulty: list[Any], healthy: list[Any]) -> Iterator[None]:
    cluster.apply(*faulty)
    try:
        yield
    finally:
        cluster.apply(*healthy)


@contextmanager
def added(cluster: Cluster, one: dict[str, Any]) -> Iterator[None]:
    cluster.apply(one)
    try:
        yield
    finally:
        cluster.kubectl("delete", "-f", "-", given=one)


@contextmanager
def removed(cluster: Cluster, *what: str) -> Iterator[None]:
    before = cluster.kubectl("get", *what, "-o", "json").object
    cluster.kubectl("delete", *what)
    try:
        yield
    finally:
        before["metadata"] = {
            **{key: before["metadata"][key] for key in ("name", "namespace") if key in before["metadata"]},
            "labels": before["metadata"].get("labels", {}),
        }
        cluster.apply(before)


def on_linkerd(release: str = RELEASE, values: dict[str, Any] | None = None, chart: str = "") -> Fault:
    def plant(found: Installation) -> Any:
        whole = chart_made(control_plane_of(release, values), chart or release)
        healthy = chart_made(control_plane_of(RELEASE), RELEASE)
        return applied(found.cluster, whole, healthy)

    return plant


def on_ours(*operations: tuple[str, str, Any]) -> Fault:
    def plant(found: Installation) -> Any:
        patch = [{"op": op, "path": path, "value": value} for op, path, value in operations]
        return changed(found.cluster, "mutatingwebhookconfiguration", NAME, patch=patch)

    return plant


def on_secret(lifetime: timedelta) -> Fault:
    def plant(found: Installation) -> Any:
        leaf = trustme.CA().issue_cert(f"{NAME}.{NAMESPACE}.svc", not_after=datetime.now(UTC) + lifetime)
        text = base64.b64encode(leaf.cert_chain_pems[0].bytes()).decode()
        return changed(
            found.cluster,
            "secret",
            f"{NAME}-tls",
            "-n",
            NAMESPACE,
            patch={"data": {"tls.crt": text}},
            kind="merge",
        )

    return plant


def on_injector(found: Installation) -> Any:
    return removed(found.cluster, "mutatingwebhookconfiguration", INJECTOR)


def renamed(found: Installation) -> Any:
    earlier = injector()
    earlier["metadata"]["name"] = "an-older-linkerd"
    return added(found.cluster, earlier)


def meddler(found: Installation) -> Any:
    later = injector()
    later["metadata"]["name"] = "zz-meddler"
    later["webhooks"][0]["name"] = "meddler.example.com"
    return added(found.cluster, later)


def old_plugin(found: Installation) -> Any:
    spec = {
        "selector": {"matchLabels": {"k8s-app": "linkerd-cni"}},
        "template": {
            "metadata": {"labels": {"k8s-app": "linkerd-cni"}},
            "spec": {"containers": [{"name": "install-cni", "image": "cr.l5d.io/linkerd/cni-plugin:v1.4.0"}]},
        },
    }
    metadata = {"name": "linkerd-cni", "namespace": "default"}
    return added(
        found.cluster, {"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": metadata, "spec": spec}
    )


def replicas(*ready: bool) -> Fault:
    return lambda found: applied(found.cluster, [slices(*ready)], [slices(True, True)])


def both(first: Fault, second: Fault) -> Fault:
    @contextmanager
    def plant(found: Installation) -> Iterator[None]:
        with first(found), second(found):
            yield

    return plant


def without_config(installation: Installation) -> Any:
    return removed(installation.cluster, "configmap", "linkerd-config", "-n", CONTROL_PLANE)


def on_config(text: str) -> Fault:
    def plant(found: Installation) -> Any:
        config = ("configmap", "linkerd-config", "-n", CONTROL_PLANE)
        return changed(found.cluster, *config, patch={"data": {"values": text}}, kind="merge")

    return plant


def on_deployment(variable: str, value: str) -> Fault:
    """Change a setting of the Deployment; the process of the test keeps its own."""

    def plant(installation: Installation) -> Any:
        container = {"name": "webhook", "env": [{"name": variable, "value": value}]}
        patch = {"spec": {"template": {"spec": {"containers": [container]}}}}
        where = ("deployment", NAME, "-n", NAMESPACE)
        return changed(installation.cluster, *where, patch=patch, kind="strategic")

    return plant


FAULTS: dict[str, tuple[Fault, dict[str, str]]] = {
    "a release without native sidecars": (
        on_linkerd("stable-2.14.10"),
        {"linkerd-release": "fail", "webhook-reachable": "warn"},
    ),
    "a release with bugs": (on_linkerd(OLD), {"linkerd-bugs": "warn"}),
    "a chart of another release": (on_linkerd(chart=OLD), {"linkerd-versions": "warn"}),
    "a wait before exit": (
        on_linkerd("edge-26.1.1", {"proxy": {"waitBeforeExitSeconds": 5}}),
        {"linkerd-values": "warn"},
    ),
    "a wait before exit with native sidecars": (
        on_linkerd("edge-26.1.1", {"proxy": {"waitBeforeExitSeconds": 5, "nativeSidecar": True}}),
        {"linkerd-values": "fail"},
    ),
    "no linkerd-config": (without_config, {"linkerd-config": "warn"}),
    "a linkerd-config that is no YAML": (on_config("a: ["), {"linkerd-config": "warn"}),
    "a linkerd-config without values": (on_config(""), {"linkerd-config": "warn"}),
    "a Secret that is not there": (
        on_deployment("AUTOFIX_TLS_SECRET", f"{NAMESPACE}/elsewhere"),
        {"webhook-certificate": "fail"},
    ),
    "an old CNI plugin": (old_plugin, {"cni-plugin": "fail"}),
    "no injector": (on_injector, {"linkerd-injector": "fail"}),
    "an injector before us": (both(on_injector, renamed), {"webhook-order": "fail"}),
    "somebody after the injector": (meddler, {"other-webhooks": "warn"}),
    "one replica": (replicas(True, False), {"webhook-replicas": "warn"}),
    "no replica": (replicas(False), {"webhook-replicas": "fail"}),
    "strict with one replica": (
        both(on_ours(("replace", "/webhooks/0/failurePolicy", "Fail")), replicas(True)),
        {"webhook-failure-policy": "warn", "webhook-replicas": "warn"},
    ),
    "called for the system": (
        on_ours(("replace", "/webhooks/0/namespaceSelector", {})),
        {"webhook-selectors": "warn"},
    ),
    "only where a label is": (
        on_ours(("add", "/webhooks/0/namespaceSelector/matchLabels", {"autofix": "yes"})),
        {"webhook-selectors": "warn", "webhook-reachable": "warn"},
    ),
    "not called for pods": (
        on_ours(("replace", "/webhooks/0/rules/0/resources", ["services"])),
        {"webhook-present": "fail", "webhook-reachable": "fail"},
    ),
}


# Without a process that renews it, what is written by hand stays.
ALONE: dict[str, tuple[Fault, dict[str, str]]] = {
    "nobody serves": (on_ours(), {}),
    "no caBundle": (
        on_ours(("replace", "/webhooks/0/clientConfig/caBundle", "")),
        {"webhook-ca-bundle": "fail"},
    ),
    "a caBundle of somebody else": (
        on_ours(("replace", "/webhooks/0/clientConfig/caBundle", bundle(trustme.CA()))),
        {"webhook-ca-bundle": "fail"},
    ),
    "an expired certificate": (
        on_secret(timedelta(days=-1)),
        {"webhook-certificate": "fail", "webhook-ca-bundle": "fail"},
    ),
    "a certificate about to end": (
        on_secret(timedelta(days=2)),
        {"webhook-certificate": "warn", "webhook-ca-bundle": "fail"},
    ),
}
