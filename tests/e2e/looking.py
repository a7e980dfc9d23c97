"""What became of pods: reading them from the API server, and writing small ones."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from builders import TEMPLATES, Annotations, Object
from control_plane import Cluster
from processes import wait_for

# What asks for a proxy where the Namespace does not.
MESHED = {"linkerd.io/inject": "enabled"}
NATIVE, CONTAINER, NONE = "native sidecar", "ordinary container", "not injected"


def proxy_of(pod: Object) -> str:
    """How the proxy runs in a pod."""
    spec = pod["spec"]
    for container in spec.get("initContainers", []):
        if container["name"] == "linkerd-proxy":
            assert container["restartPolicy"] == "Always"
            return NATIVE
    return CONTAINER if any(one["name"] == "linkerd-proxy" for one in spec["containers"]) else NONE


def pod_of(name: str, namespace: str, annotations: Annotations) -> Object:
    spec = {"containers": [{"name": "app", "image": "app"}]}
    metadata = {"name": name, "namespace": namespace, "annotations": dict(annotations)}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def workload_of(kind: str, name: str, namespace: str, annotations: Annotations) -> Object:
    """A workload that a real API server takes."""
    version, path = TEMPLATES[kind]
    restart = "Never" if kind in ("Job", "CronJob") else "Always"
    spec = {"containers": [{"name": "app", "image": "app"}], "restartPolicy": restart}
    inner: Any = {"metadata": {"labels": {"app": name}, "annotations": dict(annotations)}, "spec": spec}
    for part in reversed(path):
        inner = {part: inner}
    if kind == "CronJob":
        inner["spec"]["schedule"] = "* * * * *"
    elif kind == "ReplicationController":
        inner["spec"]["selector"] = {"app": name}
    elif kind not in ("Job", "PodTemplate"):
        inner["spec"]["selector"] = {"matchLabels": {"app": name}}
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name, "namespace": namespace}, **inner}


def pods_when(
    cluster: Cluster, namespace: str, there: Callable[[set[str]], bool], seconds: float = 60
) -> dict[str, Object]:
    """The pods of a namespace by their label ``app`` (or name), as soon as enough are there."""
    found: dict[str, Object] = {}

    def enough() -> bool:
        for pod in cluster.get("pods", "-n", namespace)["items"]:
            found[pod["metadata"].get("labels", {}).get("app", pod["metadata"]["name"])] = pod
        return there(set(found))

    wait_for(f"pods in {namespace}", enough, seconds)
    return found


def proxies(pods: Iterable[Object]) -> dict[str, str]:
    """How the proxy runs in each pod, by the pod's name."""
    return {pod["metadata"]["name"]: proxy_of(pod) for pod in pods}


def make_due(cluster: Cluster, namespace: str, *names: str) -> None:
    """Let a minute's end be missed: the controller of CronJobs makes up for it at once."""
    earlier = f"{datetime.now(UTC) - timedelta(minutes=2):%Y-%m-%dT%H:%M:%SZ}"
    status = json.dumps({"status": {"lastScheduleTime": earlier}})
    for name in names:
        what = ("cronjob", name, "-n", namespace, "--subresource=status", "--type=merge")
        cluster.kubectl("patch", *what, "-p", status)
