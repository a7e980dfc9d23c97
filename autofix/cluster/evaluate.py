"""Evaluates a cluster: the findings, what Linkerd does today, and what it would do after the fixes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from autofix.cluster.inventory import Inventory, OwnedPod
from autofix.cluster.models import LiveObject, Reference, concerns_linkerd
from autofix.cluster.new_pods import PodContext, annotations_of, explain_new_pods
from autofix.cluster.our_webhook import OurWebhook
from autofix.cluster.running_pods import NewPods, PodFinding, findings_of
from autofix.engine.api import Item, Result, by_hand, fix_all
from autofix.engine.explain import ANSWERS, Explanation
from autofix.engine.namespaces import opted_out
from autofix.engine.options import Options
from autofix.kubeapi.types import JsonObject
from autofix.kubernetes.kinds import JOB, NAMESPACE, POD, Kind
from autofix.linkerd.injection import INJECT, traits_of
from autofix.rules.afx603_never_completes import CODE as AFX603

_CONTEXT_REASON: Final = "its Namespace cannot be read, and may decide"
_POD_REASON: Final = "a Pod is never changed: correct what it is made from, and create it again"
_JOB_REASON: Final = (
    "the pod template of a Job is immutable: correct its manifest, delete the Job and create it again"
)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """An object of the cluster that has findings.

    Attributes:
        reference: its names.
        document: the object as it was read, reduced to the parts that count.
        result: its findings and its patch.
        kind: its kind; None when only its pods were evaluated.
        owner: the object that made it; None where there is none.
        today: what Linkerd does with its pods, in a few words; empty where it makes no pods.
        after: the same after all safe fixes.
        pods: how many running pods its findings are about, by code.
        makers: of a running pod the objects that made it.
    """

    reference: Reference
    document: JsonObject
    result: Result
    kind: Kind | None = None
    owner: Reference | None = None
    today: str = ""
    after: str = ""
    pods: Counter[str] = field(default_factory=Counter)
    makers: tuple[Reference, ...] = ()


def evaluate(
    inventory: Inventory,
    options: Options,
    targets: Iterable[Kind],
    now: datetime,
    webhook: OurWebhook | None = None,
) -> list[Evaluation]:
    """Evaluate all objects that were read.

    Args:
        inventory: the objects.
        options: what is known about the cluster, and which rules run.
        targets: the kinds whose findings count; the other kinds are context.
        now: the present time.
        webhook: our webhook, if the API server calls it before Linkerd's injector.

    Returns:
        The objects with findings, by Namespace, then in the order of the kinds, then by name.
    """
    kinds = tuple(targets)
    order = {(kind.api_version, kind.kind): place for place, kind in enumerate((*inventory.kinds, POD))}
    evaluations: list[Evaluation] = []
    new_pods: dict[Reference, NewPods] = {}
    objects = _by_namespace(inventory)
    pods = _pods_by_namespace(inventory)
    for name in sorted({*objects, *inventory.namespaces, *pods}):
        namespace = inventory.namespaces.get(name)
        context = PodContext(options, webhook, namespace.labels if namespace else {})
        # One Namespace that cannot be read says nothing about the others.
        is_certain = namespace is not None or inventory.has_namespaces
        for evaluation, new in _evaluate_namespace(namespace, objects.get(name, ()), context, is_certain):
            new_pods[evaluation.reference] = new
            if evaluation.result.findings and _is_of(evaluation.reference, kinds):
                evaluations.append(evaluation)
        if POD in kinds:
            inherited = annotations_of(namespace.document if namespace else None)
            heard = options._replace(codes=options.codes - opted_out({}, inherited))
            findings = findings_of(pods.get(name, ()), inventory, new_pods, heard, now)
            evaluations += map(_pod_evaluation, findings)

    def place(evaluation: Evaluation) -> tuple[str, int, str]:
        reference = evaluation.reference
        inside = reference.name if reference.kind == NAMESPACE.kind else reference.namespace
        return inside, order.get((reference.api_version, reference.kind), -1), reference.name

    return sorted(_joined(evaluations), key=place)


def _is_of(reference: Reference, kinds: Iterable[Kind]) -> bool:
    return any((kind.api_version, kind.kind) == (reference.api_version, reference.kind) for kind in kinds)


def _by_namespace(inventory: Inventory) -> dict[str, list[LiveObject]]:
    """Sort the objects; leave out those whose owner is evaluated, and copies of the same owner.

    An object that the user names is no copy: it comes first.
    """
    evaluated = {(kind.api_version, kind.kind) for kind in inventory.kinds}
    objects: dict[str, list[LiveObject]] = defaultdict(list)
    copies: set[tuple[Reference, str]] = set()
    for obj in sorted(inventory.objects, key=lambda obj: obj.reference not in inventory.targets):
        if obj.owner:
            if obj.idle or (obj.owner.api_version, obj.owner.kind) in evaluated:
                continue
            marks = {name: part for name, part in obj.document.items() if name != "metadata"}
            copy = (obj.owner, repr((obj.document["metadata"].get("annotations"), marks)))
            if copy in copies:
                continue
            copies.add(copy)
        objects[obj.reference.namespace].append(obj)
    return objects


def _pods_by_namespace(inventory: Inventory) -> dict[str, list[OwnedPod]]:
    pods: dict[str, list[OwnedPod]] = defaultdict(list)
    for owned in inventory.pods:
        pods[owned.pod.namespace].append(owned)
    return pods


def _evaluate_namespace(
    namespace: LiveObject | None,
    objects: Sequence[LiveObject],
    context: PodContext,
    is_certain: bool,
) -> Iterator[tuple[Evaluation, NewPods]]:
    """Evaluate a Namespace together with the objects in it."""
    asks = annotations_of(namespace.document if namespace else None).get(INJECT)
    together = [
        *([namespace] if namespace else []),
        # Without a key of its own an object matters only if its Namespace asks for proxies.
        *(obj for obj in objects if asks or concerns_linkerd(obj.document)),
    ]
    documents = [obj.document for obj in together]
    around = documents[0] if namespace else None
    today = explain_new_pods(documents, around, context)
    results = _without_hanging(fix_all(documents, context.options), documents, today, context.options)
    reasons = [_reason_not_to_change(obj) if is_certain else _CONTEXT_REASON for obj in together]
    # An object that nobody patches stays as it is, in its repaired Namespace.
    repaired: list[JsonObject] = [
        document if reason else result.object  # type: ignore[misc]  # a patched object is one, too
        for document, reason, result in zip(documents, reasons, results, strict=True)
    ]
    after = explain_new_pods(repaired, repaired[0] if namespace else None, context)
    inherited = annotations_of(around)
    for obj, result, reason, now, then in zip(together, results, reasons, today, after, strict=True):
        shown = by_hand(result, obj.document, reason) if reason else result
        answers = (_running(obj, now), then.answer if then else "") if is_certain else ("", "")
        evaluation = Evaluation(obj.reference, obj.document, shown, obj.kind, obj.owner, *answers)
        native = _native(now, then) if is_certain else None
        yield evaluation, NewPods(native, opted_out(obj.document, inherited), *answers)


def _without_hanging(
    results: Sequence[Result],
    documents: Sequence[JsonObject],
    today: Sequence[Explanation | None],
    options: Options,
) -> Sequence[Result]:
    """Take back that pods never complete where our webhook gives them the key with which they do."""
    completed = [
        bool(now and now.native) and any(finding.code == AFX603 for finding in result.findings)
        for result, now in zip(results, today, strict=True)
    ]
    if not any(completed):
        return results
    others = fix_all(documents, options._replace(codes=options.codes - {AFX603}))
    return [
        other if is_completed else result
        for result, other, is_completed in zip(results, others, completed, strict=True)
    ]


def _running(obj: LiveObject, now: Explanation | None) -> str:
    """Say what Linkerd does with the pods of an object; a running Pod keeps what it has."""
    if obj.kind == POD and (traits := traits_of(obj.document.get("spec"))).has_proxy:
        return ANSWERS[traits.has_native_proxy]
    return now.answer if now else ""


def _reason_not_to_change(obj: LiveObject) -> str:
    """Say why an object cannot be changed at the API server, and what to do instead; empty when it can."""
    if obj.owner:
        return f"{obj.owner} makes it: correct it there"
    if obj.kind == POD:
        return _POD_REASON
    return _JOB_REASON if obj.kind == JOB else ""


def _native(now: Explanation | None, then: Explanation | None) -> bool | None:
    """Tell whether annotations make a native sidecar, in new pods today as well as after the repair.

    Returns:
        None if no annotation decides, if there is no proxy, or if a pod that is made today is not right yet.
    """
    if now is None or then is None or now.native != then.native:
        return None
    if not (now.has_proxy and then.has_proxy) or now.is_denied or then.is_denied:
        return None
    return then.native if then.decision.key else None


def _pod_evaluation(pod_finding: PodFinding) -> Evaluation:
    reference, finding = pod_finding.reference, pod_finding.finding
    names = {"name": reference.name}
    if reference.namespace:
        names["namespace"] = reference.namespace
    document: JsonObject = {
        "apiVersion": reference.api_version,
        "kind": reference.kind,
        "metadata": names,
    }
    item = Item(reference.kind, reference.namespace, reference.name, (), (finding,), (finding,))
    result = Result((item,), (), document, changes_injection=False)
    pods = Counter({finding.code: pod_finding.pods})
    return Evaluation(
        reference,
        document,
        result,
        owner=pod_finding.owner,
        today=pod_finding.today,
        after=pod_finding.after,
        pods=pods,
        makers=pod_finding.makers,
    )


def _joined(evaluations: Sequence[Evaluation]) -> Iterator[Evaluation]:
    """Join the findings in an object with the findings in its pods."""
    joined: dict[Reference, Evaluation] = {}
    for evaluation in evaluations:
        if (first := joined.get(evaluation.reference)) is None:
            joined[evaluation.reference] = evaluation
            continue
        [item], [other] = first.result.items, evaluation.result.items
        both = item._replace(
            findings=(*item.findings, *other.findings),
            remaining=(*item.remaining, *other.remaining),
        )
        result = first.result._replace(items=(both,))
        pods, makers = first.pods + evaluation.pods, first.makers or evaluation.makers
        joined[evaluation.reference] = replace(first, result=result, pods=pods, makers=makers)
    yield from joined.values()
