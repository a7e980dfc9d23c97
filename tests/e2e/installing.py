"""Installing what we ship on a control plane without nodes: the test runs the pods' processes in their stead.

A Service leads nowhere here, so an overlay makes it an ExternalName for loopback: the API server still calls
the Service's name, and checks the certificate for it.
"""

from __future__ import annotations

import json
import os
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from control_plane import Cluster
from paths import DEPLOY
from processes import free_port, process, wait_for
from webhook_process import command

NAMESPACE = NAME = "linkerd-autofix"
CONTROL_PLANE = "linkerd"
METADATA = {"name": NAME, "namespace": NAMESPACE}


@dataclass(frozen=True)
class Replica:
    """A webhook that runs as one of the Deployment's pods would."""

    process: subprocess.Popen[str]
    port: int
    admin: str
    log: Path

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(self.admin + path, timeout=5) as answer:  # noqa: S310  # always loopback
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError as error:
            return 0, str(error)

    def is_ready(self) -> bool:
        return self.get("/readyz")[0] == 200

    def metric(self, name: str) -> float | None:
        """A sample by its name and labels as ``/metrics`` writes them."""
        for line in self.get("/metrics")[1].splitlines():
            if line.startswith(f"{name} "):
                return float(line.rpartition(" ")[2])
        return None


@dataclass
class Installation:
    """The API objects, and a way to start replicas."""

    cluster: Cluster
    folder: Path
    port: int
    stack: ExitStack
    replicas: list[Replica] = field(default_factory=list)

    def start(
        self, port: int | None = None, account: bool = True, before: str = "", **changes: str
    ) -> Replica:
        """Start a replica with the environment of the Deployment and the rights of its ServiceAccount."""
        [container] = self.cluster.get("deployment", NAME, "-n", NAMESPACE)["spec"]["template"]["spec"][
            "containers"
        ]
        assert not {"args", "command"} & set(container)
        port, admin = port or self.port, free_port()
        here = {
            "listen": f"127.0.0.1:{port}",
            "admin_listen": f"127.0.0.1:{admin}",
            "kubeconfig": str(self.kubeconfig(NAME if account else "default")),
        }
        environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        environment |= {one["name"]: one["value"] for one in container["env"]}
        environment |= {f"AUTOFIX_{name.upper()}": value for name, value in {**here, **changes}.items()}
        log = self.folder / f"replica-{admin}.log"
        child = self.stack.enter_context(process(command(before), log, environment))
        replica = Replica(child, port, f"http://127.0.0.1:{admin}", log)
        self.replicas.append(replica)
        return replica

    def started(self, **changes: Any) -> Replica:
        """Start a replica and wait until the API server can call it."""
        replica = self.start(**changes)
        self.wait_until_trusted(replica)
        return replica

    def wait_until_trusted(self, replica: Replica) -> None:
        wait_for("the replica is ready", replica.is_ready, log=replica.log)
        wait_for("the API server trusts it", lambda: self.bundle() == self.secret().get("ca.crt", "-"))

    def kubeconfig(self, account: str) -> Path:
        """A kubeconfig with a token of a ServiceAccount in our namespace."""
        token = self.cluster.kubectl("create", "token", account, "-n", NAMESPACE).out.strip()
        config = json.loads(self.cluster.kubeconfig.read_text())
        config["users"] = [{"name": "admin", "user": {"token": token}}]
        path = self.folder / f"{account}.json"
        path.write_text(json.dumps(config))
        return path

    def secret(self) -> dict[str, str]:
        found = self.cluster.kubectl(
            "get", "secret", f"{NAME}-tls", "-n", NAMESPACE, "-o", "json", check=False
        )
        return (found.object.get("data") or {}) if found.code == 0 else {}

    def bundle(self) -> str:
        """The caBundle, when all webhooks have the same."""
        configuration = self.cluster.get("mutatingwebhookconfiguration", NAME)
        found = {one["clientConfig"].get("caBundle", "") for one in configuration["webhooks"]}
        return found.pop() if len(found) == 1 else ""


@contextmanager
def installed(
    cluster: Cluster, folder: Path, *components: str, port: int | None = None, remove: bool = True
) -> Iterator[Installation]:
    """Install with ``kubectl apply -k``; remove with ``kubectl delete -k`` where the cluster goes on."""
    port = port or free_port()
    overlay = folder / "overlay"
    overlay.mkdir(exist_ok=True)
    (overlay / "kustomization.yaml").write_text(yaml.safe_dump(_overlay(overlay, components, port)))
    cluster.kubectl("apply", "-k", str(overlay))
    try:
        with ExitStack() as stack:
            yield Installation(cluster, folder, port, stack)
    finally:
        if remove:
            cluster.kubectl("delete", "-k", str(overlay), "--ignore-not-found", "--timeout=60s")


def _overlay(folder: Path, components: Sequence[str], port: int) -> dict[str, Any]:
    outside = {"type": "ExternalName", "externalName": "localhost", "selector": None}
    service = {"apiVersion": "v1", "kind": "Service", "metadata": METADATA, "spec": outside}
    ports = [
        {"op": "replace", "path": f"/webhooks/{index}/clientConfig/service/port", "value": port}
        for index in range(2)
    ]
    target = {"kind": "MutatingWebhookConfiguration", "name": NAME}
    return {
        "resources": [os.path.relpath(DEPLOY / "base", folder)],
        "components": [os.path.relpath(DEPLOY / "components" / name, folder) for name in components],
        "patches": [
            {"patch": yaml.safe_dump(service)},
            {"patch": yaml.safe_dump(ports), "target": target},
        ],
    }


def control_plane_of(
    release: str, values: dict[str, Any] | None = None, replicas: int = 0
) -> list[dict[str, Any]]:
    """What Linkerd's chart leaves to be read: the injector's Deployment and the ConfigMap with the values."""
    labels = {"linkerd.io/control-plane-component": "proxy-injector"}
    container = {"name": "proxy-injector", "image": f"cr.l5d.io/linkerd/controller:{release}"}
    spec = {
        "replicas": replicas,
        "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
    }
    text = yaml.safe_dump({"linkerdVersion": release, **(values or {})})
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": CONTROL_PLANE}},
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": "linkerd-config", "namespace": CONTROL_PLANE},
            "data": {"values": text},
        },
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "linkerd-proxy-injector", "namespace": CONTROL_PLANE},
            "spec": spec,
        },
    ]
