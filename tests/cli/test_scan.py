"""Scans of clusters on loopback: what is shown, and what is said of a cluster that answers oddly."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from api_server import CONFIGURATIONS, ApiServer, served
from builders import WRONG, namespace, workload
from command_line import Run

PAGE = b"<html>log in</html>"
NO_OBJECT = "the API server answered what is no Kubernetes object"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ApiServer]:
    """A cluster with a Namespace, in which one Deployment has a wrong key."""
    with served(tmp_path) as server:
        server.answers["/version"] = {"gitVersion": "v1.36.0"}
        server.answers["/apis/apps/v1/namespaces/linkerd/deployments/linkerd-proxy-injector"] = 404
        server.answers["/api/v1/namespaces/linkerd/configmaps/linkerd-config"] = 404
        server.store("/api/v1/namespaces", namespace({}))
        put(server, "apps/v1", "deployments", workload(annotations={WRONG: "true"}))
        yield server


def put(server: ApiServer, version: str, plural: str, obj: dict[str, Any], place: str = "shop") -> None:
    """Store an object where its Namespace is read, and where all Namespaces are."""
    root = f"/apis/{version}" if "/" in version else f"/api/{version}"
    server.store(f"{root}/{plural}", server.store(f"{root}/namespaces/{place}/{plural}", obj))


def contexts(*servers: ApiServer) -> str:
    """Write a kubeconfig with a context for each server: ``test``, ``test1``, …"""
    configs = [json.loads(server.kubeconfig.read_text()) for server in servers]
    whole = configs[0]
    for number, config in enumerate(configs[1:], start=1):
        name = f"test{number}"
        whole["clusters"].append({"name": name, "cluster": config["clusters"][0]["cluster"]})
        whole["contexts"].append({"name": name, "context": {"cluster": name, "user": "test"}})
    servers[0].kubeconfig.write_text(json.dumps(whole))
    return str(servers[0].kubeconfig)


def rows(out: str) -> list[list[str]]:
    return [line.split()[:3] for line in out.splitlines()]


SCAN = ("scan", "-t", "2.17", "--ignore", "AFX404", "--no-headers")


def test_a_login_page_in_the_place_of_a_cluster_hides_no_other_cluster(
    run: Run, server: ApiServer, tmp_path: Path
) -> None:
    (tmp_path / "odd").mkdir()
    with served(tmp_path / "odd") as odd:
        odd.page = PAGE
        ended = run(*SCAN, "-A", "--context", "test,test1", "--kubeconfig", contexts(server, odd))
    assert ended.code == 2
    assert rows(ended.out) == [["test", "shop", "Deployment/web"]]
    assert NO_OBJECT in ended.err
    assert "internal error" not in ended.err


def test_a_list_that_is_no_list_is_an_unknown(run: Run, server: ApiServer) -> None:
    server.answers[CONFIGURATIONS] = {"items": 3}
    ended = run(*SCAN, "-A", "--kubeconfig", str(server.kubeconfig))
    assert (ended.code, rows(ended.out)) == (1, [["shop", "Deployment/web", "AFX101"]])
    assert "internal error" not in ended.err


def test_a_repair_of_what_is_no_object_any_more_is_refused(run: Run, server: ApiServer) -> None:
    server.answers["/apis/apps/v1/namespaces/shop/deployments/web"] = PAGE
    fixing = ("-n", "shop", "--fix", "--yes", "--kubeconfig", str(server.kubeconfig))
    ended = run(*(word for word in SCAN if word != "--no-headers"), *fixing)
    assert ended.code == 2
    assert f"Deployment shop/web: {NO_OBJECT}" in ended.err
