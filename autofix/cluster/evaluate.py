"""What is wrong in a cluster now: findings, what Linkerd does today, and what it would do after the fixes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from autofix.cluster.inventory import Inventory, Owned
from autofix.cluster.models import JsonObject, LiveObject, Reference
from autofix.cluster.running_pods import Judged, Said, findings_of
from autofix.engine.api import Item, Result, by_hand, fix_all
from autofix.engine.explain import ANSWERS, Explanation, explain_all
from autofix.engine.namespaces import opted_out
from autofix.engine.options import Options
from autofix.kubernetes.kinds import JOB, NAMESPACE, POD, Kind
from autofix.linkerd.precedence import NO_ANNOTATIONS, Annotations

_CONTEXT_WAY: Final = "its Namespace cannot be read, and may decide"
_POD_WAY: Final = "a Pod is never changed: correct what it is made from, and create it again"
_JOB_WAY: Final = (
    "the pod template of a Job is immutable: correct its manifest, delete the Job and create it again"
)


@dataclass(frozen=True, slots=True)
class Found:
    """An object of the cluster with something to say.

    Attributes:
        reference: its names.
        document: the object as it was read, reduced to what counts.
        result: its findings and its patch.
        kind: its kind; None when only its pods were looked at.
        owner: what made it, None when nothing did.
        today: what Linkerd does with its pods, in a few words; empty where it makes none.
        after: the same once everything with a safe fix is repaired.
        pods: how many running pods its findings are about, by code.
    """

    reference: Reference
    document: JsonObject
    result: Result
    kind: Kind | None = None
    owner: Reference | None = None
    today: str = ""
    after: str = ""
    pods: Counter[str] = field(default_factory=Counter)


def look(inventory: Inventory, chosen: Options, wanted: Iterable[Kind], now: datetime) -> list[Found]:
    """Look at everything that was read.

    Args:
        inventory: what was read.
        chosen: what is known of the cluster, and which rules are to run.
        wanted: the kinds whose findings are wanted; the others are context.
        now: the present time.

    Returns:
        The objects with findings, by Namespace, then in the order of the kinds, then by name.
    """
    kinds = tuple(wanted)
    order = {(kind.api_version, kind.kind): place for place, kind in enumerate((*inventory.kinds, POD))}
    found: list[Found] = []
    judged: dict[Reference, Judged] = {}
    objects = _by_namespace(inventory)
    pods = _pods_by_namespace(inventory)
    for name in sorted({*objects, *inventory.namespaces, *pods}):
        namespace = inventory.namespaces.get(name)
        running = {one.pod.name: one.pod.native for one in pods.get(name, ())}
        for one, after in _look_into(
            namespace, objects.get(name, ()), chosen, inventory.has_namespaces, running
        ):
            judged[one.reference] = after
            if one.result.findings and _is_of(one.reference, kinds):
                found.append(one)
        around = namespace.document["metadata"].get("annotations", {}) if namespace else NO_ANNOTATIONS
        if POD in kinds:
            said = findings_of(
                pods.get(name, ()), inventory, judged, chosen.wanted - opted_out({}, around), now
            )
            found += map(_found, said)

    def place(one: Found) -> tuple[str, int, str]:
        reference = one.reference
        inside = reference.name if reference.kind == NAMESPACE.kind else reference.namespace
        return inside, order.get((reference.api_version, reference.kind), -1), reference.name

    return sorted(_joined(found), key=place)


def _is_of(reference: Reference, kinds: Iterable[Kind]) -> bool:
    return any((kind.api_version, kind.kind) == (reference.api_version, reference.kind) for kind in kinds)


def _by_namespace(inventory: Inventory) -> dict[str, list[LiveObject]]:
    """Sort the objects; those that belong to one that is looked at are left out, and twins of one owner."""
    looked_at = {(kind.api_version, kind.kind) for kind in inventory.kinds}
    found: dict[str, list[LiveObject]] = defaultdict(list)
    twins: set[tuple[Reference, str]] = set()
    for one in inventory.objects:
        if one.owner:
            if one.idle or (one.owner.api_version, one.owner.kind) in looked_at:
                continue
            marks = {name: part for name, part in one.document.items() if name != "metadata"}
            mark = (one.owner, repr((one.document["metadata"].get("annotations"), marks)))
            if mark in twins:
                continue
            twins.add(mark)
        found[one.reference.namespace].append(one)
    return found


def _pods_by_namespace(inventory: Inventory) -> dict[str, list[Owned]]:
    found: dict[str, list[Owned]] = defaultdict(list)
    for one in inventory.pods:
        found[one.pod.namespace].append(one)
    return found


def _look_into(
    namespace: LiveObject | None,
    objects: Sequence[LiveObject],
    chosen: Options,
    is_certain: bool,
    running: Mapping[str, bool],
) -> Iterator[tuple[Found, Judged]]:
    """Look at a Namespace and what lives in it, together."""
    whole = [*([namespace] if namespace else []), *objects]
    documents = [one.document for one in whole]
    results = fix_all(documents, chosen)
    before = _first(explain_all(documents, chosen))
    after = _first(explain_all([result.object for result in results], chosen))
    around: Annotations = documents[0]["metadata"].get("annotations", {}) if namespace else NO_ANNOTATIONS
    for index, (one, result) in enumerate(zip(whole, results, strict=True)):
        way = _way(one) if is_certain else _CONTEXT_WAY
        told = by_hand(result, one.document, way) if way else result
        today = _answer(before, index) if is_certain else ""
        if one.kind == POD and one.reference.name in running:
            # It has what it was given, whatever it would get now.
            today = ANSWERS[running[one.reference.name]]
        # What nobody patches stays as it is.
        after_fix = today if way else _answer(after, index)
        found = Found(one.reference, one.document, told, one.kind, one.owner, today, after_fix)
        native = _native(after.get(index)) if is_certain else None
        yield found, Judged(native, opted_out(one.document, around))


def _way(one: LiveObject) -> str:
    """Say why an object cannot be changed at the API server, and what to do instead; empty when it can."""
    if one.owner:
        return f"{one.owner} makes it: correct it there"
    if one.kind == POD:
        return _POD_WAY
    return _JOB_WAY if one.kind == JOB else ""


def _first(explained: Sequence[Explanation]) -> Mapping[int, Explanation]:
    return {one.document: one for one in reversed(explained)}


def _answer(explained: Mapping[int, Explanation], index: int) -> str:
    return explained[index].answer if index in explained else ""


def _native(explained: Explanation | None) -> bool | None:
    """Return what an annotation makes of the proxy; None where none does, or there will be no pod."""
    if explained is None or explained.injected is False or explained.decision.denied:
        return None
    return explained.decision.native if explained.decision.key else None


def _found(said: Said) -> Found:
    reference, finding = said.reference, said.finding
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
    return Found(reference, document, result, owner=said.owner, pods=Counter({finding.code: said.pods}))


def _joined(found: Sequence[Found]) -> Iterator[Found]:
    """Join what was found in an object and in its pods."""
    whole: dict[Reference, Found] = {}
    for one in found:
        if (first := whole.get(one.reference)) is None:
            whole[one.reference] = one
            continue
        [item], [other] = first.result.items, one.result.items
        both = item._replace(
            findings=(*item.findings, *other.findings),
            remaining=(*item.remaining, *other.remaining),
        )
        result = first.result._replace(items=(both,))
        whole[one.reference] = replace(first, result=result, pods=first.pods + one.pods)
    yield from whole.values()
