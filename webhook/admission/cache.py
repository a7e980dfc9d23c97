"""The bytes of answers, and the memory of them: pods of one workload differ in nothing that decides."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final

import msgspec
from msgspec import UNSET, Struct, UnsetType

import autofix
from autofix.kubeapi.types import JobSpec, JobTemplate, Metadata, PodTemplate
from autofix.kubernetes.kinds import BUILT_IN
from webhook.admission.answers import Answer, Outcome
from webhook.admission.codec import API_VERSION, KIND
from webhook.admission.handler import answer
from webhook.admission.limits import may_reach_the_limit
from webhook.admission.models import Reviewed, ReviewedSpec
from webhook.admission.request import Request
from webhook.admission.state import ClusterState
from webhook.admission.warnings import line

# Together they are a few megabytes at most. Longer keys are rare, and their answers are not kept.
_MOST, _LONGEST = 512, 4096
# What a rule may speak of in an object of a built-in kind.
_INTEREST: Final = autofix.interest_at(autofix.Door.WEBHOOK_POD, autofix.Door.WEBHOOK_WORKLOAD)
# The fields on which an answer depends; the request says what matters of owners and of a Pod's spec.
_DECISIVE: Final[Mapping[type, Callable[[Any], tuple[Any, ...]]]] = {
    Reviewed: attrgetter("api_version", "kind", "metadata", "template", "spec"),
    Metadata: attrgetter("annotations", "labels"),
    PodTemplate: lambda template: (template.metadata,),
    ReviewedSpec: attrgetter("template", "job_template"),
    JobTemplate: attrgetter("metadata", "spec"),
    JobSpec: lambda spec: (spec.template,),
}

_ENCODER: Final = msgspec.json.Encoder()
_BEFORE_UID: Final = f'{{"apiVersion":"{API_VERSION}","kind":"{KIND}","response":{{"uid":'.encode()


@dataclass(frozen=True, slots=True)
class EncodedAnswer:
    """An answer and its bytes, as far as they are the same for all requests that are alike.

    Attributes:
        answer: the answer.
        head: the bytes between the request's uid and the warnings, which name the object.
        tail: the bytes after the warnings.
    """

    answer: Answer
    head: bytes
    tail: bytes


class _Head(Struct, rename="camel", omit_defaults=True):
    allowed: bool
    patch: bytes | UnsetType = UNSET
    patch_type: str | UnsetType = UNSET


Answerer = Callable[[Request, ClusterState], EncodedAnswer]


def encode_answer(result: Answer) -> EncodedAnswer:
    """Encode an answer, without what is different for each request.

    Args:
        result: the answer.

    Returns:
        The answer with its bytes. The API server demands both patch and patch type, or neither.
    """
    head = _Head(
        allowed=True,
        patch=_ENCODER.encode(result.patch) if result.patch else UNSET,
        patch_type="JSONPatch" if result.patch else UNSET,
    )
    audit = b',"auditAnnotations":' + _ENCODER.encode(result.audit) if result.audit else b""
    return EncodedAnswer(result, b"," + _ENCODER.encode(head)[1:-1], audit + b"}}")


def write_answer(request: Request, encoded: EncodedAnswer) -> bytes:
    """Complete an answer with what is different for each request: its uid, and the object in the warnings.

    Args:
        request: the request.
        encoded: the encoded answer to it.

    Returns:
        An AdmissionReview v1 as JSON.
    """
    warnings = b""
    if texts := encoded.answer.warnings:
        warnings = b',"warnings":' + _ENCODER.encode([line(request, text) for text in texts])
    return _BEFORE_UID + _ENCODER.encode(request.uid) + encoded.head + warnings + encoded.tail


def make_answerer(*, mutate_workloads: bool) -> Answerer:
    """Make a function that answers as ``handler.answer`` does, and keeps the bytes of its answers.

    It keeps a bounded number of answers, and forgets all of them when the cluster's state changes.

    Args:
        mutate_workloads: as for ``handler.answer``.

    Returns:
        The function, from a request and the cluster's state to the encoded answer.
    """
    answers: dict[Hashable, EncodedAnswer] = {}
    known_state: ClusterState | None = None

    def answered(request: Request, state: ClusterState) -> EncodedAnswer:
        nonlocal known_state
        if state is not known_state:
            answers.clear()
            known_state = state
        key = cache_key(request, state.namespaces.get(request.namespace))
        encoded = answers.get(key) if key is not None else None
        if encoded is None:
            encoded = encode_answer(answer(request, state, mutate_workloads=mutate_workloads))
            # The key does not say how large an object is, so another object with this key may be usual.
            is_usual = encoded.answer.outcome is not Outcome.OVERSIZED
            if key is not None and is_usual and len(repr(key)) <= _LONGEST:
                if len(answers) >= _MOST:
                    answers.clear()
                answers[key] = encoded
        return encoded

    return answered


class _UnusualError(Exception):
    """A value that is no string: equal ones of other types (1 and True) have other answers."""


def cache_key(request: Request, namespace: Mapping[str, Any] | None) -> Hashable | None:
    """Reduce a request to what its answer depends on, beside the cluster's state.

    Args:
        request: the request.
        namespace: annotations of its Namespace, as far as they are known.

    Returns:
        The same for two requests only if their answers are the same; None when that cannot be said.
    """
    obj = request.object
    if (
        may_reach_the_limit(request.size)
        or not isinstance(obj, Reviewed)
        # It also depends on the object that is stored.
        or request.stored is not None
        or (request.group, request.kind) not in BUILT_IN
    ):
        return None
    about = (request.group, request.kind, request.operation, request.is_sub_resource, request.is_owned)
    # For most pods this is the same.
    pod = (request.pod, request.is_owned_by_a_job) if request.kind == "Pod" else None
    try:
        return about, pod, _reduced(obj), None if namespace is None else _entries(namespace)
    except _UnusualError:
        return None


def _reduced(node: Any) -> Hashable:
    """Keep what there is of an object, but of annotations and labels only those of interest."""
    if decisive := _DECISIVE.get(type(node)):
        return tuple([_reduced(value) for value in decisive(node)])
    leaf: Hashable = _entries(node) if type(node) is dict else node
    return leaf


def _entries(entries: Mapping[str, Any]) -> Hashable:
    """Keep the annotations or labels of interest, in their order."""
    kept = _INTEREST.concerning(entries)
    for value in kept.values():
        if type(value) is not str:
            raise _UnusualError
    return tuple(kept.items())
