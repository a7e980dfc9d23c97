"""The rights of our ServiceAccount as shipped: enough for the webhook's work, and no more."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from builders import WRONG
from control_plane import Cluster
from installing import CONTROL_PLANE, NAME, NAMESPACE, Installation, control_plane_of, installed
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
    "list pods",
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
# In Linkerd's Namespace there is a Role for upgrades, and nothing is granted beside it.
IN_LINKERDS_NAMESPACE = {
    "list pods": "yes",
    "watch pods": "yes",
    "list replicasets.apps": "yes",
    "watch replicasets.apps": "yes",
    "get pods/linkerd-proxy-injector-1": "no",
    "get pods/log": "no",
    "create pods/exec": "no",
    "create pods": "no",
    "patch pods": "no",
    "delete pods": "no",
    "patch replicasets.apps": "no",
    "list secrets": "no",
    "list configmaps": "no",
    "list services": "no",
}


@pytest.fixture(scope="module")
def installation(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    cluster.apply(*control_plane_of("edge-25.10.7"))
    with installed(cluster, tmp_path_factory.mktemp("rights"), "linkerd-upgrades") as installation:
        yield installation
    cluster.kubectl("delete", "namespace", CONTROL_PLANE)


@pytest.mark.parametrize("action", FORBIDDEN)
def test_the_shipped_rights_do_not_allow(installation: Installation, action: str) -> None:
    for namespace in (NAMESPACE, "default"):
        ask = ("auth", "can-i", *action.split(), "-n", namespace, f"--as={ACCOUNT}")
        assert installation.cluster.kubectl(*ask, check=False).out.strip() == "no"


@pytest.mark.parametrize(("action", "allowed"), IN_LINKERDS_NAMESPACE.items())
def test_in_linkerds_namespace_the_webhook_may_only_look_at_pods(
    installation: Installation, action: str, allowed: str
) -> None:
    ask = ("auth", "can-i", *action.split(), "-n", CONTROL_PLANE, f"--as={ACCOUNT}")
    assert installation.cluster.kubectl(*ask, check=False).out.strip() == allowed


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
