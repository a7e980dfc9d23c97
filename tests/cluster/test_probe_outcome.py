"""A probe whose pod gets no proxy: the reason that annotations and spec give is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from api_server import api_server

import autofix
from autofix.cluster.lifecycle import Ending
from autofix.cluster.probe import probe
from autofix.kubeapi.client import connect

INJECT = "linkerd.io/inject"
ASKS = {INJECT: "enabled"}


@pytest.mark.parametrize(
    ("around", "annotations", "spec", "why"),
    [
        ({}, ASKS, {}, ", although linkerd.io/inject on the pod asks for a proxy"),
        ({}, ASKS, {"hostNetwork": True}, ": Linkerd skips pods with hostNetwork"),
        ({}, {INJECT: "disabled"}, {}, ": linkerd.io/inject on the pod is disabled"),
        ({}, {}, {}, ": linkerd.io/inject does not ask for one"),
        (
            {INJECT: "on"},
            ASKS,
            {},
            ": Linkerd does not know the value of linkerd.io/inject on its Namespace: no pod gets one",
        ),
        (
            {},
            ASKS,
            {"automountServiceAccountToken": False},
            ": it mounts no ServiceAccount token, which this Linkerd needs",
        ),
    ],
)
async def test_a_pod_without_a_proxy_is_explained(
    around: dict[str, str],
    annotations: dict[str, str],
    spec: dict[str, Any],
    why: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("autofix.cluster.probe.secrets.token_hex", lambda _: "1")
    name = "autofix-probe-1"
    options = autofix.options(release="2.17")._replace(projects_tokens=False)
    async with api_server(tmp_path) as server, connect(str(server.kubeconfig)) as api:
        # Somebody else's webhook may annotate a Namespace when it is made.
        server.answers["/api/v1/namespaces"] = {"metadata": {"name": name, "annotations": around}}
        pod = {
            "metadata": {"name": "a", "annotations": annotations},
            "spec": {**spec, "containers": [{"name": "work"}]},
        }
        server.store(f"/api/v1/namespaces/{name}/pods", pod)
        said: list[str] = []
        outcome = await probe(
            api, options=options, key="k", image="i", seconds=60, keep=False, say=said.append
        )
    assert outcome.ending is Ending.NOT_INJECTED
    assert outcome.why == f"Linkerd's injector put no proxy into the pod{why}; run `autofix doctor`"
    assert said[-1] == f"removed Namespace {name}"
