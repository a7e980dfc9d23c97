"""What counts in the spec of a pod beside its annotations, read from bytes as far as possible."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import msgspec
from msgspec import UNSET, Raw, UnsetType

from autofix.linkerd.completion import ENDS_PROXY, ends_its_proxy, runs_to_completion
from autofix.linkerd.injection import NO_TRAITS, PROXY_CONTAINER, PodTraits, traits_of
from autofix.linkerd.precedence import NO_ANNOTATIONS
from webhook.admission.limits import excess_in_structure
from webhook.admission.models import ReviewedSpec

# Containers without these words have neither a proxy nor a program that ends one; they stay bytes.
_WORDS: Final = tuple(word.encode() for word in (PROXY_CONTAINER, *ENDS_PROXY))


class PodFacts(NamedTuple):
    """What counts in the spec of a pod.

    Attributes:
        traits: what Linkerd looks at.
        runs_to_completion: whether it is meant to end by itself.
        ends_its_proxy: whether one of its containers ends Linkerd's proxy.
    """

    traits: PodTraits = NO_TRAITS
    runs_to_completion: bool = False
    ends_its_proxy: bool = False


class TooManyContainersError(Exception):
    """Containers with too many values to decode them; the message says what there is too much of."""


def facts_of(spec: object) -> PodFacts:
    """Read what counts in the spec of a pod.

    Args:
        spec: any JSON value, decoded.

    Returns:
        The facts.
    """
    ends = runs_to_completion(spec)
    return PodFacts(traits_of(spec), ends, ends and ends_its_proxy(spec, NO_ANNOTATIONS, NO_ANNOTATIONS))


def take_facts(spec: ReviewedSpec[Any, Any]) -> PodFacts:
    """Read the same from bytes, and drop the bytes.

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
    return facts_of(decoded)


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
