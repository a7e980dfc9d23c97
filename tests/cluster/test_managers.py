"""Who may put an old text back."""

from __future__ import annotations

import json
from typing import Any

import pytest

from autofix.cluster.managers import manager_in


def written_by(*managers: str) -> dict[str, Any]:
    return {"managedFields": [{"manager": manager, "operation": "Apply"} for manager in managers]}


@pytest.mark.parametrize(
    ("metadata", "tool"),
    [
        ({}, ""),
        ({"labels": None, "annotations": None, "managedFields": None}, ""),
        ({"labels": {"app.kubernetes.io/instance": "web"}}, ""),
        ({"labels": {"argocd.argoproj.io/instance": "shop"}}, "Argo CD"),
        ({"annotations": {"argocd.argoproj.io/tracking-id": "shop:apps/Deployment:shop/web"}}, "Argo CD"),
        ({"labels": {"kustomize.toolkit.fluxcd.io/name": "shop"}}, "Flux"),
        ({"annotations": {"meta.helm.sh/release-name": "shop"}}, "Helm"),
        (written_by("kubectl-client-side-apply", "kube-controller-manager", "autofix"), ""),
        (written_by("kubectl", "argocd-controller"), "Argo CD"),
        (written_by("kustomize-controller"), "Flux"),
        (written_by("helm"), "Helm"),
        # Flux makes it with Helm, and Flux puts it back.
        ({"annotations": {"meta.helm.sh/release-name": "shop"}, **written_by("helm-controller")}, "Flux"),
    ],
)
def test_a_tool_is_known_by_what_it_leaves_on_an_object(metadata: dict[str, Any], tool: str) -> None:
    assert manager_in(json.dumps({"kind": "Deployment", "metadata": metadata}).encode()) == tool
