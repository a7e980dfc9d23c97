"""Which releases answer for the injector while its Deployment is rolled out."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from builders import ERA_IDS

from autofix.cluster.installation import Linkerd, read_linkerd
from autofix.cluster.linkerd_names import INJECTOR
from autofix.cluster.rollout import Rollout, injector_pod, injector_replica_set
from autofix.kubeapi.deployment_types import Deployment, ReplicaSet
from autofix.kubeapi.types import Pod

OLD, NEW = "edge-24.10.1", "edge-26.8.3"
DONE = {"observedGeneration": 2, "replicas": 3, "updatedReplicas": 3}
HALF = {"observedGeneration": 2, "replicas": 4, "updatedReplicas": 2, "unavailableReplicas": 1}


def template(image: str) -> dict[str, Any]:
    others = [{"name": "linkerd-proxy", "image": "proxy:edge-25.1.1"}]
    return {"spec": {"containers": [*others, {"name": "proxy-injector", "image": image}]}}


def image_of(release: str) -> str:
    return f"cr.l5d.io/linkerd/controller:{release}"


def deployment(image: str = image_of(NEW), status: dict[str, Any] | None = None) -> Deployment:
    obj = {"metadata": {"generation": 2}, "spec": {"replicas": 3, "template": template(image)}}
    return msgspec.convert({**obj, "status": DONE if status is None else status}, Deployment)


def owner(kind: str, name: str) -> list[dict[str, Any]]:
    return [{"apiVersion": "apps/v1", "kind": kind, "name": name, "uid": "1", "controller": True}]


def replica_set(name: str, image: str, replicas: int = 1, present: int = 0, of: str = INJECTOR) -> ReplicaSet:
    obj = {
        "metadata": {"name": name, "ownerReferences": owner("Deployment", of)},
        "spec": {"replicas": replicas, "template": template(image)},
        "status": {"replicas": present},
    }
    return msgspec.convert(obj, ReplicaSet)


def pod(image: str, of: str = "", **more: Any) -> Pod:
    metadata: dict[str, Any] = {"name": "a", **more.pop("metadata", {})}
    if of:
        metadata["ownerReferences"] = owner("ReplicaSet", of)
    return msgspec.convert({"metadata": metadata, **template(image), **more}, Pod)


def rollout(replica_sets: list[ReplicaSet] | None, pods: list[Pod] | None) -> Rollout:
    return Rollout(
        None if replica_sets is None else tuple(filter(None, map(injector_replica_set, replica_sets))),
        None if pods is None else tuple(filter(None, map(injector_pod, pods))),
    )


@pytest.mark.parametrize(
    ("pods", "others"),
    [
        ([], ()),
        ([pod(image_of(NEW))], ()),
        ([pod(image_of(NEW)), pod(image_of(OLD))], (OLD,)),
        # All of them are of the old release still: the new one comes.
        ([pod(image_of(OLD)), pod(image_of(OLD))], (OLD,)),
        ([pod(image_of("edge-25.10.7")), pod(image_of(OLD))], (OLD, "edge-25.10.7")),
        # From a mirror, it is the same release.
        ([pod(f"registry.example/mirror/controller:{NEW}")], ()),
        # It is not ready, but may be the next moment.
        ([pod(image_of(OLD), status={"phase": "Pending"})], (OLD,)),
        ([pod(image_of(OLD), status={"conditions": [{"type": "Ready", "status": "False"}]})], (OLD,)),
        # It ends, and still has the API server's connections.
        ([pod(image_of(OLD), metadata={"deletionTimestamp": "2026-01-01T00:00:00Z"})], (OLD,)),
        (
            [
                pod(image_of(OLD), status={"phase": "Failed"}),
                pod(image_of(OLD), status={"phase": "Succeeded"}),
            ],
            (),
        ),
        # Nobody knows what it is.
        ([pod("controller@sha256:01")], (None,)),
        ([pod("controller:latest"), pod(image_of(OLD))], (None, OLD)),
    ],
)
def test_the_pods_of_the_injector_tell_which_releases_answer(
    pods: list[Pod], others: tuple[str | None, ...]
) -> None:
    # What is seen counts, and not what the status says.
    for status in (DONE, HALF):
        linkerd = read_linkerd(deployment(status=status), None, rollout([], pods))
        assert (linkerd.release, linkerd.others) == (NEW, others)


@pytest.mark.parametrize(
    ("replica_sets", "pods", "others"),
    [
        ([replica_set("new", image_of(NEW), 3), replica_set("old", image_of(OLD), 0)], [], ()),
        ([replica_set("new", image_of(NEW), 1), replica_set("old", image_of(OLD), 2)], [], (OLD,)),
        # It still has pods, and is to have none.
        ([replica_set("old", image_of(OLD), 0, present=1)], [], (OLD,)),
        ([replica_set("old", image_of(OLD), 2)], None, (OLD,)),
        ([replica_set("old", image_of(OLD), 0)], None, ()),
        # Somebody else's ReplicaSet.
        ([replica_set("other", image_of(OLD), 2, of="other")], [], ()),
        # A policy has replaced the tags in the pods; their ReplicaSets have them.
        (
            [replica_set("new", image_of(NEW), 0), replica_set("old", image_of(OLD), 0)],
            [pod("controller@sha256:01", "new"), pod("controller@sha256:02", "old")],
            (OLD,),
        ),
        ([], [pod(image_of(OLD), "gone")], (OLD,)),
        (None, [pod(image_of(OLD), "old")], (OLD,)),
        (None, [pod(image_of(NEW), "new")], ()),
    ],
)
def test_the_replica_sets_tell_what_their_pods_are(
    replica_sets: list[ReplicaSet] | None, pods: list[Pod] | None, others: tuple[str, ...]
) -> None:
    assert read_linkerd(deployment(), None, rollout(replica_sets, pods)).others == others


@pytest.mark.parametrize(
    ("status", "is_done"),
    [
        (DONE, True),
        (HALF, False),
        ({"observedGeneration": 2}, True),
        # The controller has not seen the new template yet.
        ({**DONE, "observedGeneration": 1}, False),
        ({}, False),
        # Old pods are left, and no new one is there.
        ({"observedGeneration": 2, "replicas": 3}, False),
        # New pods are missing, and no old one is left.
        ({"observedGeneration": 2, "replicas": 1, "updatedReplicas": 1}, True),
        ({**DONE, "unavailableReplicas": 3}, True),
    ],
)
def test_without_the_right_to_read_pods_an_unfinished_rollout_is_an_unknown_release(
    status: dict[str, Any], is_done: bool
) -> None:
    linkerd = read_linkerd(deployment(status=status), None)
    assert linkerd.others == (() if is_done else (None,))
    assert linkerd.in_force.text == (NEW if is_done else f"{NEW} and unknown")


@pytest.mark.parametrize(
    ("linkerd", "text", "eras"),
    [
        (Linkerd(), "unknown", ERA_IDS[1:]),
        (Linkerd(NEW), NEW, ["ga"]),
        (Linkerd(NEW, others=(OLD,)), f"{OLD} and {NEW}", ["alpha", "ga"]),
        (Linkerd(NEW, others=(None,)), f"{NEW} and unknown", ERA_IDS[1:]),
        (Linkerd(None, others=(OLD,)), f"{OLD} and unknown", ERA_IDS[1:]),
    ],
)
def test_the_release_in_force_is_all_of_them(linkerd: Linkerd, text: str, eras: list[str]) -> None:
    assert linkerd.in_force.text == text
    assert [era.id for era in linkerd.in_force.eras] == eras


def test_without_a_readable_deployment_the_pods_tell_it_alone() -> None:
    assert read_linkerd(None, None, rollout(None, [pod(image_of(OLD))])).others == (OLD,)
    assert read_linkerd(None, None, rollout(None, None)) == Linkerd()


def test_an_image_that_names_no_release_is_the_templates_wherever_it_runs() -> None:
    image = "controller@sha256:01"
    state = rollout([replica_set("new", image)], [pod(image, "new")])
    assert read_linkerd(deployment(image), None, state) == Linkerd()
