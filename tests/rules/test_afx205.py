"""AFX205: a value of another domain that is not a string."""

from __future__ import annotations

from typing import Any

import pytest
from builders import ALPHA, GA_ERA, a_list, namespace, pod, workload
from fixing import codes, fix, fixed, found

import autofix
from autofix.rules.context import Door

INJECT = {"linkerd.io/inject": "enabled"}
SCRAPE, PORT = "prometheus.io/scrape", "prometheus.io/port"


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        (SCRAPE, True, "true"),
        ("cluster-autoscaler.kubernetes.io/safe-to-evict", False, "false"),
        (PORT, 9090, "9090"),
        ("example.com/ratio", 0.5, "0.5"),
        ("example.com/seconds", 1e3, "1000"),
        ("example.com/large", 2**70, str(2**70)),
        ("team", 7, "7"),
        ("linkerd-autofix.io/ignore", 5, "5"),
        ("notlinkerd.io/inject", True, "true"),
        ("sidecar.istio.io/inject", False, "false"),
    ],
)
def test_it_is_quoted(key: str, value: object, text: str) -> None:
    assert fixed(INJECT | {key: value}) == INJECT | {key: text}
    [finding] = found(INJECT | {key: value}, "AFX205")
    assert f'the API server accepts only strings; write "{text}"' in finding.message
    assert finding.path[-1] == finding.key == key


@pytest.mark.parametrize("value", [["a"], {"a": "b"}, [], {}, float("inf"), float("nan")])
def test_without_a_plain_meaning_it_is_shown(value: object) -> None:
    [finding] = found(INJECT | {SCRAPE: value}, "AFX205")
    assert finding.applicability == "display"
    assert "write the value that is meant in quotes" in finding.message
    assert not fix(pod(INJECT | {SCRAPE: value})).operations


@pytest.mark.parametrize(
    "annotations",
    [
        INJECT | {SCRAPE: "true"},
        INJECT | {SCRAPE: ""},
        INJECT | {SCRAPE: None},
        INJECT | {PORT: "9090"},
        INJECT | {"config.linkerd.io/proxy-cpu-limit": 1},
        {ALPHA: True},
        {SCRAPE: True},
        {SCRAPE: True, PORT: 9090},
        {"example.com/linkerd": True},
    ],
)
def test_strings_null_linkerds_own_keys_and_other_objects_are_left_alone(annotations: dict[str, Any]) -> None:
    assert "AFX205" not in codes(annotations)


@pytest.mark.parametrize(
    ("obj", "count"),
    [
        (pod(INJECT, labels={"app": "web", "canary": True}), 1),
        (namespace(INJECT | {"a": 1}, labels={"b": 2}), 2),
        (workload("Deployment", INJECT, own={"reloader.stakater.com/auto": True}), 1),
        (workload("Job", {SCRAPE: True}, own=INJECT), 1),
        (workload("CronJob", INJECT | {SCRAPE: True, PORT: 1}), 2),
        (a_list(pod(INJECT | {SCRAPE: True}), pod({SCRAPE: True})), 1),
        (
            {
                "apiVersion": "v1",
                "kind": "Service",
                "metadata": {"annotations": INJECT | {"a": 1}, "labels": {"b": True}},
            },
            2,
        ),
    ],
)
def test_it_looks_at_annotations_and_labels_of_the_object_and_its_pods(
    obj: dict[str, Any], count: int
) -> None:
    findings = found(obj, "AFX205")
    assert len(findings) == count
    assert {finding.applicability for finding in findings} == {"safe"}
    assert not found(fix(obj).object, "AFX205")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("select", "count"),
    [("AFX205", 1), ("AFX101, afx205", 1), (["AFX205"], 1), ("AFX2", 0), ("ALL", 0), (None, 0)],
)
@pytest.mark.parametrize("kind", ["Service", "ConfigMap", "Pod"])
def test_by_its_code_it_looks_at_every_object(kind: str, select: object, count: int) -> None:
    obj = {"apiVersion": "v1", "kind": kind, "metadata": {"annotations": {SCRAPE: True}}}
    assert len(found(obj, "AFX205", select=select)) == count
    assert not found(obj, "AFX205", select=select, ignore="AFX205")


def custom(annotations: dict[str, Any]) -> dict[str, Any]:
    template = {"metadata": {"annotations": annotations}, "spec": {"containers": []}}
    return {"apiVersion": "example.com/v1", "kind": "Shop", "metadata": {}, "spec": {"template": template}}


def test_in_a_custom_resource_it_is_shown() -> None:
    [finding] = found(custom(INJECT | {SCRAPE: True}), "AFX205", unsafe=True)
    assert finding.applicability == "display"
    assert finding.severity == "error"


@pytest.mark.parametrize("obj", [custom(INJECT | {SCRAPE: True}), pod(INJECT | {SCRAPE: True})])
@pytest.mark.parametrize("door", list(Door))
def test_at_the_webhook_it_is_never_in_a_patch(obj: dict[str, Any], door: Door) -> None:
    [result] = autofix.fix_all((obj,), autofix.options(release=GA_ERA, door=door, unsafe=True))
    heard = "AFX205" in [finding.code for finding in result.findings]
    at_webhook = door in (Door.WEBHOOK_POD, Door.WEBHOOK_WORKLOAD)
    assert heard == (not at_webhook)
    if door not in (Door.LIBRARY, Door.COMMAND_LINE, Door.CLUSTER):
        assert not result.operations


def test_a_namespace_that_is_fixed_in_two_rounds_keeps_it() -> None:
    obj = namespace({"config.linkerd.io/enable-debug-sidecar": "yes", "app": True})
    assert fix(obj).object["metadata"]["annotations"] == {  # type: ignore[index]
        "config.linkerd.io/enable-debug-sidecar": "true",
        "app": "true",
    }
