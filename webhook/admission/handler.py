"""From a request to an answer: a pure function of the request and the cluster's state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import msgspec

import autofix
from autofix.kubeapi.types import JsonObject
from autofix.kubernetes.kinds import BUILT_IN
from webhook.admission import names
from webhook.admission.codec import Request
from webhook.admission.limits import excess, may_reach_the_limit, outgrows
from webhook.admission.state import ClusterState

_MOST_WARNINGS: Final = 8
_LONGEST_AUDIT: Final = 16 * 1024
_WORKLOADS: Final = BUILT_IN.keys() - {("", "Pod")}


class Outcome(StrEnum):
    """What became of a review; a label of the metrics."""

    FIXED = "fixed"
    WITHHELD = "withheld"
    WARNED = "warned"
    UNCHANGED = "unchanged"
    IGNORED = "ignored"
    OVERSIZED = "oversized"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Answer:
    """What to answer.

    Attributes:
        outcome: what became of the review.
        patch: RFC 6902 operations.
        warnings: texts for the user, each at most 120 characters without control characters.
        audit: audit annotations.
        codes: codes of the rules whose fixes are in the patch.
    """

    outcome: Outcome
    patch: Sequence[JsonObject] = ()
    warnings: Sequence[str] = ()
    audit: Mapping[str, str] = field(default_factory=dict)
    codes: Sequence[str] = ()


_TOO_LONG: Final = Answer(
    Outcome.WITHHELD,
    warnings=("linkerd-autofix: left unchanged: a fix would pass the limit of 256 KiB of annotations",),
)


def answer(request: Request, state: ClusterState, *, mutate_workloads: bool = False) -> Answer:
    """Answer one admission request.

    Args:
        request: the request.
        state: what is known of the cluster.
        mutate_workloads: whether Namespaces and workloads are patched too; by default they only get warnings,
            because what differs from Git is put back by GitOps controllers.

    Returns:
        The answer. Pods are patched at CREATE only: Linkerd looks at them only then. An object that it would
        take long to look at is left alone (``bounds``).
    """
    obj = request.data
    if obj is None or request.is_sub_resource or request.operation not in ("CREATE", "UPDATE"):
        return Answer(Outcome.IGNORED)
    kind = (request.group, request.kind)
    if kind == ("", "Pod") and request.operation != "CREATE":
        return Answer(Outcome.IGNORED)
    if too_much := excess(obj, state.namespaces.get(request.namespace)):
        return Answer(Outcome.OVERSIZED, warnings=(f"linkerd-autofix: left unchanged: {too_much}",))
    if kind == ("", "Pod"):
        return _pod(request, obj, state)
    if kind in _WORKLOADS:
        return _workload(request, obj, state, mutate=mutate_workloads)
    result = _fix(request, obj, state, state.templates)
    return _patched(result) if result.operations else _warned(result)


def _fix(request: Request, obj: JsonObject, state: ClusterState, options: autofix.Options) -> autofix.Result:
    return autofix.fix_all((obj,), options, namespace=state.namespaces.get(request.namespace))[0]


def _pod(request: Request, obj: JsonObject, state: ClusterState) -> Answer:
    result = _fix(request, obj, state, state.pods)
    # No tidying: a pod is touched only where Linkerd would otherwise do something else than was meant.
    if result.operations and result.changes_injection and not _makes_a_template(result):
        return _patched(result) if _fits(request, result) else _TOO_LONG
    return _warned(result)


def _workload(request: Request, obj: JsonObject, state: ClusterState, *, mutate: bool) -> Answer:
    result = _fix(request, obj, state, state.workloads)
    if not mutate or not result.operations or not _may_be_patched(request) or _makes_a_template(result):
        return _warned(result)
    return _patched(result) if _fits(request, result) else _TOO_LONG


def _fits(request: Request, result: autofix.Result) -> bool:
    """Tell whether the API server stores the annotations that a patch makes.

    Our key may be longer than the wrong one; an object that was valid must not be refused for it.
    """
    return not may_reach_the_limit(request.size) or not any(map(outgrows, _annotations(result.object)))


def _annotations(node: object) -> Iterator[Mapping[str, object]]:
    """Find all annotations of a built-in object."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name == "annotations" and isinstance(value, dict):
                yield value
            else:
                yield from _annotations(value)


def _may_be_patched(request: Request) -> bool:
    """Keep off what the API server, or the object's own controller, would not take.

    The pod template of a Job is immutable once it exists (Kubernetes API reference, JobSpec); a Deployment
    takes a ReplicaSet with another template than its own for a stranger's.
    """
    if request.kind == "Job" and request.operation == "UPDATE":
        return False
    return not request.is_owned


def _makes_a_template(result: autofix.Result) -> bool:
    """Tell whether a patch makes a pod template where there is none, of nothing but metadata.

    The API server leaves an absent template out of a ReplicationController alone (core/v1 types.go: it is a
    pointer), and refuses the object: the user must read that, and not what is wrong with a template of ours.
    """
    return any(
        isinstance(operation.get("value"), dict)
        and not operation["path"].endswith(("/metadata", "/annotations"))
        for operation in result.operations
    )


def _patched(result: autofix.Result) -> Answer:
    left = {(finding.code, finding.key) for finding in result.remaining}
    fixed = [
        finding for finding in result.findings if finding.fix and (finding.code, finding.key) not in left
    ]
    patch = list(result.operations)
    written = msgspec.json.encode(patch).decode()
    if len(written) > _LONGEST_AUDIT:
        written = f"{len(patch)} operations, too long to be repeated here"
    return Answer(
        Outcome.FIXED,
        patch,
        _warnings(fixed),
        {"patch": written},
        tuple(dict.fromkeys(finding.code for finding in fixed)),
    )


def _warned(result: autofix.Result) -> Answer:
    errors = [finding for finding in result.findings if finding.severity is autofix.Severity.ERROR]
    if not errors:
        return Answer(Outcome.UNCHANGED)
    withheld = [finding for finding in errors if finding.withheld]
    audit = (
        {"withheld": "; ".join(f"{one.code} {one.key}: {one.withheld}" for one in withheld)}
        if withheld
        else {}
    )
    return Answer(Outcome.WITHHELD if withheld else Outcome.WARNED, (), _warnings(errors), audit)


def _warnings(findings: Sequence[autofix.Finding]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_warning(finding) for finding in findings))[:_MOST_WARNINGS]


def _warning(finding: autofix.Finding) -> str:
    """Say it in one short line, what to do first, so that a cut never takes that away."""
    written = next((edit for edit in finding.edits if edit.value is not None), None)
    if finding.key is not None and not names.is_qualified(finding.key):
        # Nobody reads in a log or an Event what the API server does not even store.
        text = "about a key that is no valid name of an annotation"
    elif finding.withheld:
        text = f"not fixed: {finding.withheld}"
    elif written is None:
        text = finding.message
    elif written.key == finding.key:
        text = f'use "{written.value}" as the value of {finding.key}'
    else:
        text = f"use {written.key}, not {finding.key}"
    return names.one_line(f"{finding.code}: {text}")
