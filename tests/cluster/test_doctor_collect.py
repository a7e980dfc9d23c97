"""Collecting facts from a server that answers oddly: what it does not say is a gap."""

from __future__ import annotations

from pathlib import Path

from api_server import CONFIGURATIONS, api_server

import autofix
from autofix.cluster.doctor.collect import collect_facts
from autofix.kubeapi.client import connect

PAGE = b"<html>log in</html>"
NO_OBJECT = "the API server answered what is no Kubernetes object"


async def test_what_is_no_object_is_a_gap(tmp_path: Path) -> None:
    async with api_server(tmp_path) as server, connect(str(server.kubeconfig)) as api:
        paths = ("/apis/apps/v1/daemonsets", "/api/v1/namespaces/default", "/api/v1/namespaces/default/pods")
        server.answers |= dict.fromkeys(paths, PAGE)
        server.answers[CONFIGURATIONS] = {"items": 3}
        facts = await collect_facts(
            api, autofix.options(), linkerd_namespace="linkerd", ours="linkerd-autofix", namespace="default"
        )
    assert [gap.what for gap in facts.gaps if gap.why.startswith(NO_OBJECT)] == [
        "DaemonSet linkerd-cni",
        "MutatingWebhookConfigurations",
        "Namespace default",
    ]
    assert facts.dry_run.why.startswith(NO_OBJECT)
