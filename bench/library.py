"""The library in this process: what a call costs on an object like those that a webhook is sent."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Any, Final

import jsonpatch

import autofix
from bench.figure import Figure, Goal
from bench.measure import Contender, Rounds, calls, interleaved

Object = dict[str, Any]

_RELEASE: Final = "2.17"
_WRONG: Final = "config.linkerd.io/proxy-native-sidecar"
_RIGHT: Final = "config.alpha.linkerd.io/proxy-enable-native-sidecar"
_MESHED: Final = {"linkerd.io/inject": "enabled", "config.linkerd.io/proxy-cpu-request": "100m"}
_ROUNDS: Final = 15
_CALLS: Final = 1000
_MICRO: Final = 1e6
_USER: Final = "who calls the library for each review of a webhook"
# What `interleaved` compares; the first words are those of the table.
_FIX, _USUAL = "one fix", "the usual way"
_FIX_ALL: Final = ", options read before"


def measure() -> list[Figure]:
    """Measure what has a goal, then other objects and other findings for information."""
    pod = _pod({**_MESHED, _WRONG: "true"})
    patch = autofix.fix(pod, release=_RELEASE).patch
    assert patch.apply(pod) == _usual_way(pod).apply(pod)
    contenders = {
        _FIX: _fix(pod),
        _FIX + _FIX_ALL: _fix_all(pod),
        _USUAL: calls(lambda: _usual_way(pod), _CALLS // 20),
        **{name: _fix(obj) for name, obj in _others().items()},
    }
    rounds = interleaved(contenders, _ROUNDS)
    goals = {name: Goal(40, _USER) for name in (_FIX, _FIX + _FIX_ALL)}
    size = len(json.dumps(pod)) / 1000
    return [
        _ratio(rounds),
        *(
            Figure(
                f"library, {name}",
                rounds.cpu(name) * _MICRO,
                "µs",
                goal=goals.get(name),
                detail=f"a call, {size:.0f} KB Pod; least {_least(rounds, name):.3g}"
                if name in goals
                else "a call",
            )
            for name in contenders
            if name != _USUAL
        ),
    ]


def _ratio(rounds: Rounds) -> Figure:
    return Figure(
        "library, one fix: the usual way",
        rounds.ratio(_USUAL, _FIX),
        "x",
        against="autofix.fix",
        goal=Goal(15, _USER, "at least"),
        detail=f"deepcopy and make_patch of the Pod, {rounds.cpu(_USUAL) * _MICRO:.0f} µs "
        f"(wall {rounds.wall_ratio(_USUAL, _FIX):.3g} x)",
    )


def _least(rounds: Rounds, name: str) -> float:
    """Return the least of the rounds: what the machine can do when nobody else is at it."""
    return min(sample.cpu for sample in rounds.samples[name]) * _MICRO


def _fix(obj: Object) -> Contender:
    return calls(lambda: _patch_of(autofix.fix(obj, release=_RELEASE)), _CALLS)


def _fix_all(obj: Object) -> Contender:
    chosen = autofix.options(release=_RELEASE)
    return calls(lambda: _patch_of(autofix.fix_all((obj,), chosen)[0]), _CALLS)


def _patch_of(result: autofix.Result) -> jsonpatch.JsonPatch | None:
    """Ask for the patch where there is one: it is made only then, and the usual way makes one, too."""
    return result.patch if result.operations else None


def _usual_way(pod: Object) -> jsonpatch.JsonPatch:
    """Repair a copy and compare it with the original, as most webhooks in Python do."""
    patched = copy.deepcopy(pod)
    annotations = patched["metadata"]["annotations"]
    annotations[_RIGHT] = annotations.pop(_WRONG)
    return jsonpatch.make_patch(pod, patched)


def _others() -> Mapping[str, Object]:
    fine, wrong = _pod(_MESHED), _pod({**_MESHED, _WRONG: "true"})
    return {
        "a right key that Linkerd obeys": _pod({**_MESHED, _RIGHT: "true"}),
        "a Deployment, all right": _deployment(fine),
        "a Deployment, one fix": _deployment(wrong),
        "a Deployment, a key on itself (AFX301)": _deployment(fine, {_RIGHT: "true"}),
        "a Namespace, all right": _namespace({"linkerd.io/inject": "enabled"}),
        "a Namespace, one fix": _namespace({_WRONG: "true"}),
        "a boolean without quotes (AFX201)": _pod({_RIGHT: True}),
        "a word for a boolean (AFX202)": _pod({_RIGHT: "yes"}),
        "two keys that disagree (AFX104)": _pod({_RIGHT: "true", _WRONG: "false"}),
        "a leftover beside the right key (AFX105)": _pod({_RIGHT: "true", _WRONG: "true"}),
        "an unknown annotation (AFX501)": _pod({"config.linkerd.io/proxy-cpu-limits": "1"}),
        "a key among the labels (AFX302)": _labelled(_pod({}), {_RIGHT: "true"}),
    }


def _namespace(annotations: Object) -> Object:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop", "annotations": annotations}}


def _deployment(pod: Object, annotations: Object | None = None) -> Object:
    template = {"metadata": pod["metadata"], "spec": pod["spec"]}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "shop", "annotations": annotations or {}},
        "spec": {"replicas": 2, "selector": {"matchLabels": {"app": "web"}}, "template": template},
    }


def _labelled(pod: Object, labels: Object) -> Object:
    return {**pod, "metadata": {**pod["metadata"], "labels": {**pod["metadata"]["labels"], **labels}}}


def _pod(annotations: Object) -> Object:
    """Return a Pod as a ReplicaSet creates it: about 9 KB, three containers, a handful of annotations."""
    names = ("web", "cache", "metrics")
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "generateName": "web-6d4cf56db6-",
            "namespace": "shop",
            "labels": {
                "app": "web",
                "app.kubernetes.io/name": "web",
                "app.kubernetes.io/instance": "web",
                "app.kubernetes.io/version": "1.2.3",
                "pod-template-hash": "6d4cf56db6",
            },
            "annotations": {
                "prometheus.io/scrape": "true",
                "prometheus.io/port": "8080",
                "checksum/config": "0123456789abcdef" * 4,
                "kubectl.kubernetes.io/restartedAt": "2026-01-01T00:00:00Z",
                **annotations,
            },
        },
        "spec": {
            "serviceAccountName": "web",
            "containers": [_container(name) for name in names],
            "volumes": [{"name": f"v{number}", "configMap": {"name": f"c{number}"}} for number in range(6)],
            "tolerations": [{"key": "node.kubernetes.io/not-ready", "operator": "Exists"}],
        },
    }


def _container(name: str) -> Object:
    probe = {"httpGet": {"path": "/health", "port": 8080, "scheme": "HTTP"}, "periodSeconds": 10}
    return {
        "name": name,
        "image": f"registry.example.com/shop/{name}:1.2.3",
        "env": [
            {"name": f"SETTING_{number}", "value": f"a value of a usual length, {number}"}
            for number in range(24)
        ],
        "ports": [{"name": "http", "containerPort": 8080, "protocol": "TCP"}],
        "resources": {"limits": {"memory": "256Mi"}, "requests": {"cpu": "100m", "memory": "128Mi"}},
        "livenessProbe": probe,
        "readinessProbe": probe,
        "volumeMounts": [{"name": f"v{number}", "mountPath": f"/etc/v{number}"} for number in range(6)],
    }
