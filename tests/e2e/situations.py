"""More than forty situations of a live cluster, a Namespace each, and what a scan must say of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from builders import ALPHA, BETA, GA, IGNORE, TEMPLATES, WAIT, WRONG, Annotations, Object
from looking import workload_of

INJECT = {"linkerd.io/inject": "enabled"}
CREATED = {"linkerd.io/created-by": "linkerd/proxy-injector edge-24.10.1"}
LEVEL = "config.linkerd.io/proxy-log-level"
APP = {"name": "app", "image": "app"}
PROXY = {"name": "linkerd-proxy", "image": "proxy"}
DEBUG = {"name": "linkerd-debug", "image": "debug"}
RUNS: Object = {"running": {"startedAt": "2026-01-01T08:00:00Z"}}
ENDED: Object = {
    "terminated": {"exitCode": 0, "startedAt": "2026-01-01T08:00:00Z", "finishedAt": "2026-01-01T09:00:00Z"}
}


@dataclass(frozen=True)
class Situation:
    """A named situation.

    Attributes:
        objects: what is created, in this order, in the Namespace ``name``.
        annotations: of the Namespace.
        states: of the containers of each pod, by the pod's label ``app`` and the container's name.
        plain: whether its Deployment has lost the proxy of its pods since: it is paused, and they are older.
    """

    name: str
    objects: Sequence[Object]
    annotations: Annotations = field(default_factory=dict)
    states: Mapping[str, Mapping[str, Object]] = field(default_factory=dict)
    plain: bool = False


def one(
    kind: str,
    *annotations: Annotations,
    own: Annotations | None = None,
    labels: Annotations | None = None,
    **more: Any,
) -> Object:
    """A workload; ``own`` are annotations of its own metadata, ``more`` goes into the spec of its pods."""
    found = workload_of(kind, "web", "", {key: value for some in annotations for key, value in some.items()})
    del found["metadata"]["namespace"]
    if own:
        found["metadata"]["annotations"] = dict(own)
    if kind == "CronJob":
        found["spec"]["suspend"] = True
    if labels:
        pod_template(found)["metadata"]["labels"] |= labels
    if more:
        pod_template(found)["spec"].update(more)
    return found


def pod_template(found: Object) -> Any:
    for part in TEMPLATES[found["kind"]][1]:
        found = found[part]
    return found


def bare(annotations: Annotations, *proxies: Object, native: bool = False, **spec: Any) -> Object:
    """A Pod that nothing owns."""
    whole: Object = {"containers": [APP, *([] if native else proxies)], **spec}
    if native:
        whole["initContainers"] = [{**found, "restartPolicy": "Always"} for found in proxies]
    metadata = {"name": "web", "labels": {"app": "web"}, "annotations": dict(annotations)}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": whole}


def value(key: str, text: str = "true") -> dict[str, str]:
    return {key: text}


WITH_PROXY: dict[str, Any] = {"containers": [APP, PROXY]}
HELD = {"web": {"app": ENDED, "linkerd-proxy": RUNS}}
LIVE = {"web": {"app": RUNS, "linkerd-proxy": RUNS}}

SITUATIONS = (
    # Healthy ones.
    Situation("nothing-of-linkerd", [one("Deployment")]),
    Situation("injected-and-no-more", [one("Deployment", INJECT)]),
    Situation("alpha-key", [one("Deployment", INJECT, value(ALPHA))]),
    Situation("beta-key", [one("StatefulSet", INJECT, value(BETA))]),
    Situation("ga-key", [one("DaemonSet", INJECT, value(GA))]),
    Situation("alpha-on-namespace", [one("Deployment", INJECT)], annotations=value(ALPHA)),
    Situation("beta-on-namespace", [one("Deployment", INJECT)], annotations=value(BETA)),
    Situation("ga-on-namespace", [one("Deployment", INJECT)], annotations=value(GA)),
    Situation("opted-out-object", [one("Deployment", INJECT, value(WRONG), own=value(IGNORE, "*"))]),
    Situation("opted-out-namespace", [one("Deployment", value(WRONG))], annotations=value(IGNORE, "AFX101")),
    # Wrong keys, at every level and on every kind.
    Situation("wrong-on-deployment", [one("Deployment", INJECT, value(WRONG))]),
    Situation("wrong-on-statefulset", [one("StatefulSet", INJECT, value(WRONG))]),
    Situation("wrong-on-daemonset", [one("DaemonSet", INJECT, value(WRONG))]),
    Situation("wrong-on-replicaset", [one("ReplicaSet", INJECT, value(WRONG))]),
    Situation("wrong-on-rc", [one("ReplicationController", INJECT, value(WRONG))]),
    Situation("wrong-on-job", [one("Job", INJECT, value(WRONG))]),
    Situation("wrong-on-cronjob", [one("CronJob", INJECT, value(WRONG))]),
    Situation("wrong-on-podtemplate", [one("PodTemplate", INJECT, value(WRONG))]),
    Situation("wrong-on-pod", [bare({**INJECT, **value(WRONG)})]),
    Situation("wrong-on-namespace", [one("Deployment", INJECT)], annotations=value(WRONG)),
    Situation("wrong-on-both", [one("Deployment", value(WRONG))], annotations=value(WRONG, "false")),
    Situation("leftover", [one("Deployment", INJECT, value(WRONG), value(ALPHA))]),
    Situation("disagreement", [one("Deployment", INJECT, value(ALPHA), value(BETA, "false"))]),
    Situation("shadowed", [one("Deployment", value(ALPHA, "false"))], annotations=value(GA)),
    Situation("near-miss", [one("Deployment", INJECT, {"config.linkerd.io/enable-sidecar": "true"})]),
    # Values.
    Situation("value-yes", [one("Deployment", INJECT, value(ALPHA, "yes"))]),
    Situation("value-quoted-twice", [one("CronJob", INJECT, value(ALPHA, '"true"'))]),
    Situation("value-unclear", [one("Deployment", INJECT, value(ALPHA, "maybe"))]),
    Situation("inject-true", [one("Deployment", {"linkerd.io/inject": "true"})]),
    # Places.
    Situation("on-the-workload", [one("Deployment", INJECT, own=value(ALPHA))]),
    Situation("on-labels", [one("Deployment", INJECT, labels={ALPHA: "true"})]),
    Situation("on-the-cronjob", [one("CronJob", INJECT, own=value(WRONG))]),
    # Gates and notes.
    Situation("would-be-denied", [one("Deployment", INJECT, value(WRONG), {WAIT: "5"})]),
    Situation("unknown-annotation", [one("Deployment", INJECT, {"config.linkerd.io/proxy-logg": "x"})]),
    # Running pods.
    Situation("held-job", [one("Job", INJECT, value(ALPHA), **WITH_PROXY)], states=HELD),
    Situation("held-bare-pod", [bare(INJECT, PROXY, restartPolicy="Never")], states=HELD),
    Situation(
        "held-by-debug",
        [
            bare(
                {**INJECT, **value(ALPHA)}, PROXY, native=True, restartPolicy="Never", containers=[APP, DEBUG]
            )
        ],
        states={"web": {"app": ENDED, "linkerd-debug": RUNS}},
    ),
    Situation(
        "older-than-its-namespace",
        [one("Deployment", INJECT, **WITH_PROXY)],
        annotations=value(ALPHA),
        states=LIVE,
        plain=True,
    ),
    Situation("older-bare-pod", [bare({**CREATED, **INJECT, **value(ALPHA)}, PROXY)], states=LIVE),
    Situation(
        "newer-than-its-namespace",
        [bare({**CREATED, **INJECT}, PROXY, native=True)],
        annotations=value(ALPHA, "false"),
    ),
    Situation("native-as-asked", [bare({**CREATED, **INJECT, **value(ALPHA)}, PROXY, native=True)]),
    Situation("not-meshed-any-more", [bare({**CREATED, **value(ALPHA)}, PROXY)], states=LIVE),
    # Jobs without any key, and values that break the injector's patch.
    Situation("silent-job", [one("Job", INJECT)]),
    Situation("silent-in-namespace", [one("CronJob")], annotations=INJECT),
    Situation("job-that-awaits", [one("Job", INJECT, containers=[{**APP, "command": ["linkerd-await"]}])]),
    Situation("broken-alpha", [one("Deployment")], annotations={**INJECT, **value(ALPHA, '"true"')}),
    Situation("broken-log-level", [one("Deployment")], annotations={**INJECT, LEVEL: 'warn,"linkerd"=info'}),
    Situation("busy-job", [one("Job", INJECT, **WITH_PROXY)], states=LIVE),
)
# What a scan says of each, as the kind and the rest of the code AFX…; ``"`` is the same as in the era before.
_EXPECTED = """
situation                | none            | alpha           | beta            | ga
nothing-of-linkerd       |                 |                 |                 |
injected-and-no-more     |                 |                 |                 |
alpha-key                | Deployment 401  |                 | Deployment 106  | "
beta-key                 | StatefulSet 401 | StatefulSet 102 |                 | StatefulSet 106
ga-key                   | DaemonSet 401   | DaemonSet 102   | "               |
alpha-on-namespace       | Namespace 401   |                 | Namespace 106   | "
beta-on-namespace        | Namespace 401   | Namespace 102   |                 | Namespace 102
ga-on-namespace          | Namespace 401   | Namespace 102   | "               |
opted-out-object         |                 |                 |                 |
opted-out-namespace      | Deployment 401  |                 |                 |
wrong-on-deployment      | Deployment 401  | Deployment 101  | "               | "
wrong-on-statefulset     | StatefulSet 401 | StatefulSet 101 | "               | "
wrong-on-daemonset       | DaemonSet 401   | DaemonSet 101   | "               | "
wrong-on-replicaset      | ReplicaSet 401  | ReplicaSet 101  | "               | "
wrong-on-rc              | ReplicationController 401 | ReplicationController 101 | " | "
wrong-on-job             | Job 401         | Job 101         | "               | "
wrong-on-cronjob         | CronJob 401     | CronJob 101     | "               | "
wrong-on-podtemplate     | PodTemplate 401 | PodTemplate 101 | "               | "
wrong-on-pod             | Pod 401         | Pod 101         | "               | "
wrong-on-namespace       | Namespace 401   | Namespace 101   | "               | "
wrong-on-both            | Deployment 401, Namespace 401 | Deployment 101, Namespace 101 | " | "
leftover                 | Deployment 401, Deployment 401 | Deployment 105 | Deployment 105, Deployment 106 | "
disagreement             | Deployment 104, Deployment 401, Deployment 401 | Deployment 102, Deployment 104 | Deployment 104 | Deployment 104, Deployment 106
shadowed                 | Deployment 401, Namespace 401 | Namespace 102 | Deployment 103, Namespace 102 | Deployment 103
near-miss                | Deployment 107  | "               | "               | "
value-yes                | Deployment 401  | Deployment 202 | " | "
value-quoted-twice       | CronJob 401     | CronJob 202 | "          | "
value-unclear            | Deployment 204, Deployment 401 | Deployment 204 | " | "
inject-true              | Deployment 203  | "               | "               | "
on-the-workload          | Deployment 301  | "               | "               | "
on-labels                | Deployment 302  | "               | "               | "
on-the-cronjob           | CronJob 301, CronJob 603 | "      | "               | CronJob 301
would-be-denied          | Deployment 401  | Deployment 101, Deployment 402 | " | Deployment 101
unknown-annotation       | Deployment 501  | "               | "               | "
held-job                 | Job 401, Pod 601 | Pod 601        | Job 106, Pod 601 | "
held-bare-pod            | Pod 601         | "               | "               | "
held-by-debug            | Pod 401, Pod 601 | Pod 601        | Pod 106, Pod 601 | "
older-than-its-namespace | Namespace 401   | Deployment 602  | Deployment 602, Namespace 106 | "
older-bare-pod           | Pod 401         | Pod 602         | Pod 106, Pod 602 | "
newer-than-its-namespace | Namespace 401   | Pod 602         | Namespace 106, Pod 602 | "
native-as-asked          | Pod 401         |                 | Pod 106         | "
not-meshed-any-more      | Pod 401         |                 | Pod 106         | "
silent-job               | Job 603         | "               | "               |
silent-in-namespace      | CronJob 603     | "               | "               |
job-that-awaits          |                 |                 |                 |
broken-alpha             | Namespace 401   | Namespace 202, Namespace 406 | " | "
broken-log-level         | Namespace 406   | "               | "               | "
busy-job                 |                 |                 |                 |
"""  # noqa: E501  # a table
ERAS = {"none": "stable-2.14.10", "alpha": "edge-24.10.1", "beta": "edge-25.10.7", "ga": "edge-26.6.3"}


def expected_in(era: str) -> dict[str, list[str]]:
    """What a scan says of each situation of which it says anything, with a release of this era."""
    head, *rows = ([cell.strip() for cell in line.split("|")] for line in _EXPECTED.strip().splitlines())
    column, found = head.index(era), {}
    for row in rows:
        while row[column] == '"':
            row[column] = row[row.index('"') - 1]
        if row[column]:
            found[row[0]] = row[column].split(", ")
    assert {row[0] for row in rows} == {one.name for one in SITUATIONS}
    return found
