"""Jobs complete: who opted in gets native sidecars on pods of Jobs, and on no other pod."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from builders import ALPHA, IGNORE, KEYS, TEMPLATES, WAIT, WRONG, Object
from looking import CONTAINER, NATIVE, NONE, make_due, pod_of, pods_when, proxies, proxy_of, workload_of
from mesh import INJECT, VERSIONS, Mesh
from reviews import fixes_of, keys_of, outcomes_of, tried, warnings_of

# Nothing in these depends on the version of Kubernetes, and they take their time.
pytestmark = pytest.mark.parametrize("cluster", VERSIONS[-1:], indirect=True)

Annotations = dict[str, str]
COMPLETE = "linkerd-autofix.io/complete-jobs"
SHUTDOWN = "config.linkerd.io/proxy-admin-shutdown"
AWAIT: Object = {"command": ["linkerd-await", "--shutdown", "--", "report"]}
CALL: Object = {"command": ["sh", "-c", "report; curl -X POST http://localhost:4191/shutdown"]}
WORKFLOW: Object = {
    "apiVersion": "argoproj.io/v1alpha1",
    "kind": "Workflow",
    "name": "report",
    "uid": "11111111-1111-1111-1111-111111111111",
    "controller": True,
}


@dataclass(frozen=True)
class Row:
    """A workload in a Namespace of its own, and how its pod comes out.

    Attributes:
        expected: the kind of the proxy, or by era what is not the same in all.
        kind: of the workload.
        by_setting: whether the webhook runs with AUTOFIX_COMPLETE_JOBS.
        namespace: annotations of the Namespace.
        own: annotations of the pod template.
        container: more of its container.
        spec: more of its pod's spec.
    """

    expected: str | Mapping[str, str]
    kind: str = "Job"
    by_setting: bool = True
    namespace: Annotations = field(default_factory=dict)
    own: Annotations = field(default_factory=dict)
    container: Object = field(default_factory=dict)
    spec: Object = field(default_factory=dict)

    def in_era(self, era: str) -> str:
        return self.expected if isinstance(self.expected, str) else self.expected[era]


def on(key: str, value: str) -> Annotations:
    return {key: value}


ROWS: dict[str, Row] = {
    # Opted in, by either way.
    "job": Row(NATIVE),
    "job-that-tries-again": Row(NATIVE, spec={"restartPolicy": "OnFailure"}),
    "cronjob": Row(NATIVE, "CronJob"),
    "job-by-namespace": Row(NATIVE, by_setting=False, namespace=on(COMPLETE, "enabled")),
    "cronjob-by-namespace": Row(NATIVE, "CronJob", by_setting=False, namespace=on(COMPLETE, "enabled")),
    "job-asking-for-a-proxy": Row(NATIVE, namespace=on(INJECT, "disabled"), own=on(INJECT, "enabled")),
    # Not opted in, or opted out.
    "nobody-asked": Row(CONTAINER, by_setting=False),
    "not-this-value": Row(CONTAINER, by_setting=False, namespace=on(COMPLETE, "yes please")),
    "namespace-refuses": Row(CONTAINER, namespace=on(COMPLETE, "disabled")),
    "ignored-on-pod": Row(CONTAINER, own=on(IGNORE, "*")),
    "ignored-by-code": Row(CONTAINER, own=on(IGNORE, "AFX603")),
    "ignored-on-namespace": Row(CONTAINER, namespace=on(IGNORE, "AFX603")),
    # Somebody said something else.
    "key-on-pod": Row(CONTAINER, own=on(ALPHA, "false")),
    "wrong-key-on-pod": Row(CONTAINER, own=on(WRONG, "false")),
    "key-on-namespace": Row(CONTAINER, namespace=on(ALPHA, "false")),
    "wrong-key-on-namespace": Row(CONTAINER, namespace=on(WRONG, "false")),
    "unclear-key": Row(CONTAINER, own=on(ALPHA, "maybe")),
    # The pod ends its proxy itself.
    "await": Row(CONTAINER, container=AWAIT),
    "call-of-shutdown": Row(CONTAINER, container=CALL),
    "admin-shutdown": Row(CONTAINER, own=on(SHUTDOWN, "enabled")),
    # The gates.
    "would-be-denied": Row({"alpha": CONTAINER, "beta": CONTAINER, "ga": NATIVE}, own=on(WAIT, "5")),
    "would-be-denied-by-namespace": Row(
        {"alpha": CONTAINER, "beta": CONTAINER, "ga": NATIVE}, namespace=on(WAIT, "5")
    ),
    # No proxy, no key.
    "not-injected": Row(NONE, own=on(INJECT, "disabled")),
    "host-network": Row(NONE, spec={"hostNetwork": True}),
    # No Job.
    "deployment": Row(CONTAINER, "Deployment"),
    "bare": Row(CONTAINER, "Pod", spec={"restartPolicy": "Never"}),
    "bare-that-tries-again": Row(CONTAINER, "Pod", spec={"restartPolicy": "OnFailure"}),
    "bare-by-namespace": Row(
        CONTAINER,
        "Pod",
        by_setting=False,
        namespace=on(COMPLETE, "enabled"),
        spec={"restartPolicy": "Never"},
    ),
    "bare-for-ever": Row(CONTAINER, "Pod"),
    "workflow": Row(CONTAINER, "Workflow", spec={"restartPolicy": "Never"}),
    "bare-with-await": Row(CONTAINER, "Pod", container=AWAIT, spec={"restartPolicy": "Never"}),
}
# Pods that run to completion and that no Job owns: their users are only told.
WARNED = {"bare", "bare-that-tries-again", "bare-by-namespace", "workflow"}


def object_of(name: str, row: Row, namespace: str) -> Object:
    if row.kind in TEMPLATES:
        obj = workload_of(row.kind, name, namespace, row.own)
        template: Any = obj
        for part in TEMPLATES[row.kind][1]:
            template = template[part]
    else:
        obj = template = pod_of(name, namespace, row.own)
        if row.kind == "Workflow":
            obj["metadata"]["ownerReferences"] = [WORKFLOW]
    template["spec"].update(row.spec)
    template["spec"]["containers"][0].update(row.container)
    return obj


@pytest.mark.parametrize("by_setting", [True, False], ids=["by setting", "by Namespace"])
def test_pods_of_jobs_come_out_native_where_somebody_opted_in(mesh: Mesh, by_setting: bool) -> None:
    rows = {name: row for name, row in ROWS.items() if row.by_setting is by_setting}
    made = {}
    with (
        mesh.linkerd(),
        mesh.namespaces(**{name: row.namespace for name, row in rows.items()}) as spaces,
        mesh.autofix(spaces, complete_jobs=by_setting) as endpoint,
    ):
        objects = {name: object_of(name, row, spaces[name]) for name, row in rows.items()}
        workloads = {name for name, row in rows.items() if row.kind in TEMPLATES}
        mesh.cluster.apply(*(objects[name] for name in workloads))
        for name in workloads:
            if rows[name].kind == "CronJob":
                make_due(mesh.cluster, spaces[name], name)
        for name in workloads:
            made[name] = pods_when(mesh.cluster, spaces[name], bool)[name]
        warned = {}
        for name in rows.keys() - workloads:
            answer = tried(mesh.cluster, [objects[name]])
            [made[name]] = answer.objects
            warned[name] = any("AFX603" in text for text in warnings_of(answer))
        expected = {name: row.in_era(mesh.era) for name, row in rows.items()}
        assert {name: proxy_of(pod) for name, pod in made.items()} == expected
        assert warned == {name: name in WARNED for name in rows.keys() - workloads}
        # It is no repair of somebody's key, and counted on its own.
        assert fixes_of(endpoint)["AFX603"] == sum(kind == NATIVE for kind in expected.values())
        repaired = [name for name in rows if name.startswith("wrong-key")]
        assert outcomes_of(endpoint)["fixed"] == fixes_of(endpoint)["AFX101"] == len(repaired)
    keys = {name: keys_of(pod) for name, pod in made.items() if expected[name] == NATIVE}
    assert keys == {name: {KEYS[mesh.era]: "true"} for name in keys}


def test_a_job_that_is_native_already_gets_no_key(mesh: Mesh) -> None:
    with (
        mesh.linkerd(native=True),
        mesh.namespaces(native={}) as spaces,
        mesh.autofix(spaces, complete_jobs=True, native_sidecar_default=True) as endpoint,
    ):
        mesh.cluster.apply(workload_of("Job", "web", spaces["native"], {}))
        pods = pods_when(mesh.cluster, spaces["native"], bool)
        assert proxies(pods.values()) == {pod["metadata"]["name"]: NATIVE for pod in pods.values()}
        assert keys_of(pods["web"]) == {}
        assert fixes_of(endpoint) == {}
