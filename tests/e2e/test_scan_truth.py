"""The scan's TODAY and AFTER are what new pods get, with our webhook and without."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from builders import TEMPLATES, Object
from control_plane import Cluster
from injection_situations import MORE_SITUATIONS
from installing import CONTROL_PLANE, control_plane_of
from looking import NONE, proxy_of
from mesh import RELEASES, VERSIONS, Mesh, Spaces
from reviews import tried
from scanning import autofix
from situations import SITUATIONS

# Nothing in these depends on the version of Kubernetes, and they take their time.
pytestmark = pytest.mark.parametrize("cluster", VERSIONS[-1:], indirect=True)

ALL = (*SITUATIONS, *MORE_SITUATIONS)
OLD, MIDDLE, NEW = RELEASES
# By the release and Helm's proxy.nativeSidecar.
CASES = [(OLD, True), (MIDDLE, False), (NEW, False)]
DENIED = "denied by the injector"
KINDS = [kind for kind in TEMPLATES if kind != "PodTemplate"]
# The words of the scan for what a pod shows.
WORDS = {NONE: "no proxy"}
Answers = dict[str, str]


@dataclass(frozen=True)
class SituationSpaces:
    """Every situation in a Namespace of its own, and the pods that its workloads make there."""

    cluster: Cluster
    names: dict[str, str]

    def pods(self) -> dict[str, Object]:
        """A new pod of each workload and of each bare Pod as they are now, by the situation."""
        found: dict[str, Object] = {}
        situations = {name: situation for situation, name in self.names.items()}
        for obj in self.cluster.get(",".join([*KINDS, "PodTemplate", "Pod"]), "-A")["items"]:
            metadata = obj["metadata"]
            if metadata.get("ownerReferences") or metadata["namespace"] not in situations:
                continue
            inner: Any = obj
            for part in TEMPLATES[obj["kind"]][1] if obj["kind"] in TEMPLATES else ():
                inner = inner[part]
            pod = {
                "apiVersion": "v1",
                "kind": "Pod",
                "metadata": {
                    "namespace": metadata["namespace"],
                    "name": f"new-{metadata['namespace']}",
                    "annotations": inner["metadata"].get("annotations", {}),
                    "labels": inner["metadata"].get("labels", {}),
                },
                "spec": {key: value for key, value in inner["spec"].items() if key != "nodeName"},
            }
            found[situations[metadata["namespace"]]] = pod
        return found

    def kinds_of_new_pods(self, *, recreated: bool = False) -> Answers:
        """What new pods get now, in the words of the scan; a bare Pod keeps its proxy, or is made again."""
        pods = {name: without_proxy(pod) if recreated else pod for name, pod in self.pods().items()}
        made = {pod["metadata"]["namespace"]: pod for pod in tried(self.cluster, pods.values()).objects}
        return {
            situation: WORDS.get(kind := proxy_of(made[name]), kind) if name in made else DENIED
            for situation, pod in pods.items()
            for name in [pod["metadata"]["namespace"]]
        }

    def said(self) -> tuple[Answers, Answers]:
        """TODAY and AFTER of the workloads and bare Pods that the scan names."""
        ran = autofix(self.cluster, "scan", "-A", "-o", "json", "-q")
        assert ran.code in (0, 1), ran.err
        situations = {name: situation for situation, name in self.names.items()}
        rows = {
            situations[one["namespace"]]: one
            for one in ran.objects
            if one["namespace"] in situations and one["kind"] in (*TEMPLATES, "Pod") and one["today"]
        }
        return (
            {situation: row["today"] for situation, row in rows.items()},
            {situation: row["after"] for situation, row in rows.items()},
        )


@contextmanager
def situations_in(cluster: Cluster) -> Iterator[SituationSpaces]:
    names = {one.name: f"{one.name}-{secrets.token_hex(2)}" for one in ALL}
    cluster.apply(
        *(
            {
                "apiVersion": "v1",
                "kind": "Namespace",
                "metadata": {"name": names[one.name], "annotations": one.annotations},
            }
            for one in ALL
        )
    )
    cluster.apply(
        *(
            {**obj, "metadata": {**obj["metadata"], "namespace": names[one.name]}}
            for one in ALL
            for obj in one.objects
        )
    )
    try:
        yield SituationSpaces(cluster, names)
    finally:
        cluster.kubectl("delete", "namespace", "--wait=false", *names.values())


@pytest.mark.parametrize(("release", "native"), CASES)
def test_today_and_after_are_what_new_pods_get(
    cluster: Cluster, workshop: Callable[[str], Mesh], release: str, native: bool
) -> None:
    mesh = workshop(release)
    cluster.apply(*control_plane_of(release, {"proxy": {"nativeSidecar": native}}))
    # A bare Pod is there before the injector: what it would get is not in it yet.
    with situations_in(cluster) as spaces, mesh.linkerd(native=native):
        assert len(spaces.names) >= 60
        known = {
            spaces.names[one.name]: {key: str(text) for key, text in one.annotations.items()} for one in ALL
        }
        with mesh.autofix(Spaces(spaces.names, known), native_sidecar_default=native):
            today_with, after_with = spaces.said()
            wrong = {"today, with us": difference(today_with, spaces.kinds_of_new_pods())}
        today, after = spaces.said()
        assert len(today) > len(ALL) / 2
        wrong["today, without us"] = difference(today, spaces.kinds_of_new_pods())
        ran = autofix(cluster, "scan", "-A", "--fix", "--yes")
        assert "patched" in ran.err
        wrong["after, without us"] = difference(after, spaces.kinds_of_new_pods(recreated=True))
        namespaces = cluster.get("namespaces", *spaces.names.values())["items"]
        known = {one["metadata"]["name"]: dict(one["metadata"].get("annotations", {})) for one in namespaces}
        with mesh.autofix(Spaces(spaces.names, known), native_sidecar_default=native):
            wrong["after, with us"] = difference(after_with, spaces.kinds_of_new_pods(recreated=True))
    cluster.kubectl("delete", "namespace", CONTROL_PLANE)
    assert wrong == {moment: {} for moment in wrong}


def without_proxy(pod: Object) -> Object:
    """A pod that the injector has changed, as it was before."""
    if "linkerd.io/created-by" not in pod["metadata"]["annotations"]:
        return pod
    spec = {
        name: [container for container in part if container["name"] != "linkerd-proxy"]
        if name.endswith("ontainers")
        else part
        for name, part in pod["spec"].items()
    }
    return {**pod, "spec": spec}


def difference(said: Answers, real: Answers) -> dict[str, tuple[str, str]]:
    """Where a scan says something else than what new pods get: by the situation, both of them."""
    return {
        situation: (answer, real[situation])
        for situation, answer in said.items()
        if answer != real[situation]
    }
