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
from autofix.cluster.inventory import Inventory, read_cluster
from autofix.cluster.scope import Scope, read_scope
from autofix.kubeapi.client import ApiError

Answers = dict[str, list[Any]]
NAMESPACES, DEPLOYMENTS = "/api/v1/namespaces", "/apis/apps/v1/deployments"
JOBS, POD_TEMPLATES = "/apis/batch/v1/jobs", "/api/v1/podtemplates"
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
    found = await read_in(server, read_scope(kinds, tuple(filter(None, namespace.split(",")))))
    return found, server


async def read_in(server: Server, scope: Scope) -> Inventory:
    return await read_cluster(server, scope, lambda *_: None)  # type: ignore[arg-type]


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
    found, _ = await read({DEPLOYMENTS: [a_page(deployment("a"))], JOBS: [forbidden]}, "deploy,jobs")
    assert names(found) == ["a"]
    [problem] = found.problems
    assert str(problem) == (
        "jobs.batch: jobs.batch is forbidden; ask for the right to read them, or name other kinds to look at"
    )


FORBIDDEN = ApiError(403, "forbidden: who knows")


@pytest.mark.parametrize(
    ("words", "paths", "problems", "warnings", "is_whole"),
    [
        # Nobody has named the kind, and no other right is missing.
        ([], [POD_TEMPLATES], "", "podtemplates", True),
        ([], [JOBS], "", "jobs.batch", False),
        ([], [POD_TEMPLATES, JOBS], "jobs.batch, podtemplates", "", False),
        (["podtemplates"], [POD_TEMPLATES], "podtemplates", "", True),
        ([], [NAMESPACES], "namespaces", "", False),
        # The others are read only because they make Pods.
        (["po"], [POD_TEMPLATES, JOBS], "", "jobs.batch, podtemplates", False),
        (["po"], ["/api/v1/pods"], "pods", "", True),
    ],
)
async def test_a_right_that_a_single_kind_lacks_is_a_warning(
    words: list[str], paths: list[str], problems: str, warnings: str, is_whole: bool
) -> None:
    found, _ = await read({path: [FORBIDDEN] for path in paths}, *words)
    assert [str(one).partition(":")[0] for one in found.problems] == ([problems] if problems else [])
    assert [str(one).partition(":")[0] for one in found.warnings] == ([warnings] if warnings else [])
    assert ", ".join(found.unread) == problems + warnings
    # A pod whose owner may not be read may have an owner that says anything.
    assert found.is_whole is is_whole


async def test_several_namespaces_are_read_one_by_one() -> None:
    answers: Answers = {
        f"{NAMESPACES}/a": [namespace(KEYS)],
        f"{NAMESPACES}/b": [ApiError(404, 'namespaces "b" not found')],
        "/apis/apps/v1/namespaces/a/deployments": [a_page(deployment("a"))],
        "/apis/apps/v1/namespaces/b/deployments": [a_page(deployment("b"))],
    }
    found, server = await read(answers, "deploy", namespace="a,b")
    assert names(found) == ["a", "b"]
    assert 'namespaces "b" not found' in str(found.problems)
    assert DEPLOYMENTS not in server.asked


async def test_an_object_that_is_named_is_asked_for() -> None:
    web = "/apis/apps/v1/namespaces/shop/deployments/web"
    gone = ApiError(404, 'deployments.apps "web" not found')
    found, _ = await read({web: [deployment("web")]}, "deploy/web", namespace="shop")
    assert [str(one) for one in found.targets] == ["Deployment shop/web"]
    assert found.focus == ()
    found, _ = await read({web: [gone]}, "deploy/web,cj", namespace="shop")
    assert [str(one) for one in found.problems] == ['deployments.apps "web" not found in Namespace shop']
    assert [kind.kind for kind in found.focus] == ["CronJob"]


async def test_a_namespace_that_is_named_is_read_without_what_is_in_it() -> None:
    _, server = await read({f"{NAMESPACES}/shop": [namespace(KEYS)] * 2}, "ns/shop", namespace="default")
    assert set(server.asked) == {f"{NAMESPACES}/shop"}


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


@pytest.mark.parametrize("word", ["rollouts.argoproj.io", "rollout.argoproj.io", "ro.argoproj.io"])
async def test_custom_resources_are_found_by_their_group(word: str) -> None:
    rollout = {"metadata": {"name": "web", "namespace": "shop"}, "spec": {"note": "linkerd.io"}}
    answers: Answers = {
        "/apis/argoproj.io": [{"preferredVersion": {"groupVersion": "argoproj.io/v1alpha1"}}],
        "/apis/argoproj.io/v1alpha1": [
            {
                "resources": [
                    {"name": "rollouts/status", "kind": "Rollout"},
                    {"name": "rollouts", "singularName": "rollout", "kind": "Rollout", "shortNames": ["ro"]},
                ]
            }
        ],
        ROLLOUTS: [a_page(rollout, {"metadata": {"name": "other"}})],
    }
    found, _ = await read(answers, word)
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
