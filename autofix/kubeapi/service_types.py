"""What stands behind a Service, as the API server sends it: endpoints, and a Deployment with its settings."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from autofix.kubeapi.types import LabelSelector, Object


class Endpoint(Struct):
    """An endpoint of a Service."""

    conditions: dict[str, bool | None] = msgspec.field(default_factory=dict)


class EndpointSlice(Object, rename="camel"):
    """A part of the endpoints of a Service; all of them have addresses of one type."""

    address_type: str = ""
    endpoints: list[Endpoint] | None = None


class EnvironmentVariable(Struct):
    """A variable of a container; one that comes from another object has no value here."""

    name: str = ""
    value: str = ""


class VolumeMount(Struct, rename="camel"):
    """Where a container sees a volume."""

    name: str = ""
    mount_path: str = ""
    sub_path: str = ""


class KeyToPath(Struct):
    """Under which path a key of a Secret is in a volume."""

    key: str = ""
    path: str = ""


class SecretVolume(Struct, rename="camel"):
    """A volume with the keys of a Secret: all of them, or those of ``items``."""

    secret_name: str = ""
    items: list[KeyToPath] | None = None


class Volume(Struct):
    """A volume of a pod; only a Secret counts."""

    name: str = ""
    secret: SecretVolume | None = None


class ConfiguredContainer(Struct, rename="camel"):
    """A container with its settings."""

    command: list[str] | None = None
    args: list[str] | None = None
    env: list[EnvironmentVariable] | None = None
    volume_mounts: list[VolumeMount] | None = None


class ConfiguredPodSpec(Struct):
    """The spec of a pod with the settings of its containers."""

    containers: list[ConfiguredContainer] = msgspec.field(default_factory=list)
    volumes: list[Volume] | None = None


class ConfiguredPodTemplate(Struct):
    """A pod template with the settings of its containers."""

    spec: ConfiguredPodSpec = msgspec.field(default_factory=ConfiguredPodSpec)


class ConfiguredDeploymentSpec(Struct):
    """The spec of a Deployment with the settings of its containers."""

    selector: LabelSelector = msgspec.field(default_factory=LabelSelector)
    template: ConfiguredPodTemplate = msgspec.field(default_factory=ConfiguredPodTemplate)


class ConfiguredDeployment(Object):
    """A Deployment with the settings of its containers.

    ``Deployment`` of ``deployment_types`` leaves them out: nothing else needs them.
    """

    spec: ConfiguredDeploymentSpec = msgspec.field(default_factory=ConfiguredDeploymentSpec)
