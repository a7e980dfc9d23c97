"""Scans of clusters on loopback: what is shown, and what is said of a cluster that answers oddly."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from api_server import CONFIGURATIONS, ApiServer, served
from command_line import Run
from linkerd_objects import CONFIGS, DEPLOYMENTS, deployment, values
from paths import ROOT
from scanned import rows, scanned

PAGE = b"<html>log in</html>"
STATUS = "HTTP status 403"
ASSUMED = "autofix assumes the default values of Linkerd's chart"
NO_OBJECT = "the API server answered what is no Kubernetes object"


def both(server: ApiServer, odd: ApiServer) -> str:
    """Add another cluster to the kubeconfig of the first; return both contexts."""
    whole, other = (json.loads(cluster.kubeconfig.read_text()) for cluster in (server, odd))
    whole["clusters"].append({"name": "odd", "cluster": other["clusters"][0]["cluster"]})
    whole["contexts"].append({"name": "odd", "context": {"cluster": "odd", "user": "test"}})
    server.kubeconfig.write_text(json.dumps(whole))
    return "test,odd"


def test_a_login_page_in_the_place_of_a_cluster_hides_no_other_cluster(
    run: Run, server: ApiServer, tmp_path: Path
) -> None:
    (tmp_path / "odd").mkdir()
    with served(tmp_path / "odd") as odd:
        odd.page = PAGE
        ended = scanned(run, server, "-A", "--context", both(server, odd))
    assert ended.code == 2
    assert rows(ended.out) == [["test", "shop", "Deployment/web"]]
    assert NO_OBJECT in ended.err
    assert "internal error" not in ended.err


def test_a_list_that_is_no_list_is_an_unknown(run: Run, server: ApiServer) -> None:
    server.answers[CONFIGURATIONS] = {"items": 3}
    ended = scanned(run, server, "-A")
    assert (ended.code, rows(ended.out)) == (1, [["shop", "Deployment/web", "AFX101"]])
    assert "internal error" not in ended.err


def test_a_repair_of_what_is_no_object_any_more_is_refused(run: Run, server: ApiServer) -> None:
    server.answers["/apis/apps/v1/namespaces/shop/deployments/web"] = PAGE
    ended = scanned(run, server, "-n", "shop", "--fix", "--yes")
    assert ended.code == 2
    assert f"Deployment shop/web: {NO_OBJECT}" in ended.err


def test_a_namespace_that_is_not_there_spoils_no_other(run: Run, server: ApiServer) -> None:
    server.answers["/api/v1/namespaces/typo"] = 404
    alone, both = (scanned(run, server, "-n", names) for names in ("shop", "shop,typo"))
    assert (alone.code, both.code) == (1, 2)
    assert "[*]" in alone.out
    assert both.out == alone.out


def test_an_object_in_a_namespace_that_cannot_be_read_is_not_fixed(run: Run, server: ApiServer) -> None:
    server.answers["/api/v1/namespaces/shop"] = 403
    ended = scanned(run, server, "-n", "shop")
    assert "(not fixed: its Namespace cannot be read, and may decide)" in ended.out


@pytest.mark.parametrize(
    ("path", "warning"),
    [
        (
            CONFIGURATIONS,
            f"cannot tell whether our webhook repairs new pods: {STATUS}; autofix assumes that it does not",
        ),
        (
            f"{CONFIGS}/linkerd-config",
            f"cannot read Linkerd's configuration in linkerd: {STATUS}",
        ),
        (
            f"{DEPLOYMENTS}/linkerd-proxy-injector",
            f"cannot read Linkerd's injector in linkerd: {STATUS}",
        ),
        ("/version", f"cannot read the server's version: {STATUS}"),
    ],
)
def test_what_the_cluster_does_not_say_is_said_of_a_known_release_too(
    run: Run, server: ApiServer, path: str, warning: str
) -> None:
    for collection, obj in ((DEPLOYMENTS, deployment("edge-25.10.7")), (CONFIGS, values("a: b"))):
        server.store(collection, obj)
        del server.answers[f"{collection}/{obj['metadata']['name']}"]
    server.answers[path] = 403
    ended = scanned(run, server, "-A")
    warnings = [warning, *([ASSUMED] if path.endswith("linkerd-config") else [])]
    assert [line for line in ended.err.splitlines() if "warning" in line] == [
        f"autofix: warning: {text}" for text in warnings
    ]
    assert "warning" not in scanned(run, server, "-A", "-q").err


@pytest.mark.parametrize("words", [",", " , ", " "])
def test_names_that_name_no_namespace_are_an_error(run: Run, server: ApiServer, words: str) -> None:
    ended = scanned(run, server, "-n", words)
    assert (ended.code, ended.err) == (2, f'autofix: error: -n "{words}" names no Namespace\n')
    assert server.asked == []


def test_empty_places_between_names_are_left_out(run: Run, server: ApiServer) -> None:
    ended = scanned(run, server, "-n", ",shop, ")
    assert rows(ended.out) == [["shop", "Deployment/web", "AFX101"]]


def test_the_ready_roles_list_configurations_and_get_none(run: Run, server: ApiServer) -> None:
    scanned(run, server, "-A")
    paths = [asked.target.partition("?")[0] for asked in server.asked]
    assert [path for path in paths if path.startswith(CONFIGURATIONS)] == [CONFIGURATIONS]
    for role in ("rbac/scan/clusterrole.yaml", "chart/templates/scan-watch.yaml"):
        text = (ROOT / "deploy" / role).read_text()
        assert "resources: [mutatingwebhookconfigurations]\n    verbs: [list]\n" in text
