"""Reading all kinds: what a server may do in the middle of it, and what is said of it."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

import pytest
from builders import WRONG, namespace, workload

import autofix
from autofix.cluster.evaluate import evaluate
from autofix.cluster.inventory import Inventory, Scope, read_cluster
from autofix.kubeapi.client import ApiError
from autofix.kubernetes.kinds import select_kinds

Answers = dict[str, list[Any]]
NAMESPACES, DEPLOYMENTS = "/api/v1/namespaces", "/apis/apps/v1/deployments"
ROLLOUTS = "/apis/argoproj.io/v1alpha1/rollouts"
KEYS = {WRONG: "true"}


def a_page(*items: Any, more: str = "", remaining: int = 0) -> dict[str, Any]:
    return {"metadata": {"continue": more, "remainingItemCount": remaining}, "items": list(items)}


def deployment(name: str) -> dict[str, Any]:
    found = workload(annotations=KEYS)
    found["metadata"]["name"] = name
    return found


class Server:
    """Answers from a script; what it has none for is an empty list."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self.asked: dict[str, list[dict[str, str]]] = defaultdict(list)

    async def request(self, _method: str, path: str, *, query: Any = None, **_: object) -> bytes:
        self.asked[path].append(dict(query or {}))
        found = self.answers.get(path)
        answer = found.pop(0) if found else a_page()
        if isinstance(answer, Exception):
            raise answer
        return json.dumps(answer).encode()


async def read(answers: Answers, *kinds: str, namespace: str = "") -> tuple[Inventory, Server]:
    server = Server(answers)
    builtin, custom = select_kinds(kinds)
    scope = Scope(builtin, custom, namespace)
    found = await read_cluster(server, scope, lambda *_: None)  # type: ignore[arg-type]
    return found, server


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    async def at_once(_: float) -> None:
        return

    monkeypatch.setattr("tenacity.asyncio._portable_async_sleep", at_once)


def names(found: Inventory) -> list[str]:
    return [one.reference.name for one in found.objects]


async def test_pages_are_read_to_the_end() -> None:
    pages = [a_page(deployment("a"), more="next", remaining=1), a_page(deployment("b"))]
    found, server = await read({DEPLOYMENTS: pages}, "deploy")
    assert names(found) == ["a", "b"]
    assert found.count == 2
    assert [one.get("continue") for one in server.asked[DEPLOYMENTS]] == [None, "next"]
    assert {one["limit"] for one in server.asked[DEPLOYMENTS]} == {"500"}


async def test_a_list_that_is_too_old_goes_on_where_the_server_says() -> None:
    gone = ApiError(410, "the provided continue parameter is too old", "go-on")
    pages = [a_page(deployment("a"), more="next"), gone, a_page(deployment("b"))]
    found, server = await read({DEPLOYMENTS: pages}, "deploy")
    assert names(found) == ["a", "b"]
    assert server.asked[DEPLOYMENTS][-1]["continue"] == "go-on"
    assert not found.problems


async def test_a_list_that_is_too_old_begins_anew_where_the_server_offers_nothing() -> None:
    pages = [a_page(deployment("a"), more="next"), ApiError(410, "too old"), a_page(deployment("c"))]
    found, _ = await read({DEPLOYMENTS: pages}, "deploy")
    assert names(found) == ["c"]
    assert found.count == 1


async def test_a_passing_failure_is_tried_again() -> None:
    pages = [ApiError(429, "slow down"), TimeoutError(), a_page(deployment("a"))]
    found, _ = await read({DEPLOYMENTS: pages}, "deploy")
    assert names(found) == ["a"]
    assert not found.problems


async def test_what_may_not_be_read_is_said_and_the_rest_is_read() -> None:
    forbidden = ApiError(403, "jobs.batch is forbidden")
    found, _ = await read({DEPLOYMENTS: [a_page(deployment("a"))], "/apis/batch/v1/jobs": [forbidden]})
    assert names(found) == ["a"]
    [problem] = found.problems
    assert str(problem) == (
        "jobs.batch: jobs.batch is forbidden; ask for the right to read them, or name other kinds to look at"
    )


async def test_one_namespace_is_got_and_not_listed() -> None:
    path = f"{NAMESPACES}/shop"
    found, server = await read({path: [namespace(KEYS)]}, "deploy", namespace="shop")
    assert list(found.namespaces) == ["shop"]
    assert NAMESPACES not in server.asked
    assert "/apis/apps/v1/namespaces/shop/deployments" in server.asked


async def test_what_holds_no_key_is_counted_and_left_behind() -> None:
    plain = workload(annotations={"team": "a"})
    found, _ = await read({DEPLOYMENTS: [a_page(plain, deployment("a"))]}, "deploy")
    assert found.count == 2
    assert names(found) == ["a"]


async def test_custom_resources_are_found_by_their_group() -> None:
    rollout = {"metadata": {"name": "web", "namespace": "shop"}, "spec": {"note": "linkerd.io"}}
    answers: Answers = {
        "/apis/argoproj.io": [{"preferredVersion": {"groupVersion": "argoproj.io/v1alpha1"}}],
        "/apis/argoproj.io/v1alpha1": [{"resources": [{"name": "rollouts", "kind": "Rollout"}]}],
        ROLLOUTS: [a_page(rollout, {"metadata": {"name": "other"}})],
    }
    found, _ = await read(answers, "rollouts.argoproj.io")
    [one] = found.objects
    assert (one.kind.kind, one.document["apiVersion"]) == ("Rollout", "argoproj.io/v1alpha1")


@pytest.mark.parametrize(
    ("answers", "word"),
    [
        ({"/apis/argoproj.io": [ApiError(404, "not found")]}, "are they installed?"),
        (
            {
                "/apis/argoproj.io": [{"preferredVersion": {"groupVersion": "argoproj.io/v1"}}],
                "/apis/argoproj.io/v1": [{"resources": []}],
            },
            "kubectl api-resources",
        ),
    ],
)
async def test_a_resource_that_the_server_lacks_is_said(answers: Answers, word: str) -> None:
    found, _ = await read(answers, "rollouts.argoproj.io")
    [problem] = found.problems
    assert str(problem).startswith("rollouts.argoproj.io: ")
    assert word in str(problem)


async def test_one_cause_is_said_once() -> None:
    forbidden = ApiError(403, "forbidden: who knows")
    paths = ("/apis/apps/v1/statefulsets", "/apis/apps/v1/daemonsets")
    found, _ = await read({path: [ConnectionRefusedError("refused")] * 3 for path in paths}, "sts,ds")
    [problem] = found.problems
    assert str(problem).startswith("statefulsets.apps, daemonsets.apps: refused")
    found, _ = await read({path: [forbidden] for path in paths}, "sts,ds")
    [problem] = found.problems
    assert str(problem).startswith("statefulsets.apps, daemonsets.apps: forbidden")


async def test_a_custom_kind_of_the_table_is_evaluated_at_its_own_places() -> None:
    spec = {"driver": {"annotations": KEYS}, "executor": {"annotations": KEYS}}
    spark = {"metadata": {"name": "nightly", "namespace": "shop", "annotations": KEYS}, "spec": spec}
    group = "/apis/sparkoperator.k8s.io"
    answers: Answers = {
        group: [{"preferredVersion": {"groupVersion": "sparkoperator.k8s.io/v1beta2"}}],
        f"{group}/v1beta2": [{"resources": [{"name": "sparkapplications", "kind": "SparkApplication"}]}],
        f"{group}/v1beta2/sparkapplications": [a_page(spark)],
    }
    inventory, _ = await read(answers, "sparkapplications.sparkoperator.k8s.io")
    [kind] = [kind for kind in inventory.kinds if kind.kind == "SparkApplication"]
    settings = autofix.options(release="2.17", ignore="AFX404")
    [evaluation] = evaluate(inventory, settings, [kind], datetime.now(UTC))
    assert [(finding.code, finding.pointer.rpartition("/")[0]) for finding in evaluation.result.findings] == [
        ("AFX303", "/metadata/annotations"),
        ("AFX101", "/spec/driver/annotations"),
        ("AFX101", "/spec/executor/annotations"),
    ]
    assert {op["path"].rpartition("/")[0] for op in evaluation.result.operations} == {
        "/spec/driver/annotations",
        "/spec/executor/annotations",
    }
