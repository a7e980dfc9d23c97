"""Repairing live objects that somebody, or something, else changes too."""

from __future__ import annotations

import json

import pytest
from builders import ALPHA, WRONG
from control_plane import Cluster
from looking import workload_of
from mesh import VERSIONS
from scanning import at_a_terminal, autofix

# Nothing in these depends on the version of Kubernetes, and they take their time.
pytestmark = pytest.mark.parametrize("cluster", VERSIONS[-1:], indirect=True)


def test_what_somebody_changes_in_the_meantime_is_not_overwritten(cluster: Cluster, space: str) -> None:
    for name in ("a", "b"):
        cluster.apply(workload_of("Deployment", name, space, {WRONG: "true"}))

    def meanwhile() -> None:
        patch = json.dumps({"spec": {"template": {"metadata": {"annotations": {WRONG: "false"}}}}})
        cluster.kubectl("patch", "deployment", "a", "-n", space, "-p", patch)
        cluster.kubectl("scale", "deployment", "b", "-n", space, "--replicas=2")

    ran = at_a_terminal(cluster, "scan", "-n", space, "--fix", "-t", "2.17", answer="y", before=meanwhile)
    assert ran.code == 2
    assert f"Deployment {space}/a: was changed in the meantime; run again" in ran.err
    assert f"patched Deployment {space}/b" in ran.err
    found = {one["metadata"]["name"]: one for one in cluster.get("deployments", "-n", space)["items"]}
    annotations = {name: one["spec"]["template"]["metadata"]["annotations"] for name, one in found.items()}
    assert annotations == {"a": {WRONG: "false"}, "b": {ALPHA: "true"}}
    assert found["b"]["spec"]["replicas"] == 2


def test_a_tool_that_will_put_the_object_back_is_named(cluster: Cluster, space: str) -> None:
    managed = workload_of("Deployment", "web", space, {WRONG: "true"})
    managed["metadata"]["labels"] = {"argocd.argoproj.io/instance": "shop"}
    cluster.apply(managed)
    ran = autofix(cluster, "scan", "-n", space, "--fix", "--yes", "-t", "2.17")
    assert f"Argo CD manages Deployment {space}/web" in ran.err


ROLLOUTS = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "rollouts.argoproj.io"},
    "spec": {
        "group": "argoproj.io",
        "names": {"kind": "Rollout", "plural": "rollouts"},
        "scope": "Namespaced",
        "versions": [
            {
                "name": "v1alpha1",
                "served": True,
                "storage": True,
                "schema": {
                    "openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
                },
            }
        ],
    },
}


def test_custom_resources_are_looked_at_and_repaired_when_named(cluster: Cluster, space: str) -> None:
    cluster.apply(ROLLOUTS)
    cluster.kubectl("wait", "--for=condition=Established", "crd/rollouts.argoproj.io", "--timeout=30s")
    template = workload_of("Deployment", "web", space, {WRONG: "true"})["spec"]["template"]
    rollout = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Rollout",
        "metadata": {"name": "web", "namespace": space},
        "spec": {"template": template},
    }
    cluster.apply(rollout)
    owner = cluster.get("rollouts.argoproj.io", "-n", space)["items"][0]["metadata"]
    made = workload_of("ReplicaSet", "web-1", space, {WRONG: "true"})
    made["spec"]["replicas"] = 1
    made["metadata"]["ownerReferences"] = [
        {
            "apiVersion": "argoproj.io/v1alpha1",
            "kind": "Rollout",
            "name": "web",
            "uid": owner["uid"],
            "controller": True,
        }
    ]
    cluster.apply(made)
    plain = autofix(cluster, "scan", "-n", space, "-o", "text", "-t", "2.17", "-q")
    assert f"not fixed: Rollout {space}/web makes it: correct it there" in plain.out
    both = ("scan", "-n", space, "rs", "rollouts.argoproj.io", "-t", "2.17")
    named = autofix(cluster, *both, "-o", "json", "-q")
    assert [one["kind"] for one in named.objects] == ["Rollout"]
    ran = autofix(cluster, *both, "--fix", "--yes")
    assert ran.code == 0, ran.err
    found = cluster.get("rollouts.argoproj.io", "-n", space)["items"][0]
    assert found["spec"]["template"]["metadata"]["annotations"] == {ALPHA: "true"}
