"""What counts in the spec of a pod beside its annotations, read from bytes as far as possible."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from msgspec import UNSET, Raw, UnsetType

import autofix
from webhook.admission.limits import excess_in_structure
from webhook.admission.models import ReviewedSpec

# Containers without these words stay bytes.
_WORDS: Final = tuple(word.encode() for word in autofix.CONTAINER_WORDS)


class TooManyContainersError(Exception):
    """Containers with too many values to decode them; the message says what there is too much of."""


def take_facts(spec: ReviewedSpec[Any, Any]) -> autofix.PodFacts:
    """Read what counts in the spec of a pod from bytes, and drop the bytes.

    Args:
        spec: the spec; afterwards it has only what has annotations.

    Returns:
        The facts.

    Raises:
        TooManyContainersError: when the containers have to be decoded and cannot.
        msgspec.DecodeError: when they have values that no API server sends.
    """
    decoded: Mapping[str, object] = {
        "hostNetwork": _text(spec.host_network) == b"true",
        "restartPolicy": _text(spec.restart_policy).strip(b'"').decode(errors="replace"),
        "containers": _containers(_text(spec.containers)),
        "initContainers": _containers(_text(spec.init_containers)),
    }
    drop_bytes(spec)
    return autofix.pod_facts(decoded)


def drop_bytes(spec: ReviewedSpec[Any, Any]) -> None:
    """Drop the bytes of a spec of which only annotations count.

    Args:
        spec: the spec.
    """
    spec.host_network = spec.restart_policy = spec.containers = spec.init_containers = UNSET


def _text(raw: Raw | UnsetType) -> bytes:
    return b"" if isinstance(raw, UnsetType) else bytes(raw)


def _containers(text: bytes) -> object:
    if not any(word in text for word in _WORDS):
        return []
    if too_much := excess_in_structure(text):
        raise TooManyContainersError(too_much)
    return msgspec.json.decode(text)
