"""An AdmissionReview as it comes: what a caller can make long is left as bytes until it is counted.

Typed decoding builds nothing of what is not named here. A built-in object is read once; then its annotations,
labels and owners are bounded, and decoded by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from webhook.admission import models as shapes
from webhook.admission.limits import excess_in_mappings, excess_in_owners
from webhook.admission.models import BuiltIn, JsonObject

_NONE: Final = Raw(b"")


class Kind(Struct):
    """The kind that an object has in the review."""

    group: str = ""
    kind: str = ""


class Envelope(Struct, rename="camel"):
    """A request but for its object.

    Source: k8s.io/api/admission/v1 types.go.
    """

    uid: str = ""
    kind: Kind = msgspec.field(default_factory=Kind)
    operation: str = ""
    sub_resource: str = ""
    namespace: str = ""
    name: str = ""
    dry_run: bool | None = None


class _Metadata(Struct, rename="camel"):
    name: str | UnsetType | None = UNSET
    generate_name: str | UnsetType | None = UNSET
    namespace: str | UnsetType | None = UNSET
    annotations: Raw = _NONE
    labels: Raw = _NONE
    owner_references: Raw = _NONE


class _Template(Struct):
    metadata: _Metadata | UnsetType | None = UNSET


class _JobSpec(Struct):
    template: _Template | UnsetType | None = UNSET


class _JobTemplate(Struct):
    metadata: _Metadata | UnsetType | None = UNSET
    spec: _JobSpec | UnsetType | None = UNSET


class _Spec(Struct, rename="camel"):
    template: _Template | UnsetType | None = UNSET
    job_template: _JobTemplate | UnsetType | None = UNSET


class BuiltInBytes(Struct, rename="camel"):
    """An object of any built-in kind."""

    api_version: str | UnsetType = UNSET
    kind: str | UnsetType = UNSET
    metadata: _Metadata | UnsetType | None = UNSET
    template: _Template | UnsetType | None = UNSET
    spec: _Spec | UnsetType | None = UNSET


class _BuiltInRequest(Envelope, rename="camel"):
    object: BuiltInBytes | None = None


class BuiltInReview(Struct, rename="camel"):
    """A review of an object of a built-in kind."""

    api_version: str = ""
    kind: str = ""
    request: _BuiltInRequest | None = None


class _AnyRequest(Envelope, rename="camel"):
    object: Raw = _NONE


class AnyReview(Struct, rename="camel"):
    """A review of any object."""

    api_version: str = ""
    kind: str = ""
    request: _AnyRequest | None = None


_MAPPING: Final = msgspec.json.Decoder(JsonObject | None)
_OWNERS: Final = msgspec.json.Decoder(list[shapes.Owner] | None)


def excess_in_parts(obj: BuiltInBytes) -> str | None:
    """Say what a built-in object has too much of to be decoded; None for any real one."""
    parts = tuple(_parts(obj))
    mappings = [bytes(mapping) for part in parts for mapping in (part.annotations, part.labels)]
    owners = [bytes(part.owner_references) for part in parts]
    return excess_in_mappings(mappings) or excess_in_owners(owners)


def _parts(obj: BuiltInBytes) -> Iterator[_Metadata]:
    """Find all metadata of a built-in object."""
    metadata: list[_Metadata | UnsetType | None] = [obj.metadata]
    templates: list[_Template | UnsetType | None] = [obj.template]
    if obj.spec:
        templates.append(obj.spec.template)
        if job := obj.spec.job_template:
            metadata.append(job.metadata)
            templates.append(job.spec.template if job.spec else None)
    metadata += [template.metadata for template in templates if template]
    return (part for part in metadata if part)


def built_in(obj: BuiltInBytes) -> BuiltIn:
    """Decode the rest of a built-in object, which is bounded.

    Raises:
        msgspec.ValidationError: when annotations, labels or owners are something else.
    """
    return BuiltIn(
        obj.api_version, obj.kind, _metadata(obj.metadata), _template(obj.template), _spec(obj.spec)
    )


def _spec(spec: _Spec | UnsetType | None) -> shapes.Spec | UnsetType | None:
    if not isinstance(spec, _Spec):
        return spec
    return shapes.Spec(_template(spec.template), _job_template(spec.job_template))


def _job_template(job: _JobTemplate | UnsetType | None) -> shapes.JobTemplate | UnsetType | None:
    if not isinstance(job, _JobTemplate):
        return job
    spec = shapes.JobSpec(_template(job.spec.template)) if isinstance(job.spec, _JobSpec) else job.spec
    return shapes.JobTemplate(_metadata(job.metadata), spec)


def _template(template: _Template | UnsetType | None) -> shapes.Template | UnsetType | None:
    return shapes.Template(_metadata(template.metadata)) if isinstance(template, _Template) else template


def _metadata(metadata: _Metadata | UnsetType | None) -> shapes.Metadata | UnsetType | None:
    if not isinstance(metadata, _Metadata):
        return metadata
    owners = metadata.owner_references
    return shapes.Metadata(
        metadata.name,
        metadata.generate_name,
        metadata.namespace,
        _mapping(metadata.annotations),
        _mapping(metadata.labels),
        UNSET if owners is _NONE else _OWNERS.decode(owners),
    )


def _mapping(text: Raw) -> JsonObject | UnsetType | None:
    return UNSET if text is _NONE else _MAPPING.decode(text)
