"""Whoever has stolen the token of our ServiceAccount, and objects as the webhook writes them."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from control_plane import Answer, Cluster
from installing import NAME, NAMESPACE, installed
from processes import wait_for

ACCOUNT = f"system:serviceaccount:{NAMESPACE}:{NAME}"
CONFIGURATION, SECRET = "mutatingwebhookconfiguration", f"{NAME}-tls"
POLICIES = tuple(f"{NAME}-{part}" for part in ("configuration", "secret", "events"))
Json = dict[str, Any]


@dataclass(frozen=True)
class Thief:
    """Somebody with the token of our ServiceAccount."""

    cluster: Cluster
    kubeconfig: Path

    def kubectl(self, *arguments: str, given: object = None) -> Answer:
        return self.cluster.kubectl(
            "--kubeconfig", str(self.kubeconfig), *arguments, given=given, check=False
        )

    def patch(self, what: str, name: str, operations: list[Json]) -> Answer:
        return self.kubectl(
            *("patch", what, name, "-n", NAMESPACE, "--type=json", f"--patch={json.dumps(operations)}")
        )


OWNER = {"apiVersion": "v1", "kind": "Namespace", "name": "default", "uid": "1"}


@contextmanager
def thief_in(cluster: Cluster, folder: Path) -> Iterator[Thief]:
    """Somebody with the token, in a cluster where `deploy/base` is installed and the policies are in force.

    The account has every right that RBAC can give (cluster-admin), so that it is the policies that refuse.
    """
    bind = ("create", "clusterrolebinding", "every-right", "--clusterrole=cluster-admin")
    with installed(cluster, folder) as installation, ExitStack() as stack:
        cluster.kubectl(*bind, f"--serviceaccount={NAMESPACE}:{NAME}")
        stack.callback(cluster.kubectl, "delete", "clusterrolebinding", "every-right")
        thief = Thief(cluster, installation.kubeconfig(NAME))
        probes = (
            ("label", CONFIGURATION, NAME, "probe=true"),
            ("label", "secret", SECRET, "-n", NAMESPACE, "probe=true"),
            ("create", "-f", "-"),
        )
        for policy, probe in zip(POLICIES, probes, strict=True):
            tried = partial(
                thief.kubectl, *probe, "--dry-run=server", given=event(reportingController="kubelet")
            )

            def is_in_force(tried: Callable[[], Answer] = tried, policy: str = policy) -> bool:
                return policy in tried().err

            wait_for(f"{policy} is in force", is_in_force)
        yield thief


def is_refused(answer: Answer, policy: str) -> bool:
    return (
        answer.code != 0
        and f"ValidatingAdmissionPolicy '{policy}' with binding '{policy}' denied" in answer.err
    )


def add(path: str, value: object) -> Json:
    return {"op": "add", "path": path, "value": value}


def secret(**changes: Any) -> Json:
    """A Secret as the webhook makes it."""
    metadata = {"name": SECRET, "namespace": NAMESPACE, "labels": {"app.kubernetes.io/name": NAME}}
    fields = {"apiVersion": "v1", "kind": "Secret", "data": {"ca.crt": bundle("new")}, **changes}
    return {**fields, "metadata": metadata | changes.get("metadata", {})}


def bundle(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def event(**changes: Any) -> Json:
    """An Event as the webhook sends it."""
    metadata = {"name": "web.1", "namespace": "default"} | changes.pop("metadata", {})
    regarding = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "name": "web",
        "uid": "1",
        "namespace": "default",
    }
    regarding |= changes.pop("regarding", {})
    return {
        "apiVersion": "events.k8s.io/v1",
        "kind": "Event",
        "metadata": metadata,
        "eventTime": "2025-01-01T00:00:00.000000Z",
        "reportingController": "linkerd-autofix.io/webhook",
        "reportingInstance": "linkerd-autofix-1",
        "action": "Admission",
        "type": "Normal",
        "reason": "LinkerdAnnotationFixed",
        "note": "AFX101",
        "regarding": regarding,
        **changes,
    }
