"""Workloads and pods as a scan decodes them: the annotations, and what Linkerd looks at in the pods' spec."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType

from autofix.kubeapi.types import Container, ObjectMetadata, Pod, PodSpec


class VolumeMount(Struct, rename="camel"):
    """Where a container sees a volume."""

    mount_path: str = ""


class SpecContainer(Container, rename="camel"):
    """A container, with what it runs."""

    command: Any = None
    args: Any = None
    lifecycle: Any = None
    restart_policy: str | None = None
    volume_mounts: list[VolumeMount] | None = None


class Spec(PodSpec, rename="camel"):
    """The spec of a pod, with the fields that count for Linkerd."""

    host_network: bool | None = None
    automount_service_account_token: bool | None = None
    containers: list[SpecContainer] = msgspec.field(default_factory=list)  # type: ignore[assignment]
    init_containers: list[SpecContainer] | None = None  # type: ignore[assignment]


class ScannedPod(Pod):
    """A pod, with how its proxy runs and what counts in its spec."""

    spec: Spec = msgspec.field(default_factory=Spec)


class Template(Struct):
    """A pod template."""

    metadata: ObjectMetadata | UnsetType | None = UNSET
    spec: Spec | UnsetType | None = UNSET


class JobSpec(Struct):
    """The spec in a template of Jobs."""

    metadata: ObjectMetadata | UnsetType | None = UNSET
    template: Template | UnsetType | None = UNSET


class JobTemplate(Struct):
    """A CronJob's template of Jobs."""

    metadata: ObjectMetadata | UnsetType | None = UNSET
    spec: JobSpec | UnsetType | None = UNSET


class WorkloadSpec(Struct, rename="camel"):
    """The spec of any built-in kind that makes pods."""

    template: Template | UnsetType | None = UNSET
    job_template: JobTemplate | UnsetType | None = UNSET
    replicas: int | UnsetType | None = UNSET


class Workload(Struct):
    """An object of a built-in kind that makes pods; a PodTemplate has its template at the top."""

    metadata: ObjectMetadata | UnsetType | None = UNSET
    template: Template | UnsetType | None = UNSET
    spec: WorkloadSpec | UnsetType | None = UNSET
