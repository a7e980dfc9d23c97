"""Which images answer for Linkerd's injector while its Deployment is rolled out.

During an upgrade pods of the old release answer beside pods of the new one, and the Deployment's template
names the new release alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from autofix.cluster.linkerd_names import COMPONENT, INJECTOR
from autofix.kubeapi.api_path import label_selector, resource_path
from autofix.kubeapi.deployment_types import Deployment, ReplicaSet
from autofix.kubeapi.list import Resource
from autofix.kubeapi.types import Pod, PodSpec, controller_of
from autofix.kubernetes.kinds import DEPLOYMENT, POD, REPLICA_SET

_CONTAINER: Final = "proxy-injector"
# The Service selects pods by this label alone (linkerd2 charts/linkerd-control-plane, proxy-injector.yaml).
_LABEL: Final = label_selector(COMPONENT, _CONTAINER)
_ENDED: Final = ("Succeeded", "Failed")


class InjectorReplicaSet(NamedTuple):
    """A ReplicaSet of the injector's Deployment.

    Attributes:
        name: its name.
        image: the injector's image in its template.
        has_pods: whether it has pods, or is to get some.
    """

    name: str
    image: str
    has_pods: bool


class InjectorPod(NamedTuple):
    """A pod that answers for the injector, or may soon.

    Attributes:
        replica_set: the name of the ReplicaSet that it belongs to; empty when it belongs to none.
        image: the injector's image in it.
    """

    replica_set: str
    image: str


class Rollout(NamedTuple):
    """What is known of the pods of the injector, beside its Deployment.

    Attributes:
        replica_sets: the ReplicaSets of the Deployment; None when they cannot be read.
        pods: the pods that the injector's Service selects; None when they cannot be read.
    """

    replica_sets: tuple[InjectorReplicaSet, ...] | None = None
    pods: tuple[InjectorPod, ...] | None = None

    @property
    def is_readable(self) -> bool:
        """Whether it says which pods there are."""
        return self.pods is not None or self.replica_sets is not None


def replica_sets_in(namespace: str) -> Resource[ReplicaSet]:
    """Return where the ReplicaSets of the injector are.

    Args:
        namespace: the control plane's.

    Returns:
        The resource to read or to watch.

    Raises:
        PathError: when no Namespace can have the name.
    """
    path = resource_path(REPLICA_SET, namespace)
    return Resource("linkerd injector replicasets", path, ReplicaSet, labels=_LABEL)


def pods_in(namespace: str) -> Resource[Pod]:
    """Return where the pods of the injector are.

    Args:
        namespace: the control plane's.

    Returns:
        The resource to read or to watch.

    Raises:
        PathError: when no Namespace can have the name.
    """
    return Resource("linkerd injector pods", resource_path(POD, namespace), Pod, labels=_LABEL)


def injector_replica_set(replica_set: ReplicaSet) -> InjectorReplicaSet | None:
    """Reduce a ReplicaSet to what counts.

    Args:
        replica_set: the ReplicaSet.

    Returns:
        What counts of it; None for one that does not belong to the injector's Deployment.
    """
    owner = controller_of(replica_set.metadata)
    if owner is None or (owner.kind, owner.name) != (DEPLOYMENT.kind, INJECTOR):
        return None
    return InjectorReplicaSet(
        replica_set.metadata.name,
        injector_image(replica_set.spec.template.spec),
        has_pods=bool(replica_set.spec.replicas or replica_set.status.replicas),
    )


def injector_pod(pod: Pod) -> InjectorPod | None:
    """Reduce a pod to what counts.

    A pod that is not ready gets no requests, but may get some the next moment. A pod that ends gets no new
    connections, but the API server goes on to use the connections that it has. Both count: with them the key
    is one that more releases read, and without them it may be one that the injector does not read.

    Args:
        pod: the pod.

    Returns:
        What counts of it; None for a pod that has ended.
    """
    if pod.status.phase in _ENDED:
        return None
    owner = controller_of(pod.metadata)
    replica_set = owner.name if owner and owner.kind == REPLICA_SET.kind else ""
    return InjectorPod(replica_set, injector_image(pod.spec))


def injector_image(spec: PodSpec) -> str:
    """Return the image of the injector's container.

    Args:
        spec: of a pod or a pod template.

    Returns:
        The image; empty when there is no such container.
    """
    return next((container.image for container in spec.containers if container.name == _CONTAINER), "")


def other_images(deployment: Deployment | None, rollout: Rollout) -> frozenset[str]:
    """Return the images that answer, or may soon, beside the one in the Deployment's template.

    Args:
        deployment: the injector's; None when it cannot be read.
        rollout: what is known of its pods.

    Returns:
        The images; an empty text stands for an image that is not known. Where neither pods nor ReplicaSets
        can be read, an unfinished rollout means that there is such an image.
    """
    if not rollout.is_readable:
        return frozenset() if deployment is None or is_rolled_out(deployment) else frozenset({""})
    image = injector_image(deployment.spec.template.spec) if deployment else ""
    return frozenset(_images(rollout)) - {image}


def _images(rollout: Rollout) -> Iterator[str]:
    templates = {item.name: item.image for item in rollout.replica_sets or ()}
    yield from (item.image for item in rollout.replica_sets or () if item.has_pods)
    for pod in rollout.pods or ():
        # A policy of the cluster may put a digest in the place of the tag of a pod's image.
        yield templates.get(pod.replica_set, pod.image)


def is_rolled_out(deployment: Deployment) -> bool:
    """Tell whether all pods of a Deployment are of its present template, as its status says.

    Args:
        deployment: the Deployment.

    Source: kubectl pkg/polymorphichelpers/rollout_status.go. New pods that are not available yet do not count
    here: what matters is that no old pod is left.
    """
    status = deployment.status
    is_seen = status.observed_generation >= deployment.metadata.generation
    return is_seen and status.replicas <= status.updated_replicas
