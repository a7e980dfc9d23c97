"""Objects that the user names: the findings about what made them, and about the pods that they made."""

from __future__ import annotations

from typing import Any

import pytest
from api_server import ApiServer
from builders import ALPHA, WRONG, pod, workload
from command_line import Run
from linkerd_objects import owned_by
from scanned import put, rows, scanned

ENDED = {"terminated": {"exitCode": 0, "finishedAt": "2026-01-01T09:00:00Z"}}
VERSIONS = {"Job": "batch/v1", "CronJob": "batch/v1", "Runner": "example.com/v1"}


def named(obj: dict[str, Any], name: str, owner: str = "") -> dict[str, Any]:
    """Give an object a name, and an owner such as ``Job/report``."""
    kind, _, owner_name = owner.partition("/")
    owners = [{**one, "apiVersion": VERSIONS.get(kind, "apps/v1")} for one in owned_by(kind, owner_name)]
    obj["metadata"] |= {"name": name, **({"ownerReferences": owners} if owner else {})}
    return obj


def held_pod() -> dict[str, Any]:
    """A pod whose own container has ended, and whose proxy runs."""
    body = pod({})
    body["spec"] = {"restartPolicy": "Never", "containers": [{"name": "app"}, {"name": "linkerd-proxy"}]}
    states = [{"name": "app", "state": ENDED}, {"name": "linkerd-proxy", "state": {"running": {}}}]
    return body | {"status": {"containerStatuses": states}}


@pytest.fixture
def shop(server: ApiServer) -> ApiServer:
    """A Deployment with a wrong key and a CronJob that hangs, and all that they made."""
    asks = {"linkerd.io/inject": "enabled"}
    put(
        server,
        "apps/v1",
        "replicasets",
        named(workload("ReplicaSet", {WRONG: "true"}), "web-x", "Deployment/web"),
    )
    put(server, "v1", "pods", named(pod({WRONG: "true"}), "web-x-1", "ReplicaSet/web-x"))
    put(server, "batch/v1", "cronjobs", named(workload("CronJob", asks), "report"))
    for name in ("report-1", "report-2"):
        put(server, "batch/v1", "jobs", named(workload("Job", asks), name, "CronJob/report"))
        put(server, "v1", "pods", named(held_pod(), f"{name}-a", f"Job/{name}"))
    return server


WEB = ["shop", "Deployment/web", "AFX101"]
REPORT = ["shop", "CronJob/report", "AFX603"]
FIRST, SECOND = (["shop", f"Pod/report-{number}-a", "AFX601"] for number in (1, 2))


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("deploy/web", [WEB]),
        ("rs/web-x", [WEB]),
        ("po/web-x-1", [WEB]),
        ("cj/report", [REPORT, FIRST, SECOND]),
        # The pods of the other Job are none of its.
        ("job/report-1", [REPORT, FIRST]),
        ("po/report-2-a", [REPORT, SECOND]),
    ],
)
def test_a_named_object_is_shown_with_what_made_it_and_with_its_pods(
    run: Run, shop: ApiServer, word: str, expected: list[list[str]]
) -> None:
    ended = scanned(run, shop, "-n", "shop", word)
    assert (ended.code, sorted(rows(ended.out))) == (1, sorted(expected)), ended.err


def test_a_named_object_is_shown_and_not_its_copy(run: Run, server: ApiServer) -> None:
    for name in ("run-a", "run-b"):
        put(
            server,
            "apps/v1",
            "replicasets",
            named(workload("ReplicaSet", {WRONG: "true"}), name, "Runner/run"),
        )
    ended = scanned(run, server, "-n", "shop", "rs/run-b")
    assert rows(ended.out) == [["shop", "ReplicaSet/run-b", "AFX101"]]


def test_owners_in_a_circle_end(run: Run, server: ApiServer) -> None:
    put(server, "batch/v1", "jobs", named(workload("Job", {WRONG: "true"}), "a", "Job/b"))
    put(server, "batch/v1", "jobs", named(workload("Job", {WRONG: "true"}), "b", "Job/a"))
    put(server, "v1", "pods", named(held_pod(), "held", "Job/a"))
    ended = scanned(run, server, "-n", "shop", "job/b")
    assert rows(ended.out) == [["shop", "Pod/held", "AFX601"]]


def test_an_owner_that_may_not_be_read_is_an_error(run: Run, shop: ApiServer) -> None:
    shop.answers["/apis/batch/v1/namespaces/shop/cronjobs"] = 403
    ended = scanned(run, shop, "-n", "shop", "job/report-1")
    assert ended.code == 2
    assert "error: cronjobs.batch: " in ended.err


def test_pods_of_a_deployment_that_an_operator_made_are_compared_with_its_template(
    run: Run, server: ApiServer
) -> None:
    keys = {ALPHA: "true", "linkerd.io/inject": "enabled"}
    put(server, "apps/v1", "deployments", named(workload("Deployment", keys), "api", "Runner/api"))
    put(server, "apps/v1", "replicasets", named(workload("ReplicaSet", keys), "api-x", "Deployment/api"))
    old = pod(keys)
    old["spec"]["containers"].append({"name": "linkerd-proxy"})
    put(server, "v1", "pods", named(old, "api-x-1", "ReplicaSet/api-x"))
    for word in ("deploy/api", "po/api-x-1"):
        ended = scanned(run, server, "-n", "shop", word)
        assert rows(ended.out) == [["shop", "Runner/api", "AFX602"]]
