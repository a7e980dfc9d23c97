"""AdmissionReview v1: encode the answer."""

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
