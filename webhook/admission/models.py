"""The parts of built-in objects that hold annotations, for typed decoding."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, Struct, UnsetType

JsonObject = dict[str, Any]


# Typed decoding builds no tree for what is not named here: 5.7 against 23.5 µs on a 9 KB Pod.
# Field names are those of the Kubernetes API.
class Owner(Struct, rename="camel", frozen=True):
    """The controller that an object says it belongs to: an ownerReference, field by field."""

    api_version: str = ""
    kind: str = ""
    name: str = ""
    uid: str = ""
    controller: bool | None = None


class Metadata(Struct, rename="camel"):
    """Metadata of an object or of a template."""

    name: str | UnsetType | None = UNSET
    generate_name: str | UnsetType | None = UNSET
    namespace: str | UnsetType | None = UNSET
    annotations: JsonObject | UnsetType | None = UNSET
    labels: JsonObject | UnsetType | None = UNSET
    owner_references: list[Owner] | UnsetType | None = UNSET


class Template(Struct):
    """A pod template."""

    metadata: Metadata | UnsetType | None = UNSET


class JobSpec(Struct):
    """The spec in a Job template."""

    template: Template | UnsetType | None = UNSET


class JobTemplate(Struct):
    """A CronJob's template of Jobs."""

    metadata: Metadata | UnsetType | None = UNSET
    spec: JobSpec | UnsetType | None = UNSET


class Spec(Struct, rename="camel"):
    """The spec of any built-in kind."""

    template: Template | UnsetType | None = UNSET
    job_template: JobTemplate | UnsetType | None = UNSET


class BuiltIn(Struct, rename="camel"):
    """An object of any built-in kind."""

    api_version: str | UnsetType = UNSET
    kind: str | UnsetType = UNSET
    metadata: Metadata | UnsetType | None = UNSET
    template: Template | UnsetType | None = UNSET
    spec: Spec | UnsetType | None = UNSET
