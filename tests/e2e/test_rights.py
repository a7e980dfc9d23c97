"""The rights of our ServiceAccount as shipped: enough for the webhook's work, and no more."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from builders import WRONG
from control_plane import Cluster
from installing import NAME, NAMESPACE, Installation, installed
from looking import MESHED, pods_when, workload_of
from processes import wait_for

ACCOUNT = f"system:serviceaccount:{NAMESPACE}:{NAME}"
CONFIGURATION = "mutatingwebhookconfiguration"
# What no right of the shipped ones may allow; the policies need not even be asked.
FORBIDDEN = (
    f"delete {CONFIGURATION}s/{NAME}",
    f"update {CONFIGURATION}s/{NAME}",
    f"create {CONFIGURATION}s",
    f"patch {CONFIGURATION}s/linkerd-proxy-injector-webhook-config",
    f"delete secrets/{NAME}-tls",
    "list secrets",
    "get secrets/other",
    "patch secrets/other",
    "list configmaps",
    "list deployments.apps",
    "patch namespaces/default",
    "list replicasets.apps",
    "list jobs.batch",
    "create pods",
    "create pods/eviction",
    "create serviceaccounts/token",
    "impersonate serviceaccounts",
    "bind clusterroles.rbac.authorization.k8s.io",
    "create validatingadmissionpolicies.admissionregistration.k8s.io",
    f"delete validatingadmissionpolicybindings.admissionregistration.k8s.io/{NAME}-configuration",
    "patch events",
)


@pytest.fixture(scope="module")
def installation(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installed(cluster, tmp_path_factory.mktemp("rights")) as installation:
        yield installation


@pytest.mark.parametrize("action", FORBIDDEN)
def test_the_shipped_rights_do_not_allow(installation: Installation, action: str) -> None:
    for namespace in (NAMESPACE, "default"):
        ask = ("auth", "can-i", *action.split(), "-n", namespace, f"--as={ACCOUNT}")
        assert installation.cluster.kubectl(*ask, check=False).out.strip() == "no"


def test_with_the_shipped_rights_the_webhook_does_its_work(
    cluster: Cluster, installation: Installation, space: str
) -> None:
    cluster.kubectl("delete", "secret", f"{NAME}-tls", "-n", NAMESPACE, "--ignore-not-found")
    replica = installation.started(linkerd="edge-25.10.7", shutdown_delay_seconds="0")
    assert set(installation.secret()) == {"ca.crt", "ca.key", "tls.crt", "tls.key"}
    cluster.apply(workload_of("Deployment", "web", space, {**MESHED, WRONG: "true"}))
    pods_when(cluster, space, bool)
    sent = partial(replica.metric, 'autofix_events_total{outcome="sent"}')
    wait_for("the Event is sent", lambda: sent() == 1, log=replica.log)
    assert "denied" not in replica.log.read_text()
