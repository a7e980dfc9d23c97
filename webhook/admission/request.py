"""A request of the API server, decoded and checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET, Struct

import autofix
from autofix.kubeapi.types import JsonObject, Metadata, OwnerReference, controller_of
from autofix.kubernetes.kinds import JOB
from webhook.admission import names
from webhook.admission.models import Reviewed, ReviewedObject
from webhook.admission.names import Checked, CheckedOwner, check_owner


class Request(Struct, frozen=True):
    """The parts of an AdmissionReview's request that the webhook needs.

    All names are checked (``webhook.admission.names``): a name that no API server would store is empty here.

    Attributes:
        uid: the answer repeats it; its length is limited, its characters are not checked.
        group, kind: of the object, as the API server converted it for us.
        operation: ``CREATE``, ``UPDATE``, ``DELETE`` or ``CONNECT``.
        is_sub_resource: False for the object itself.
        namespace: empty for cluster-scoped objects; a Namespace's own name for a Namespace.
        name: empty for a Pod that gets its name from the API server.
        name_prefix: the beginning of that name.
        dry_run: True when nothing will be stored.
        object: the object; for built-in kinds the parts that hold annotations, else all of it as JSON data;
            None for DELETE.
        spec_traits: of a Pod what counts in its spec.
        stored: at UPDATE of a Job the object as it is stored, as far as it can be decoded; else None.
        size: of the review, in bytes.
    """

    uid: str
    group: Checked = names.NONE
    kind: Checked = names.NONE
    operation: Checked = names.NONE
    is_sub_resource: bool = False
    namespace: Checked = names.NONE
    name: Checked = names.NONE
    name_prefix: Checked = names.NONE
    dry_run: bool = False
    object: ReviewedObject | JsonObject | None = None
    spec_traits: autofix.PodTraits = autofix.NO_TRAITS
    stored: ReviewedObject | None = None
    size: int = 0

    @property
    def data(self) -> JsonObject | None:
        """The object as JSON data."""
        return _data(self.object) if isinstance(self.object, Reviewed) else self.object

    @property
    def stored_data(self) -> JsonObject | None:
        """The stored object as JSON data."""
        return _data(self.stored) if self.stored else None

    @property
    def is_owned(self) -> bool:
        """Whether a controller owns the object, with valid names or not."""
        return _controller(self.object) is not None

    @property
    def is_owned_by_a_job(self) -> bool:
        """Whether that controller is a Job."""
        owner = _controller(self.object)
        return owner is not None and (owner.api_version, owner.kind) == (JOB.api_version, JOB.kind)

    @property
    def pod(self) -> autofix.PodTraits:
        """What counts of a Pod; of a Job's pods nobody ends the proxy by an annotation."""
        traits = self.spec_traits
        if not traits.completes or self.is_owned_by_a_job:
            return traits
        return autofix.with_annotations(traits, _annotations_of(self.object))

    @property
    def owner(self) -> CheckedOwner | None:
        """The object's controller; None when it has none, or when no API server would store its names."""
        owner = _controller(self.object)
        return check_owner(owner) if owner else None


def _data(obj: ReviewedObject) -> JsonObject:
    if obj.metadata and obj.metadata.owner_references:
        # There may be thousands of owners, and no rule reads them.
        metadata = msgspec.structs.replace(obj.metadata, owner_references=UNSET)
        obj = msgspec.structs.replace(obj, metadata=metadata)
    data: JsonObject = msgspec.to_builtins(obj)
    return data


def _metadata_of(obj: Reviewed[Any, Any] | JsonObject | None) -> Any:
    """Return the metadata: a struct of a built-in object, and of another any JSON value."""
    return obj.metadata if isinstance(obj, Reviewed) else (obj or {}).get("metadata")


def _controller(obj: ReviewedObject | JsonObject | None) -> OwnerReference | None:
    metadata = _metadata_of(obj)
    if isinstance(metadata, Metadata):
        return controller_of(metadata)
    owners = metadata.get("ownerReferences") if isinstance(metadata, dict) else None
    for owner in owners if isinstance(owners, list) else ():
        if isinstance(owner, dict) and owner.get("controller"):
            version, kind, name, uid = (
                str(owner.get(part, "")) for part in ("apiVersion", "kind", "name", "uid")
            )
            return OwnerReference(version, kind, name, uid)
    return None


def _annotations_of(obj: Reviewed[Any, Any] | JsonObject | None) -> Mapping[str, object]:
    """Return the annotations of an object itself, as far as they are a mapping."""
    metadata = _metadata_of(obj)
    entries = metadata.get("annotations") if isinstance(metadata, dict) else None
    if isinstance(metadata, Metadata):
        entries = metadata.annotations
    return entries if isinstance(entries, dict) else {}


def name_prefix_of(obj: Reviewed[Any, Any] | JsonObject | None) -> Checked:
    """Return the beginning of the name that the API server is going to make.

    Args:
        obj: the object.

    Returns:
        The beginning; empty where there is none, or where no API server would make a name of it.
    """
    metadata = _metadata_of(obj)
    if isinstance(metadata, dict):
        return names.object_name(metadata.get("generateName"))
    return names.object_name(metadata.generate_name) if isinstance(metadata, Metadata) else names.NONE
