"""Doctor asks a real cluster with our webhook in it: healthy, and with one planted fault after the other."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from control_plane import Cluster
from faults import (
    ALONE,
    FAULTS,
    INJECTOR,
    RELEASE,
    Fault,
    chart_made,
    injector,
    replicas,
    slices,
    without_config,
)
from installing import CONTROL_PLANE, NAMESPACE, Installation, control_plane_of, installed
from mesh import VERSIONS
from processes import wait_for
from scanning import autofix

# Nothing in these depends on the version of Kubernetes, and they take their time.
pytestmark = pytest.mark.parametrize("cluster", VERSIONS[-1:], indirect=True)


@pytest.fixture(scope="module")
def clinic(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A healthy cluster: Linkerd's objects, our installation with a replica that serves."""
    cluster.apply(*chart_made(control_plane_of(RELEASE), RELEASE), injector())
    with installed(cluster, tmp_path_factory.mktemp("clinic")) as found:
        found.started(shutdown_delay_seconds="0")
        cluster.apply(slices(True, True))
        yield found
    cluster.kubectl("delete", "mutatingwebhookconfiguration", INJECTOR, "--ignore-not-found")
    cluster.kubectl("delete", "namespace", CONTROL_PLANE)


def bad(cluster: Cluster, *arguments: str, kubeconfig: Path | None = None) -> dict[str, str]:
    """What does not say ok."""
    ran = autofix(cluster, "doctor", "-o", "json", *arguments, kubeconfig=kubeconfig)
    checks = json.loads(ran.out)["checks"]
    found = {one["name"]: one["verdict"] for one in checks if one["verdict"] != "ok"}
    assert ran.code == (1 if found else 0), ran.err
    return found


def test_a_healthy_cluster_is_healthy(clinic: Installation) -> None:
    ran = autofix(clinic.cluster, "doctor")
    assert (ran.code, ran.err) == (0, ""), ran.out
    assert ran.out.splitlines()[-1] == "18 ok, 0 warn, 0 fail"
    quiet = autofix(clinic.cluster, "doctor", "-q")
    assert quiet.out == "18 ok, 0 warn, 0 fail\n"


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found_and_nothing_else(clinic: Installation, fault: str) -> None:
    plant, expected = FAULTS[fault]
    with plant(clinic):
        assert bad(clinic.cluster) == expected
    assert bad(clinic.cluster) == {}


HINTS: dict[str, tuple[Fault, str, str]] = {
    "no linkerd-config": (
        without_config,
        "linkerd-config",
        f"the chart's default of Linkerd {RELEASE} is assumed, proxy.nativeSidecar true",
    ),
    "one replica": (replicas(True), "webhook-replicas", "autofix rules webhook-replicas, https://"),
}


@pytest.mark.parametrize("fault", HINTS)
def test_a_fault_is_told_with_its_page(clinic: Installation, fault: str) -> None:
    plant, name, expected = HINTS[fault]
    with plant(clinic):
        ran = autofix(clinic.cluster, "doctor", "-q")
    first, *lines = ran.out.splitlines()
    assert first.startswith(f"warn  {name} ")
    assert expected in ran.out
    url = lines[1].rpartition(", ")[2]
    assert url.endswith(f"/docs/doctor.md#{name}")
    page = autofix(clinic.cluster, "rules", name)
    assert page.code == 0
    assert page.out.splitlines()[-1] == url


def test_a_namespace_in_which_no_pod_may_be_made_is_no_fault_of_the_webhook(clinic: Installation) -> None:
    """The Namespace has a quota that is full."""
    space = f"full-{secrets.token_hex(3)}"
    quota = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "none", "namespace": space}}
    clinic.cluster.kubectl("create", "namespace", space)
    clinic.cluster.apply({**quota, "spec": {"hard": {"pods": "0"}}})
    wait_for("the quota counts", lambda: "status" in clinic.cluster.get("quota", "none", "-n", space), 20)
    assert bad(clinic.cluster, "-n", space) == {"sidecar-containers": "warn", "webhook-reachable": "warn"}
    clinic.cluster.kubectl("delete", "namespace", space, "--wait=false")


def test_a_namespace_that_the_selectors_leave_out_is_no_fault_of_the_webhook(clinic: Installation) -> None:
    assert bad(clinic.cluster, "-n", "kube-system") == {"webhook-reachable": "warn"}


@pytest.fixture(scope="module")
def deserted(clinic: Installation) -> Installation:
    """The same, with no process left that would mend what is planted."""
    clinic.replicas[0].process.terminate()
    clinic.replicas[0].process.wait(30)
    return clinic


UNREACHED = {"webhook-reachable": "fail"}


@pytest.mark.parametrize("fault", ALONE)
def test_a_fault_of_a_webhook_that_is_away_is_found(deserted: Installation, fault: str) -> None:
    plant, expected = ALONE[fault]
    with plant(deserted):
        assert bad(deserted.cluster) == {**expected, **UNREACHED}


def test_without_our_configuration_only_that_is_said(deserted: Installation) -> None:
    assert bad(deserted.cluster, "--configuration", "another-name") == {"webhook-present": "fail"}


def test_without_rights_every_gap_is_said(deserted: Installation) -> None:
    name = f"nobody-{secrets.token_hex(3)}"
    deserted.cluster.kubectl("create", "serviceaccount", name, "-n", NAMESPACE)
    found = bad(deserted.cluster, kubeconfig=deserted.kubeconfig(name))
    assert found == {
        "sidecar-containers": "warn",
        "linkerd-release": "warn",
        "linkerd-config": "warn",
        "cni-plugin": "warn",
        "linkerd-injector": "warn",
        "webhook-present": "warn",
    }


def test_a_cluster_that_does_not_answer_is_an_error(tmp_path: Path, cluster: Cluster) -> None:
    config = json.loads(cluster.kubeconfig.read_text())
    config["clusters"][0]["cluster"]["server"] = "https://127.0.0.1:1"
    path = tmp_path / "config"
    path.write_text(json.dumps(config))
    ran = autofix(cluster, "doctor", kubeconfig=path)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("autofix: error: API server: ")
