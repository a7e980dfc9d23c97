"""AFX603: a pod that runs to completion, and never completes."""

from __future__ import annotations

from typing import Any

import pytest
from builders import (
    ALPHA,
    ALPHA_ERA,
    BETA,
    BETA_ERA,
    GA,
    GA_ERA,
    NONE_ERA,
    TEMPLATES,
    WAIT,
    WRONG,
    Annotations,
    Object,
    namespace,
    pod,
    pod_annotations,
    workload,
)
from fixing import fix, found

import autofix
from autofix.engine.options import options
from autofix.rules.finding import Applicability, Finding, Severity

MESHED = {"linkerd.io/inject": "enabled"}
DEBUG = "config.linkerd.io/enable-debug-sidecar"
SHUTDOWN = "config.linkerd.io/proxy-admin-shutdown"


def with_spec(obj: Object, spec: Object) -> Object:
    """An object whose pods have this in their spec."""
    template = obj
    for part in TEMPLATES.get(obj["kind"], ("", ()))[1]:
        template = template[part]
    template["spec"] |= spec
    return obj


def job(annotations: Annotations, **spec: Any) -> Object:
    return with_spec(workload("Job", annotations), spec)


@pytest.mark.parametrize(("release", "key"), [(ALPHA_ERA, ALPHA), ("edge-24.10.1", ALPHA), (BETA_ERA, BETA)])
@pytest.mark.parametrize(
    "obj",
    [
        workload("Job", MESHED),
        workload("CronJob", MESHED),
        with_spec(pod(MESHED), {"restartPolicy": "Never"}),
        with_spec(pod(MESHED), {"restartPolicy": "OnFailure"}),
        with_spec(workload("ReplicaSet", MESHED), {"restartPolicy": "Never"}),
    ],
    ids=["Job", "CronJob", "Never", "OnFailure", "template"],
)
def test_the_key_is_named_and_added_when_it_may_be(obj: Object, release: str, key: str) -> None:
    [finding] = found(obj, "AFX603", release=release)
    assert (finding.severity, finding.applicability) == (Severity.ERROR, Applicability.UNSAFE)
    assert f'add {key}: "true" to the pod template' in finding.message
    assert fix(obj, release=release).operations == ()
    result = fix(obj, release=release, unsafe=True)
    assert pod_annotations(result.object) == {**MESHED, key: "true"}
    assert result.remaining == ()
    assert result.changes_injection


def test_the_namespace_may_ask_for_the_proxy() -> None:
    documents = (namespace(MESHED), workload("Job"), workload("CronJob", {}), workload("Deployment"))
    _, *others = autofix.fix_all(documents, options(release=BETA_ERA, unsafe=True))
    assert [pod_annotations(other.object) for other in others] == [{BETA: "true"}, {BETA: "true"}, None]


def test_a_workflow_of_argo_runs_to_completion() -> None:
    def workflow(template: Annotations, **shared: str) -> Object:
        return {
            "apiVersion": "argoproj.io/v1alpha1",
            "kind": "Workflow",
            "metadata": {"name": "w"},
            "spec": {
                "podMetadata": {"annotations": {**MESHED, **shared}},
                "templates": [{"metadata": {"annotations": template}}],
            },
        }

    [finding] = found(workflow({}), "AFX603", release=BETA_ERA)
    assert finding.path == ("spec", "podMetadata", "annotations")
    assert found(workflow({BETA: "true"}), "AFX603", release=BETA_ERA) == []
    kill = {"workflows.argoproj.io/kill-cmd-linkerd-proxy": '["linkerd-await"]'}
    assert found(workflow({}, **kill), "AFX603", release=BETA_ERA) == []


@pytest.mark.parametrize(
    ("obj", "release"),
    [
        # It gets no proxy, or nobody knows whether it does.
        (job({}), BETA_ERA),
        (job({"linkerd.io/inject": "disabled"}), BETA_ERA),
        (job({"linkerd.io/inject": "true"}), BETA_ERA),
        (job(MESHED, hostNetwork=True), BETA_ERA),
        (job(MESHED, initContainers=[{"name": "linkerd-proxy", "restartPolicy": "Always"}]), BETA_ERA),
        # It is a native sidecar, or will be, or nobody knows.
        (job(MESHED), GA_ERA),
        (job(MESHED), None),
        (job({**MESHED, BETA: "true"}), BETA_ERA),
        (job({**MESHED, WRONG: "true"}), BETA_ERA),
        (job({**MESHED, BETA: "yes"}), BETA_ERA),
        (job({**MESHED, BETA: "maybe"}), BETA_ERA),
        (job({**MESHED, BETA: "false", WRONG: "true"}), BETA_ERA),
        # The pod ends the proxy itself.
        (job(MESHED, containers=[{"name": "a", "command": ["linkerd-await", "--shutdown"]}]), BETA_ERA),
        (job(MESHED, containers=[{"name": "a", "args": ["curl localhost:4191/shutdown"]}]), BETA_ERA),
        (job({**MESHED, SHUTDOWN: "enabled"}), BETA_ERA),
        # It does not run to completion.
        (workload("Deployment", MESHED), BETA_ERA),
        (pod(MESHED), BETA_ERA),
        (with_spec(pod(MESHED), {"restartPolicy": "Always"}), BETA_ERA),
        # The injector denies it, which AFX402 says.
        (job({**MESHED, ALPHA: "true", WAIT: "5"}), ALPHA_ERA),
    ],
)
def test_it_is_silent_about_others(obj: Object, release: str | None) -> None:
    assert found(obj, "AFX603", release=release) == []


@pytest.mark.parametrize(
    ("own", "around", "release", "reason"),
    [
        ({BETA: "false"}, {}, BETA_ERA, f"{BETA} on the pod asks for that"),
        ({}, {BETA: "false"}, BETA_ERA, f"{BETA} on the Namespace asks for that"),
        ({GA: "false"}, {}, GA_ERA, f"{GA} on the pod asks for that"),
    ],
)
def test_what_somebody_meant_is_said_and_left(
    own: Annotations, around: Annotations, release: str, reason: str
) -> None:
    documents = (namespace({**MESHED, **around}), job(own))
    _, result = autofix.fix_all(documents, options(release=release, unsafe=True))
    [finding] = of_code(result)
    assert (finding.severity, finding.fix) == (Severity.INFO, None)
    assert finding.message.endswith(reason)
    assert pod_annotations(result.object) == own


@pytest.mark.parametrize(
    ("known", "gate"), [({"kubernetes": "1.28"}, "AFX403"), ({"wait_before_exit": 5}, "AFX402")]
)
def test_gates_withhold_the_key(known: dict[str, Any], gate: str) -> None:
    [finding] = found(job(MESHED), "AFX603", release=BETA_ERA, unsafe=True, **known)
    assert finding.withheld is not None
    assert finding.withheld.startswith(gate)


def test_the_debug_container_never_ends_either() -> None:
    [finding] = found(job({**MESHED, DEBUG: "true", BETA: "true"}), "AFX603", release=BETA_ERA)
    assert finding.applicability is Applicability.DISPLAY
    assert finding.message.endswith(f"remove {DEBUG}")


def test_a_release_without_native_sidecars_has_another_way_out() -> None:
    [finding] = found(job(MESHED), "AFX603", release=NONE_ERA)
    assert finding.message.endswith("upgrade Linkerd 2.14, or run linkerd-await")


def of_code(result: autofix.Result) -> list[Finding]:
    return [finding for finding in result.findings if finding.code == "AFX603"]
