"""The objects of Linkerd's control plane that an upgrade changes, and where an API server has them."""

from __future__ import annotations

from typing import Any

DEPLOYMENTS, SETS = (f"/apis/apps/v1/namespaces/linkerd/{kind}" for kind in ("deployments", "replicasets"))
PODS, CONFIGS = (f"/api/v1/namespaces/linkerd/{kind}" for kind in ("pods", "configmaps"))
INJECTOR = "linkerd-proxy-injector"


def spec(release: str) -> dict[str, Any]:
    return {"containers": [{"name": "proxy-injector", "image": f"cr.l5d.io/linkerd/controller:{release}"}]}


def owned_by(kind: str, name: str) -> list[dict[str, Any]]:
    return [{"apiVersion": "apps/v1", "kind": kind, "name": name, "uid": "1", "controller": True}]


def deployment(release: str, generation: int = 1, observed: int = 1, updated: int = 1) -> dict[str, Any]:
    return {
        "metadata": {"name": INJECTOR, "generation": generation},
        "spec": {"template": {"spec": spec(release)}},
        "status": {"observedGeneration": observed, "replicas": 1, "updatedReplicas": updated},
    }


def replica_set(release: str, replicas: int = 1) -> dict[str, Any]:
    return {
        "metadata": {"name": f"set-{release}", "ownerReferences": owned_by("Deployment", INJECTOR)},
        "spec": {"replicas": replicas, "template": {"spec": spec(release)}},
        "status": {"replicas": replicas},
    }


def injector_pod(release: str) -> dict[str, Any]:
    owners = owned_by("ReplicaSet", f"set-{release}")
    return {"metadata": {"name": f"pod-{release}", "ownerReferences": owners}, "spec": spec(release)}


def values(text: str) -> dict[str, Any]:
    return {"metadata": {"name": "linkerd-config"}, "data": {"values": text}}
