"""Answers that were given before: pods of one workload differ in nothing that an answer depends on."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from msgspec import UNSET, UnsetType

from autofix.kubeapi.types import (
    BuiltIn,
    BuiltInObject,
    Entries,
    Metadata,
    ObjectMetadata,
    Owners,
    PodTemplate,
)
from autofix.kubernetes.kinds import BUILT_IN
from webhook.admission.codec import Request
from webhook.admission.handler import Answer, Outcome, answer
from webhook.admission.limits import may_reach_the_limit
from webhook.admission.response import encode_after_uid
from webhook.admission.state import ClusterState

# Together a few megabytes at most; what is longer is rare, and is worked out each time.
_MOST, _LONGEST = 512, 4096


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


def prepare(found: Answer) -> Prepared:
    """Write an answer as far as it does not depend on the request."""
    return Prepared(found, encode_after_uid(patch=found.patch, warnings=found.warnings, audit=found.audit))


def remembering(*, mutate_workloads: bool) -> Answering:
    """Make a function that answers as ``handler.answer`` does, and works out each answer once.

    What it remembers is bounded, and forgotten when the cluster's state is another one.

    Args:
        mutate_workloads: as for ``handler.answer``.
    """
    known: dict[Hashable, Prepared] = {}
    remembered_of: ClusterState | None = None

    def answered(request: Request, state: ClusterState) -> Prepared:
        nonlocal remembered_of
        if state is not remembered_of:
            known.clear()
            remembered_of = state
        key = decisive(request, state.namespaces.get(request.namespace))
        found = known.get(key) if key is not None else None
        if found is None:
            found = prepare(answer(request, state, mutate_workloads=mutate_workloads))
            # What makes an object too much to look at is not in the key: another one may be usual.
            is_usual = found.answer.outcome is not Outcome.OVERSIZED
            if key is not None and is_usual and len(repr(key)) <= _LONGEST:
                if len(known) >= _MOST:
                    known.clear()
                known[key] = found
        return found

    return answered


class _UnusualError(Exception):
    """A value that is no string: equal ones of other types (1 and True) have other answers."""


def decisive(request: Request, namespace: Mapping[str, Any] | None) -> Hashable | None:
    """Reduce a request to what its answer depends on, beside the cluster's state.

    Args:
        request: the request.
        namespace: annotations of its Namespace, as far as they are known.

    Returns:
        The same for two requests only if their answers are the same; None when that cannot be said.
    """
    found = request.object
    if (
        may_reach_the_limit(request.size)
        or not isinstance(found, BuiltIn)
        or (request.group, request.kind) not in BUILT_IN
    ):
        return None
    try:
        return (
            request.group,
            request.kind,
            request.operation,
            request.is_sub_resource,
            found.api_version,
            found.kind,
            request.is_owned,
            _metadata(found.metadata),
            _template(found.template),
            _spec(found),
            _entries(namespace),
        )
    except _UnusualError:
        return None


def _spec(found: BuiltInObject) -> Hashable:
    spec = found.spec
    if not spec or (spec.template is UNSET and spec.job_template is UNSET):
        # A pod has neither.
        return spec is UNSET, spec is None
    job = spec.job_template
    if not job:
        return _template(spec.template), job
    inner = job.spec
    return (
        _template(spec.template),
        _metadata(job.metadata),
        (_template(inner.template),) if inner else inner,
    )


def _template(found: PodTemplate[Entries, Owners] | UnsetType | None) -> Hashable:
    return (_metadata(found.metadata),) if isinstance(found, PodTemplate) else found


def _metadata(found: ObjectMetadata | UnsetType | None) -> Hashable:
    return (_entries(found.annotations), _entries(found.labels)) if isinstance(found, Metadata) else found


def _entries(found: Mapping[str, Any] | UnsetType | None) -> Hashable:
    """Keep what may concern Linkerd, in its order, and whether there is a mapping at all."""
    if found is None or isinstance(found, UnsetType):
        return found
    kept = []
    for key, value in found.items():
        # The webhook's rules look at no key of another domain (state._PODS leaves out AFX107).
        if "linkerd" in key:
            if type(value) is not str:
                raise _UnusualError
            kept.append((key, value))
    return tuple(kept)
