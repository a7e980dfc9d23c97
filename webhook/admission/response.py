"""AdmissionReview v1: encode the answer; it always allows the request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
from msgspec import UNSET, Struct, UnsetType

from autofix.kubeapi.types import JsonObject
from webhook.admission.codec import API_VERSION, KIND

_ENCODER: Final = msgspec.json.Encoder()
_BEFORE_UID: Final = f'{{"apiVersion":"{API_VERSION}","kind":"{KIND}","response":{{"uid":'.encode()


class _Response(Struct, rename="camel", omit_defaults=True):
    allowed: bool
    patch: bytes | UnsetType = UNSET
    patch_type: str | UnsetType = UNSET
    warnings: Sequence[str] = ()
    audit_annotations: Mapping[str, str] = msgspec.field(default_factory=dict)


def encode_after_uid(
    *, patch: Sequence[JsonObject], warnings: Sequence[str], audit: Mapping[str, str]
) -> bytes:
    """Encode the part of an answer after the request's uid; it is the same for all requests that are alike.

    Args:
        patch: RFC 6902 operations; an empty list for no patch.
        warnings: texts for the user.
        audit: audit annotations, without prefix.

    Returns:
        The end of the JSON. The API server demands both patch and patch type, or neither.
    """
    response = _Response(
        allowed=True,
        patch=_ENCODER.encode(patch) if patch else UNSET,
        patch_type="JSONPatch" if patch else UNSET,
        warnings=warnings,
        audit_annotations=audit,
    )
    return b"," + _ENCODER.encode(response)[1:] + b"}"


def with_uid(uid: str, rest: bytes) -> bytes:
    """Complete an answer with the request's uid.

    Args:
        uid: the request's uid.
        rest: the bytes from ``encode_after_uid``.

    Returns:
        An AdmissionReview v1 as JSON.
    """
    return _BEFORE_UID + _ENCODER.encode(uid) + rest
