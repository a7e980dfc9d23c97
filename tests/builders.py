"""Small Kubernetes objects, and the keys and releases that most tests are about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ALPHA = "config.alpha.linkerd.io/proxy-enable-native-sidecar"
BETA = "config.beta.linkerd.io/proxy-enable-native-sidecar"
GA = "config.linkerd.io/proxy-enable-native-sidecar"
WRONG = "config.linkerd.io/proxy-native-sidecar"
WAIT = "config.alpha.linkerd.io/proxy-wait-before-exit-seconds"
IGNORE = "linkerd-autofix.io/ignore"

# One release of each era.
NONE_ERA, ALPHA_ERA, BETA_ERA, GA_ERA = "2.14", "2.17", "2.19", "2.20"
ERAS = {"none": NONE_ERA, "alpha": ALPHA_ERA, "beta": BETA_ERA, "ga": GA_ERA}
KEYS = {"alpha": ALPHA, "beta": BETA, "ga": GA}

Object = dict[str, Any]
Annotations = Mapping[str, object]

# Where each kind keeps its pod template.
TEMPLATES: dict[str, tuple[str, tuple[str, ...]]] = {
    "Deployment": ("apps/v1", ("spec", "template")),
    "StatefulSet": ("apps/v1", ("spec", "template")),
    "DaemonSet": ("apps/v1", ("spec", "template")),
    "ReplicaSet": ("apps/v1", ("spec", "template")),
    "ReplicationController": ("v1", ("spec", "template")),
    "Job": ("batch/v1", ("spec", "template")),
    "CronJob": ("batch/v1", ("spec", "jobTemplate", "spec", "template")),
    "PodTemplate": ("v1", ("template",)),
}


def metadata(annotations: Annotations | None = None, **more: Any) -> Object:
    return {"name": "web", "namespace": "shop", **more} | (
        {} if annotations is None else {"annotations": dict(annotations)}
    )


def pod(annotations: Annotations | None = None, **more: Any) -> Object:
    spec = {"containers": [{"name": "app", "image": "app"}]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata(annotations, **more), "spec": spec}


def template(annotations: Annotations | None = None) -> Object:
    found = {} if annotations is None else {"annotations": dict(annotations)}
    return {"metadata": found, "spec": {"containers": [{"name": "app", "image": "app"}]}}


def workload(
    kind: str = "Deployment", annotations: Annotations | None = None, *, own: Annotations | None = None
) -> Object:
    """A workload with annotations on its pod template and on itself."""
    version, path = TEMPLATES[kind]
    inner: Any = template(annotations)
    for part in reversed(path):
        inner = {part: inner}
    return {"apiVersion": version, "kind": kind, "metadata": metadata(own), **inner}


def namespace(annotations: Annotations | None = None, name: str = "shop", **more: Any) -> Object:
    found = {} if annotations is None else {"annotations": dict(annotations)}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, **found, **more}}


def a_list(*items: Object) -> Object:
    return {"apiVersion": "v1", "kind": "List", "items": list(items)}


def pod_annotations(obj: Any) -> Any:
    """The annotations that pods made from an object carry."""
    _, path = TEMPLATES.get(obj["kind"], ("", ()))
    for part in path:
        obj = obj[part]
    return obj["metadata"].get("annotations")
