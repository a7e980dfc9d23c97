"""AdmissionReview v1: decode the little that is needed, encode the answer."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final, TypeVar

import msgspec
from msgspec import UNSET, Struct, UnsetType

from webhook.shapes import BUILT_IN, BuiltIn, JsonObject, Metadata, Owner

API_VERSION: Final = "admission.k8s.io/v1"
KIND: Final = "AdmissionReview"


class ReviewError(ValueError):
    """A body that is no AdmissionReview v1; the message says why."""


class ObjectError(Exception):
    """A review whose object is beyond what can be decoded; it has a uid, so it can be let pass.

    Attributes:
        uid: the request's uid.
    """

    def __init__(self, uid: str, why: str) -> None:
        super().__init__(why)
        self.uid = uid


class Request(Struct, frozen=True):
    """What the webhook needs of an AdmissionReview's request.

    Attributes:
        uid: to be echoed.
        group, kind: of the object, as the API server converted it for us.
        operation: ``CREATE``, ``UPDATE``, ``DELETE`` or ``CONNECT``.
        sub_resource: empty for the object itself.
        namespace: empty for cluster-scoped objects; a Namespace's own name for a Namespace.
        name: empty for a Pod that gets its name from the API server.
        dry_run: True when nothing will be stored.
        object: the object; for built-in kinds the parts that hold annotations, else all of it as JSON data;
            None for DELETE.
    """

    uid: str
    group: str = ""
    kind: str = ""
    operation: str = ""
    sub_resource: str = ""
    namespace: str = ""
    name: str = ""
    dry_run: bool = False
    object: BuiltIn | JsonObject | None = None

    @property
    def data(self) -> JsonObject | None:
        """The object as JSON data."""
        if isinstance(self.object, BuiltIn):
            data: JsonObject = msgspec.to_builtins(self.object)
            return data
        return self.object

    @property
    def owner(self) -> Owner | None:
        """The object's controller, None when it has none."""
        found = self.object
        metadata = found.metadata if isinstance(found, BuiltIn) else (found or {}).get("metadata")
        if isinstance(metadata, Metadata):
            for reference in metadata.owner_references or ():
                if reference.controller:
                    return reference
            return None
        owners = metadata.get("ownerReferences") if isinstance(metadata, dict) else None
        for one in owners if isinstance(owners, list) else ():
            if isinstance(one, dict) and one.get("controller"):
                version, kind, name, uid = (
                    str(one.get(part, "")) for part in ("apiVersion", "kind", "name", "uid")
                )
                return Owner(version, kind, name, uid)
        return None


class _Kind(Struct):
    group: str = ""
    kind: str = ""


class _Envelope(Struct, rename="camel"):
    uid: str = ""
    kind: _Kind = msgspec.field(default_factory=_Kind)
    operation: str = ""
    sub_resource: str = ""
    namespace: str = ""
    name: str = ""
    dry_run: bool | None = None


class _Request(_Envelope, rename="camel"):
    object: BuiltIn | None = None


class _Review(Struct, rename="camel"):
    api_version: str = ""
    kind: str = ""
    request: _Request | None = None


class _Response(Struct, rename="camel", omit_defaults=True):
    allowed: bool
    patch: bytes | UnsetType = UNSET
    patch_type: str | UnsetType = UNSET
    warnings: Sequence[str] = ()
    audit_annotations: Mapping[str, str] = msgspec.field(default_factory=dict)


# The API server writes kind, apiVersion and the request's uid first.
_UID: Final = re.compile(rb'"request"\s*:\s*\{\s*"uid"\s*:\s*"([0-9A-Za-z-]{1,64})"')
_HEAD: Final = 512

_E = TypeVar("_E", bound=_Envelope)

_DECODER: Final = msgspec.json.Decoder(_Review)
_ENCODER: Final = msgspec.json.Encoder()
_BEFORE_UID: Final = f'{{"apiVersion":"{API_VERSION}","kind":"{KIND}","response":{{"uid":'.encode()


def decode(body: bytes) -> Request:
    """Decode an AdmissionReview.

    Args:
        body: the HTTP body.

    Returns:
        The request in it.

    Raises:
        ReviewError: when the body is no AdmissionReview of ``admission.k8s.io/v1`` with a request and a uid.
        ObjectError: when it is one, and its object cannot be decoded.

    Source: k8s.io/api/admission/v1 types.go; real bodies in tests/data/reviews.
    """
    try:
        if not body.isascii():
            # msgspec does not look into strings that it skips; JSON is UTF-8 (RFC 8259, 8.1).
            body.decode()
        review = _DECODER.decode(body)
    except msgspec.ValidationError:
        # Valid JSON of another shape: a custom resource whose spec is something else, or no review at all.
        return _decode_any(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ReviewError(f"the body is not JSON: {error}") from None
    except RecursionError:
        raise _undecodable(body, "nested too deeply") from None
    request = _checked(review.api_version, review.kind, review.request)
    kind = (request.kind.group, request.kind.kind)
    if kind not in BUILT_IN and request.object is not None:
        return _decode_any(body)
    return _request(request, request.object)


def _decode_any(body: bytes) -> Request:
    try:
        review = msgspec.json.decode(body)
    except msgspec.ValidationError as error:
        # Without a type to validate against, only a number beyond 64 bits or a double is left to refuse.
        raise _undecodable(body, str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ReviewError(f"the body is not JSON: {error}") from None
    except RecursionError:
        raise _undecodable(body, "nested too deeply") from None
    if not isinstance(review, dict):
        raise ReviewError(f"the body is not an AdmissionReview but a JSON {type(review).__name__}")
    request = review.get("request")
    if not isinstance(request, dict):
        request = {}
    try:
        envelope = msgspec.convert({key: request[key] for key in request if key != "object"}, _Envelope)
    except msgspec.ValidationError as error:
        raise ReviewError(f"the body is not an AdmissionReview: request: {error}") from None
    checked = _checked(review.get("apiVersion"), review.get("kind"), envelope if request else None)
    found = request.get("object")
    return _request(checked, found if isinstance(found, dict) else None)


def _undecodable(body: bytes, why: str) -> Exception:
    """Find the uid without decoding, where the API server puts it, so that the object can be let pass."""
    head = body[:_HEAD]
    match = _UID.search(head)
    if match and KIND.encode() in head and f'"{API_VERSION}"'.encode() in head:
        return ObjectError(match[1].decode(), f"the object cannot be decoded: {why}")
    return ReviewError(f"the body cannot be decoded: {why}")


def _checked(api_version: object, kind: object, request: _E | None) -> _E:
    if kind != KIND or api_version != API_VERSION:
        raise ReviewError(
            f"expected {API_VERSION} {KIND}, got {api_version or 'no apiVersion'} {kind or 'no kind'}"
        )
    if request is None:
        raise ReviewError("the AdmissionReview has no request")
    if not request.uid:
        raise ReviewError("the AdmissionReview's request has no uid")
    return request


def _request(envelope: _Envelope, found: BuiltIn | JsonObject | None) -> Request:
    return Request(
        envelope.uid,
        envelope.kind.group,
        envelope.kind.kind,
        envelope.operation,
        envelope.sub_resource,
        envelope.namespace,
        envelope.name,
        bool(envelope.dry_run),
        found,
    )


def encode(
    uid: str, *, patch: Sequence[JsonObject], warnings: Sequence[str], audit: Mapping[str, str]
) -> bytes:
    """Encode the answer to a request; it is always allowed.

    Args:
        uid: the request's uid.
        patch: RFC 6902 operations; none for no patch.
        warnings: texts for the user.
        audit: audit annotations, without prefix.

    Returns:
        An AdmissionReview v1. Patch and patch type come together or not at all, as the API server demands.
    """
    return addressed(uid, after_uid(patch=patch, warnings=warnings, audit=audit))


def after_uid(*, patch: Sequence[JsonObject], warnings: Sequence[str], audit: Mapping[str, str]) -> bytes:
    """Encode what an answer holds after the request's uid, which is the same for all requests that are alike.

    Args:
        patch, warnings, audit: as for ``encode``.
    """
    response = _Response(
        allowed=True,
        patch=_ENCODER.encode(patch) if patch else UNSET,
        patch_type="JSONPatch" if patch else UNSET,
        warnings=warnings,
        audit_annotations=audit,
    )
    return b"," + _ENCODER.encode(response)[1:] + b"}"


def addressed(uid: str, rest: bytes) -> bytes:
    """Put together an answer.

    Args:
        uid: the request's uid.
        rest: what ``after_uid`` returned.
    """
    return _BEFORE_UID + _ENCODER.encode(uid) + rest
