"""The bytes of answers, and the memory of them: pods of one workload differ in nothing that decides."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import msgspec
from msgspec import UNSET, Struct, UnsetType

import autofix
from autofix.kubeapi.types import BuiltIn, JsonObject
from autofix.kubernetes.kinds import BUILT_IN
from webhook.admission.codec import API_VERSION, KIND, Request
from webhook.admission.handler import Answer, Outcome, answer
from webhook.admission.limits import may_reach_the_limit
from webhook.admission.state import ClusterState

# Together a few megabytes at most; what is longer is rare, and is worked out each time.
_MOST, _LONGEST = 512, 4096
# What a rule may speak of in an object of a built-in kind.
_INTEREST: Final = autofix.interest_at(autofix.Door.WEBHOOK_POD, autofix.Door.WEBHOOK_WORKLOAD)
# No answer depends on them; ``Request.is_owned`` says what matters of owners.
_IGNORED: Final = frozenset(
    {
        "name",
        "generate_name",
        "namespace",
        "resource_version",
        "deletion_timestamp",
        "owner_references",
        "replicas",
    }
)

_ENCODER: Final = msgspec.json.Encoder()
_BEFORE_UID: Final = f'{{"apiVersion":"{API_VERSION}","kind":"{KIND}","response":{{"uid":'.encode()


@dataclass(frozen=True, slots=True)
class Prepared:
    """An answer, and what is written of it.

    Attributes:
        answer: the answer.
        rest: its bytes after the request's uid.
    """

    answer: Answer
    rest: bytes


Answering = Callable[[Request, ClusterState], Prepared]


def prepare(result: Answer) -> Prepared:
    """Write an answer as far as it does not depend on the request."""
    rest = _encode_after_uid(patch=result.patch, warnings=result.warnings, audit=result.audit)
    return Prepared(result, rest)


def with_uid(uid: str, rest: bytes) -> bytes:
    """Complete an answer with the request's uid.

    Args:
        uid: the request's uid.
        rest: the bytes from ``prepare``.

    Returns:
        An AdmissionReview v1 as JSON.
    """
    return _BEFORE_UID + _ENCODER.encode(uid) + rest


def remembering(*, mutate_workloads: bool) -> Answering:
    """Make a function that answers as ``handler.answer`` does, and works out each answer once.

    What it remembers is bounded, and forgotten when the cluster's state is another one.

    Args:
        mutate_workloads: as for ``handler.answer``.
    """
    answers: dict[Hashable, Prepared] = {}
    remembered_of: ClusterState | None = None

    def answered(request: Request, state: ClusterState) -> Prepared:
        nonlocal remembered_of
        if state is not remembered_of:
            answers.clear()
            remembered_of = state
        key = cache_key(request, state.namespaces.get(request.namespace))
        prepared = answers.get(key) if key is not None else None
        if prepared is None:
            prepared = prepare(answer(request, state, mutate_workloads=mutate_workloads))
            # What makes an object too much to look at is not in the key: another one may be usual.
            is_usual = prepared.answer.outcome is not Outcome.OVERSIZED
            if key is not None and is_usual and len(repr(key)) <= _LONGEST:
                if len(answers) >= _MOST:
                    answers.clear()
                answers[key] = prepared
        return prepared

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
        or not isinstance(obj, BuiltIn)
        or (request.group, request.kind) not in BUILT_IN
    ):
        return None
    about = (request.group, request.kind, request.operation, request.is_sub_resource, request.is_owned)
    try:
        return about, _reduced(obj), None if namespace is None else _entries(namespace)
    except _UnusualError:
        return None


def _reduced(node: Any) -> Hashable:
    """Keep what there is of an object, but of annotations and labels only those of interest."""
    if isinstance(node, Struct):
        return tuple([_reduced(getattr(node, name)) for name in _decisive_fields(type(node))])
    leaf: Hashable = _entries(node) if isinstance(node, dict) else node
    return leaf


def _entries(entries: Mapping[str, Any]) -> Hashable:
    """Keep the annotations or labels of interest, in their order."""
    kept = _INTEREST.concerning(entries)
    if not all(map(_is_text, kept.values())):
        raise _UnusualError
    return tuple(kept.items())


@lru_cache(maxsize=16)
def _decisive_fields(struct: type[Struct]) -> tuple[str, ...]:
    return tuple(name for name in struct.__struct_fields__ if name not in _IGNORED)


def _is_text(value: object) -> bool:
    return type(value) is str


class _Response(Struct, rename="camel", omit_defaults=True):
    allowed: bool
    patch: bytes | UnsetType = UNSET
    patch_type: str | UnsetType = UNSET
    warnings: Sequence[str] = ()
    audit_annotations: Mapping[str, str] = msgspec.field(default_factory=dict)


def _encode_after_uid(
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
