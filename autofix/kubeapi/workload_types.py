"""Workloads and pods as a scan decodes them: the annotations, and what Linkerd looks at in the pods' spec."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType

from autofix.kubeapi.types import Container, ObjectMetadata, Pod, PodSpec


class ScannedVolumeMount(Struct, rename="camel"):
    """Where a container sees a volume."""

    mount_path: str = ""


class ScannedContainer(Container, rename="camel"):
    """A container, with what it runs."""

    command: Any = None
    args: Any = None
    lifecycle: Any = None
    volume_mounts: list[ScannedVolumeMount] | None = None


class ScannedSpec(PodSpec, rename="camel"):
    """The spec of a pod, with the fields that count for Linkerd."""

    host_network: bool | None = None
    automount_service_account_token: bool | None = None
    # Nobody puts another container into a decoded list, so it may be one of a narrower type.
    containers: list[ScannedContainer] = msgspec.field(default_factory=list)  # type: ignore[assignment]
    init_containers: list[ScannedContainer] | None = None  # type: ignore[assignment]


class ScannedPod(Pod):
    """A pod, with how its proxy runs and what counts in its spec."""

    spec: ScannedSpec = msgspec.field(default_factory=ScannedSpec)


class ScannedTemplate(Struct):
    """A pod template."""

    metadata: ObjectMetadata | UnsetType | None = UNSET
    spec: ScannedSpec | UnsetType | None = UNSET


class ScannedJobSpec(Struct):
    """The spec in a template of Jobs."""

    metadata: ObjectMetadata | UnsetType | None = UNSET
    template: ScannedTemplate | UnsetType | None = UNSET


class ScannedJobTemplate(Struct):
    """A CronJob's template of Jobs."""

    metadata: ObjectMetadata | UnsetType | None = UNSET
    spec: ScannedJobSpec | UnsetType | None = UNSET


class ScannedWorkloadSpec(Struct, rename="camel"):
    """The spec of any built-in kind that makes pods."""

    template: ScannedTemplate | UnsetType | None = UNSET
    job_template: ScannedJobTemplate | UnsetType | None = UNSET
    replicas: int | UnsetType | None = UNSET


class ScannedWorkload(Struct):
    """An object of a built-in kind that makes pods; a PodTemplate has its template at the top."""

    metadata: ObjectMetadata | UnsetType | None = UNSET
    template: ScannedTemplate | UnsetType | None = UNSET
    spec: ScannedWorkloadSpec | UnsetType | None = UNSET
