"""Doctor on each way to install: kustomize and Helm, with our own certificate and with cert-manager's."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import trustme
import yaml
from control_plane import Cluster
from faults import INJECTOR, RELEASE, chart_made, injector, slices
from installing import CONTROL_PLANE, NAME, NAMESPACE, Installation, control_plane_of
from mesh import VERSIONS, Mesh
from processes import free_port, wait_for
from rendering import by_name, charted, kustomized
from scanning import autofix
from test_deploy import FOREIGN, VARIANTS, definition

pytestmark = pytest.mark.parametrize("cluster", VERSIONS[-1:], indirect=True)


@pytest.fixture(scope="module")
def linkerd(cluster: Cluster) -> Iterator[Cluster]:
    """A cluster with Linkerd, and with the kinds of cert-manager."""
    crds = [definition(kind, version) for kind, version in FOREIGN.items()]
    cluster.apply(*crds, *chart_made(control_plane_of(RELEASE), RELEASE), injector())
    for crd in crds:
        cluster.kubectl("wait", "--for=condition=Established", f"crd/{crd['metadata']['name']}")
    yield cluster
    cluster.kubectl("delete", "mutatingwebhookconfiguration", INJECTOR, "--ignore-not-found")
    cluster.kubectl("delete", "namespace", CONTROL_PLANE)
    for crd in crds:
        cluster.kubectl("delete", "crd", crd["metadata"]["name"])


@contextmanager
def installed_from(cluster: Cluster, text: str, folder: Path) -> Iterator[Installation]:
    """Install what kustomize or Helm makes; the Service leads to loopback."""
    objects, port = by_name(text), free_port()
    objects["Service", NAME]["spec"] = {"type": "ExternalName", "externalName": "localhost"}
    for webhook in objects["MutatingWebhookConfiguration", NAME]["webhooks"]:
        webhook["clientConfig"]["service"]["port"] = port
    whole = yaml.safe_dump_all(objects.values())
    cluster.kubectl("apply", "-f", "-", given=whole)
    cluster.apply(slices(True, True))
    try:
        with ExitStack() as stack:
            yield Installation(cluster, folder, port, stack)
    finally:
        cluster.kubectl("delete", "-f", "-", "--ignore-not-found", "--timeout=60s", given=whole)


def cert_manager(installation: Installation) -> dict[str, Any]:
    """Do what cert-manager would: a Secret, and the caBundle; return the settings for a process with it."""
    authority = trustme.CA()
    leaf = authority.issue_cert(f"{NAME}.{NAMESPACE}.svc")
    certificate = b"".join(pem.bytes() for pem in leaf.cert_chain_pems)
    files = {"tls.crt": certificate, "tls.key": leaf.private_key_pem.bytes()}
    data = {name: base64.b64encode(content).decode() for name, content in files.items()}
    metadata = {"name": f"{NAME}-cert", "namespace": NAMESPACE}
    installation.cluster.apply({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": data})
    bundle = base64.b64encode(authority.cert_pem.bytes()).decode()
    patch = [
        {"op": "add", "path": f"/webhooks/{index}/clientConfig/caBundle", "value": bundle}
        for index in range(2)
    ]
    ours = ("mutatingwebhookconfiguration", NAME)
    installation.cluster.kubectl("patch", *ours, "--type=json", "-p", json.dumps(patch))
    for name, content in files.items():
        (installation.folder / name).write_bytes(content)
    return {"tls_cert": str(installation.folder / "tls.crt"), "tls_key": str(installation.folder / "tls.key")}


def results(cluster: Cluster, *arguments: str) -> dict[str, dict[str, Any]]:
    checks = json.loads(autofix(cluster, "doctor", "-o", "json", *arguments).out)["checks"]
    return {check["name"]: check for check in checks}


def faults(checks: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {name: check["why"] for name, check in checks.items() if check["verdict"] != "ok"}


@pytest.mark.parametrize("tool", ["kustomize", "helm"])
@pytest.mark.parametrize("variant", ["base", "mutate-workloads", "cert-manager"])
def test_what_is_shipped_is_healthy(linkerd: Cluster, variant: str, tool: str, tmp_path: Path) -> None:
    components, values = VARIANTS[variant]
    text = kustomized(components, tmp_path) if tool == "kustomize" else charted(values, tmp_path)
    is_managed = "cert-manager" in components
    secret = f"{NAME}-cert" if is_managed else f"{NAME}-tls"
    with installed_from(linkerd, text, tmp_path) as installation:
        before = results(linkerd)
        assert before["webhook-ca-bundle"]["verdict"] == "fail"
        assert ("cert-manager" in before["webhook-ca-bundle"]["todo"]) is is_managed
        assert before["webhook-certificate"]["verdict"] == "fail"
        assert f"Secret {NAMESPACE}/{secret}" in before["webhook-certificate"]["why"]
        settings = cert_manager(installation) if is_managed else {}
        replica = installation.start(shutdown_delay_seconds="0", **settings)
        wait_for("the replica is ready", replica.is_ready, log=replica.log)
        wait_for("the API server trusts it", lambda: bool(installation.bundle()), log=replica.log)
        after = results(linkerd)
    assert faults(after) == {}
    assert len(after) == 18
    assert f"Secret {NAMESPACE}/{secret}" in after["webhook-certificate"]["why"]


@pytest.fixture(scope="module")
def served(linkerd: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster in which the webhook of `deploy/base` serves."""
    folder = tmp_path_factory.mktemp("served")
    with installed_from(linkerd, kustomized([], folder), folder) as installation:
        installation.started(shutdown_delay_seconds="0")
        yield linkerd


@pytest.mark.parametrize("native", [True, False])
def test_a_pod_is_tried_through_linkerds_injector_too(
    served: Cluster, workshop: Callable[[str], Mesh], native: bool
) -> None:
    try:
        with workshop(RELEASE).linkerd(native=native):
            assert faults(results(served)) == {}
    finally:
        served.apply(injector())


def test_a_pod_is_tried_where_pod_security_is_restricted_and_a_quota_asks_for_limits(
    served: Cluster, space: str
) -> None:
    served.kubectl("label", "namespace", space, "pod-security.kubernetes.io/enforce=restricted")
    hard = {"limits.cpu": "1", "limits.memory": "1Gi", "requests.cpu": "1", "requests.memory": "1Gi"}
    metadata = {"name": "limits", "namespace": space}
    served.apply({"apiVersion": "v1", "kind": "ResourceQuota", "metadata": metadata, "spec": {"hard": hard}})
    quota = ("limits", "-n", space)
    wait_for("the quota counts", lambda: "hard" in served.get("quota", *quota).get("status", {}), 20)
    assert faults(results(served, "-n", space)) == {}
