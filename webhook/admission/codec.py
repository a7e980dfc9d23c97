"""AdmissionReview v1: decode only the parts that the webhook needs."""

from __future__ import annotations

import codecs
import re
from typing import Final, TypeVar

import msgspec
from msgspec import Raw

import autofix
from autofix.kubeapi.types import JsonObject
from autofix.kubernetes.kinds import BUILT_IN, JOB
from webhook.admission import names
from webhook.admission.limits import SHORT, excess_in_structure
from webhook.admission.models import (
    AnyReview,
    BuiltInReview,
    Envelope,
    ReviewedBytes,
    ReviewedObject,
    decode_parts,
    excess_in_parts,
)
from webhook.admission.pod_spec import drop_bytes, take_traits
from webhook.admission.request import Request, name_prefix_of

API_VERSION: Final = "admission.k8s.io/v1"
KIND: Final = "AdmissionReview"


class ReviewError(ValueError):
    """A body that is no AdmissionReview v1; the message says why."""


class ObjectError(Exception):
    """A review whose object cannot be checked. The review has a uid, so the object can pass unchanged.

    Args:
        uid: the request's uid.
        reason: why the object cannot be checked.
        request: of an object that is too large to check, the request without it.

    Attributes:
        request: the request without the object; where that cannot be decoded it has only the uid.
        is_oversized: True when the object is too large to check; False when it cannot be decoded.
    """

    def __init__(self, uid: str, reason: str, *, request: Request | None = None) -> None:
        super().__init__(reason)
        self.request = request or Request(uid)
        self.is_oversized = request is not None


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
_STORED_DECODER: Final = msgspec.json.Decoder(ReviewedBytes)
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
        raise _oversized(request, too_much, request.object)
    pod = _pod_traits(request, request.object)
    stored = _stored(request.old_object) if _is_update_of_job(request) else None
    return _request(request, decode_parts(request.object), len(body), pod, stored)


def _pod_traits(envelope: Envelope, obj: ReviewedBytes) -> autofix.PodTraits:
    """Take from a Pod what counts beside annotations; afterwards no object has bytes left for that."""
    if not obj.spec:
        return autofix.NO_TRAITS
    if not _is_pod(envelope):
        drop_bytes(obj.spec)
        return autofix.NO_TRAITS
    try:
        return take_traits(obj.spec)
    except msgspec.DecodeError as error:
        raise ObjectError(envelope.uid, str(error)) from None


def _is_pod(envelope: Envelope) -> bool:
    return (envelope.kind.group, envelope.kind.kind) == ("", "Pod")


def _is_update_of_job(envelope: Envelope) -> bool:
    kind = (envelope.kind.group, envelope.kind.kind)
    return kind == (JOB.group, JOB.kind) and envelope.operation == "UPDATE"


def _stored(text: Raw) -> ReviewedObject | None:
    """Decode the stored object; None where that cannot be done in a moment, or there is none."""
    try:
        obj = _STORED_DECODER.decode(text)
        if excess_in_parts(obj):
            return None
        if obj.spec:
            drop_bytes(obj.spec)
        return decode_parts(obj)
    except msgspec.DecodeError:
        return None


def _oversized(envelope: Envelope, reason: str, obj: ReviewedBytes | None = None) -> ObjectError:
    request = _request(envelope, None, 0)
    if not request.name:
        request = msgspec.structs.replace(request, name_prefix=name_prefix_of(obj))
    return ObjectError(envelope.uid, reason, request=request)


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
        raise _oversized(request, too_much)
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


def _request(
    envelope: Envelope,
    obj: ReviewedObject | JsonObject | None,
    size: int,
    pod: autofix.PodTraits | None = None,
    stored: ReviewedObject | None = None,
) -> Request:
    group, kind = names.group_and_kind(envelope.kind.group, envelope.kind.kind)
    if pod is None:
        pod = (
            autofix.traits_of(obj.get("spec"))
            if isinstance(obj, dict) and _is_pod(envelope)
            else autofix.NO_TRAITS
        )
    return Request(
        uid=envelope.uid,
        group=group,
        kind=kind,
        operation=names.operation(envelope.operation),
        is_sub_resource=bool(envelope.sub_resource),
        namespace=names.label(envelope.namespace),
        name=names.object_name(envelope.name),
        name_prefix=names.NONE if envelope.name else name_prefix_of(obj),
        dry_run=bool(envelope.dry_run),
        object=obj,
        spec_traits=pod,
        stored=stored,
        size=size,
    )
