"""An AdmissionReview as it comes. The parts that a caller can make long stay bytes until they are counted.

A built-in object is read once. Then its annotations, labels and owners are counted, decoded, and put into the
same structs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Generic, TypeAlias

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from autofix.kubeapi.types import BuiltIn, E, Entries, Metadata, Owners, PodTemplate, R, WorkloadSpec
from webhook.admission.limits import excess_in_mappings, excess_in_owners

_ENTRIES: Final = msgspec.json.Decoder(Entries)
_OWNERS: Final = msgspec.json.Decoder(Owners)


class ReviewedSpec(WorkloadSpec[E, R], Generic[E, R], rename="camel"):
    """The spec of a workload, or of a Pod: then what Linkerd looks at stays bytes."""

    host_network: Raw | UnsetType = UNSET
    restart_policy: Raw | UnsetType = UNSET
    automount_service_account_token: Raw | UnsetType = UNSET
    containers: Raw | UnsetType = UNSET
    init_containers: Raw | UnsetType = UNSET


class Reviewed(BuiltIn[E, R], Generic[E, R], rename="camel"):
    """An object of a built-in kind, as a review has it."""

    spec: ReviewedSpec[E, R] | UnsetType | None = UNSET


ReviewedBytes: TypeAlias = Reviewed[Raw, Raw]
ReviewedObject: TypeAlias = Reviewed[Entries, Owners]


class GroupKind(Struct):
    """The kind that an object has in the review."""

    group: str = ""
    kind: str = ""


class Envelope(Struct, rename="camel"):
    """A request without its object.

    Source: k8s.io/api/admission/v1 types.go.
    """

    uid: str = ""
    kind: GroupKind = msgspec.field(default_factory=GroupKind)
    operation: str = ""
    sub_resource: str = ""
    namespace: str = ""
    name: str = ""
    dry_run: bool | None = None


class BuiltInRequest(Envelope, rename="camel"):
    """A request about an object of a built-in kind."""

    object: ReviewedBytes | None = None
    old_object: Raw = Raw(b"")  # it cannot be changed


class BuiltInReview(Struct, rename="camel"):
    """A review of an object of a built-in kind."""

    api_version: str = ""
    kind: str = ""
    request: BuiltInRequest | None = None


class AnyRequest(Envelope, rename="camel"):
    """A request about any object."""

    object: Raw = Raw(b"")  # it cannot be changed


class AnyReview(Struct, rename="camel"):
    """A review of any object."""

    api_version: str = ""
    kind: str = ""
    request: AnyRequest | None = None


def excess_in_parts(obj: ReviewedBytes) -> str | None:
    """Check whether a built-in object has too many annotations, labels or owners to decode them.

    Args:
        obj: the object.

    Returns:
        What there is too much of; None for any real object.
    """
    parts = tuple(_metadata_in(obj))
    entries = [mapping for part in parts for mapping in (part.annotations, part.labels)]
    owners = [part.owner_references for part in parts]
    return excess_in_mappings(_texts(entries)) or excess_in_owners(_texts(owners))


def _texts(parts: list[Raw | UnsetType]) -> list[bytes]:
    return [bytes(part) for part in parts if part is not UNSET]


def decode_parts(obj: ReviewedBytes) -> ReviewedObject:
    """Decode the annotations, labels and owners of a built-in object, in place.

    Args:
        obj: the object; its parts are bounded.

    Returns:
        The same object.

    Raises:
        msgspec.ValidationError: when annotations, labels or owners are something else.
    """
    decoded: Reviewed[Any, Any] = obj
    for part in _metadata_in(decoded):
        if part.annotations is not UNSET:
            part.annotations = _ENTRIES.decode(part.annotations)
        if part.labels is not UNSET:
            part.labels = _ENTRIES.decode(part.labels)
        if part.owner_references is not UNSET:
            part.owner_references = _OWNERS.decode(part.owner_references)
    return decoded


def _metadata_in(obj: Reviewed[Any, Any]) -> Iterator[Metadata[Any, Any]]:
    """Find all metadata of a built-in object."""
    metadata: list[Metadata[Any, Any] | UnsetType | None] = [obj.metadata]
    templates: list[PodTemplate[Any, Any] | UnsetType | None] = [obj.template]
    if obj.spec:
        templates.append(obj.spec.template)
        if job := obj.spec.job_template:
            metadata.append(job.metadata)
            templates.append(job.spec.template if job.spec else None)
    metadata += [template.metadata for template in templates if template]
    return (part for part in metadata if part)
