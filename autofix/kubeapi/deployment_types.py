"""Deployments as the API server sends them, with the fields that show what runs and how far a rollout is."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from autofix.kubeapi.types import Entries, Metadata, Object, Owners, PodTemplateSpec


class DeploymentMetadata(Metadata[Entries, Owners], rename="camel"):
    """The metadata of a Deployment, with the number of the last change of its spec."""

    generation: int = 0


class DeploymentSpec(Struct):
    """The spec of a Deployment, a ReplicaSet or a DaemonSet; the last one has no number of replicas."""

    replicas: int = 1
    template: PodTemplateSpec = msgspec.field(default_factory=PodTemplateSpec)


class DeploymentStatus(Struct, rename="camel"):
    """The status of a Deployment."""

    observed_generation: int = 0
    replicas: int = 0
    updated_replicas: int = 0


class Deployment(Object):
    """A Deployment or a DaemonSet, with the images of its containers."""

    metadata: DeploymentMetadata = msgspec.field(default_factory=DeploymentMetadata)
    spec: DeploymentSpec = msgspec.field(default_factory=DeploymentSpec)
    status: DeploymentStatus = msgspec.field(default_factory=DeploymentStatus)


class ReplicaSetStatus(Struct):
    """The status of a ReplicaSet."""

    replicas: int = 0


class ReplicaSet(Object):
    """A ReplicaSet: the pods of one state of a Deployment's template."""

    spec: DeploymentSpec = msgspec.field(default_factory=DeploymentSpec)
    status: ReplicaSetStatus = msgspec.field(default_factory=ReplicaSetStatus)
