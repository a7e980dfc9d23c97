"""AdmissionReview v1: decode only the parts that the webhook needs."""

from __future__ import annotations

import codecs
import re
from typing import Final, TypeVar

import msgspec
from msgspec import UNSET, Struct

import autofix
from autofix.kubeapi.types import BuiltIn, BuiltInObject, JsonObject, Metadata, OwnerReference, controller_of
from autofix.kubernetes.kinds import BUILT_IN
from webhook.admission import names
from webhook.admission.limits import SHORT, excess_in_structure
from webhook.admission.models import AnyReview, BuiltInReview, Envelope, decode_parts, excess_in_parts
from webhook.admission.names import Checked, CheckedOwner, check_owner

API_VERSION: Final = "admission.k8s.io/v1"
KIND: Final = "AdmissionReview"


class ReviewError(ValueError):
    """A body that is no AdmissionReview v1; the message says why."""


class ObjectError(Exception):
    """A review whose object cannot be checked. The review has a uid, so the object can pass unchanged.

    Args:
        uid: the request's uid.
        reason: why the object cannot be checked.
        is_oversized: as the attribute.

    Attributes:
        uid: the request's uid.
        is_oversized: True when the object is too large to check; False when it cannot be decoded.
    """

    def __init__(self, uid: str, reason: str, *, is_oversized: bool = False) -> None:
        super().__init__(reason)
        self.uid, self.is_oversized = uid, is_oversized


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
        dry_run: True when nothing will be stored.
        object: the object; for built-in kinds the parts that hold annotations, else all of it as JSON data;
            None for DELETE.
        size: of the review, in bytes.
    """

    uid: str
    group: Checked = names.NONE
    kind: Checked = names.NONE
    operation: Checked = names.NONE
    is_sub_resource: bool = False
    namespace: Checked = names.NONE
    name: Checked = names.NONE
    dry_run: bool = False
    object: BuiltInObject | JsonObject | None = None
    size: int = 0

    @property
    def data(self) -> JsonObject | None:
        """The object as JSON data."""
        if not isinstance(self.object, BuiltIn):
            return self.object
        obj = self.object
        if obj.metadata and obj.metadata.owner_references:
            # There may be thousands of owners, and no rule reads them.
            metadata = msgspec.structs.replace(obj.metadata, owner_references=UNSET)
            obj = msgspec.structs.replace(obj, metadata=metadata)
        data: JsonObject = msgspec.to_builtins(obj)
        return data

    @property
    def is_owned(self) -> bool:
        """Whether a controller owns the object, with valid names or not."""
        return _controller(self.object) is not None

    @property
    def owner(self) -> CheckedOwner | None:
        """The object's controller; None when it has none, or when no API server would store its names."""
        owner = _controller(self.object)
        return check_owner(owner) if owner else None


def _controller(obj: BuiltInObject | JsonObject | None) -> OwnerReference | None:
    metadata = obj.metadata if isinstance(obj, BuiltIn) else (obj or {}).get("metadata")
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


# The API server writes kind, apiVersion and the request's uid first.
_UID: Final = re.compile(rb'"request"\s*:\s*\{\s*"uid"\s*:\s*"([0-9A-Za-z-]{1,64})"')
_HEAD: Final = 512
# A uid of the API server has 36 characters (k8s.io/apimachinery, pkg/util/uuid).
_LONGEST_UID: Final = 1024
_PIECE: Final = 1024 * 1024

# What a rule may speak of in a custom resource.
_INTEREST: Final = autofix.interest_at(autofix.Door.WEBHOOK_CUSTOM_RESOURCE)

_E = TypeVar("_E", bound=Envelope)

_BUILT_IN_DECODER: Final = msgspec.json.Decoder(BuiltInReview)
_ANY_DECODER: Final = msgspec.json.Decoder(AnyReview)


def decode(body: bytes) -> Request:
    """Decode an AdmissionReview.

    Args:
        body: the HTTP body.

    Returns:
        The request in it.

    Raises:
        ReviewError: when the body is no AdmissionReview of ``admission.k8s.io/v1`` with a request and a uid.
        ObjectError: when it is such a review, but its object cannot be decoded.

    Source: k8s.io/api/admission/v1 types.go; real bodies in tests/data/reviews.
    """
    try:
        _check_utf8(body)
        try:
            return _decode_built_in(body)
        except msgspec.ValidationError:
            # Valid JSON of another shape: a custom resource with another spec, or no review at all.
            return _decode_any(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ReviewError(f"the body is not JSON: {error}") from None
    except RecursionError:
        raise decoding_error(body, "nested too deeply") from None


def _decode_built_in(body: bytes) -> Request:
    """Decode a review of an object of a built-in kind; an object of another kind is decoded as a whole."""
    review = _BUILT_IN_DECODER.decode(body)
    request = _check_envelope(review.api_version, review.kind, review.request)
    if request.object is None:
        return _request(request, None, len(body))
    if (request.kind.group, request.kind.kind) not in BUILT_IN:
        return _decode_any(body)
    if len(body) > SHORT and (too_much := excess_in_parts(request.object)):
        raise ObjectError(request.uid, too_much, is_oversized=True)
    return _request(request, decode_parts(request.object), len(body))


def _check_utf8(body: bytes) -> None:
    """Refuse a body that is not UTF-8. Decode it in pieces: the whole text may need four times its bytes.

    msgspec does not check the strings that it skips; JSON is UTF-8 (RFC 8259, 8.1).
    """
    if body.isascii():
        return
    decoder = codecs.getincrementaldecoder("utf-8")()
    for start in range(0, len(body), _PIECE):
        decoder.decode(body[start : start + _PIECE])
    decoder.decode(b"", final=True)


def _decode_any(body: bytes) -> Request:
    """Decode a review, and its object as a whole if a rule may read it."""
    try:
        review = _ANY_DECODER.decode(body)
    except msgspec.ValidationError:
        return _decode_loosely(body)
    request = _check_envelope(review.api_version, review.kind, review.request)
    text = bytes(request.object)
    if not text:
        return _request(request, None, len(body))
    if (request.kind.group, request.kind.kind) not in BUILT_IN and not _may_matter(text):
        # No rule reads this object, however large it is.
        return _request(request, {} if text.startswith(b"{") else None, len(body))
    if too_much := excess_in_structure(text):
        raise ObjectError(request.uid, too_much, is_oversized=True)
    try:
        obj = msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        # A number beyond 64 bits or a double, or half of a surrogate pair: the first decoder skipped it.
        raise ObjectError(request.uid, str(error)) from None
    except RecursionError:
        raise ObjectError(request.uid, "nested too deeply") from None
    return _request(request, obj if isinstance(obj, dict) else None, len(body))


def _may_matter(text: bytes) -> bool:
    """Check whether JSON may have a key of interest. Go escapes no letter; JSON that does is decoded."""
    return _INTEREST.may_be_in(text) or b"\\u00" in text


def _decode_loosely(body: bytes) -> Request:
    """Decode a body that is no AdmissionReview, or that has a key twice: the last value counts, as in Go."""
    if excess_in_structure(body):
        raise ReviewError("the body is not an AdmissionReview")
    try:
        review = msgspec.json.decode(body)
    except msgspec.DecodeError as error:
        raise decoding_error(body, str(error)) from None
    except RecursionError:
        raise decoding_error(body, "nested too deeply") from None
    if not isinstance(review, dict):
        raise ReviewError(f"the body is not an AdmissionReview but a JSON {type(review).__name__}")
    request = review.get("request")
    if not isinstance(request, dict):
        request = {}
    try:
        envelope = msgspec.convert({key: request[key] for key in request if key != "object"}, Envelope)
    except msgspec.ValidationError as error:
        raise ReviewError(f"the body is not an AdmissionReview: request: {error}") from None
    envelope = _check_envelope(review.get("apiVersion"), review.get("kind"), envelope if request else None)
    obj = request.get("object")
    return _request(envelope, obj if isinstance(obj, dict) else None, len(body))


def decoding_error(body: bytes, reason: str) -> ObjectError | ReviewError:
    """Make the error for a body that cannot be decoded; with its uid, so that the object can pass.

    The uid is found without decoding, at the place where the API server puts it.

    Args:
        body: the bytes of a review, or of something else.
        reason: why it cannot be decoded.

    Returns:
        An ObjectError with the uid; a ReviewError when there is no uid.
    """
    head = body[:_HEAD]
    match = _UID.search(head)
    if match and KIND.encode() in head and f'"{API_VERSION}"'.encode() in head:
        return ObjectError(match[1].decode(), reason)
    return ReviewError(f"the body cannot be decoded: {reason}")


def _check_envelope(api_version: object, kind: object, request: _E | None) -> _E:
    if kind != KIND or api_version != API_VERSION:
        raise ReviewError(
            f"expected {API_VERSION} {KIND}, got {api_version or 'no apiVersion'} {kind or 'no kind'}"
        )
    if request is None:
        raise ReviewError("the AdmissionReview has no request")
    if not request.uid:
        raise ReviewError("the AdmissionReview's request has no uid")
    if len(request.uid) > _LONGEST_UID:
        raise ReviewError(f"the request's uid has more than {_LONGEST_UID} characters")
    return request


def _request(envelope: Envelope, obj: BuiltInObject | JsonObject | None, size: int) -> Request:
    group, kind = names.group_and_kind(envelope.kind.group, envelope.kind.kind)
    return Request(
        envelope.uid,
        group,
        kind,
        names.operation(envelope.operation),
        bool(envelope.sub_resource),
        names.label(envelope.namespace),
        names.object_name(envelope.name),
        bool(envelope.dry_run),
        obj,
        size,
    )
