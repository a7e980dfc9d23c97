"""Running pods: their proxy keeps them running, or a new pod would get another kind of sidecar."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from autofix.cluster.inventory import Inventory, OwnedPod, chain
from autofix.cluster.models import Reference
from autofix.engine.explain import ANSWERS
from autofix.engine.options import Options
from autofix.kubernetes.kinds import NAMESPACE, POD, builtin_kind
from autofix.linkerd.release import key_to_write
from autofix.rules import afx601_held_by_proxy, afx602_other_sidecar
from autofix.rules.finding import Finding


@dataclass(frozen=True, slots=True)
class NewPods:
    """What Linkerd would do with new pods of an object.

    Attributes:
        native: whether an annotation makes a native sidecar, today and once the object is repaired; None
            where no annotation decides, where there is no proxy, or where a new pod is not right yet.
        opted_out: codes of the rules that an annotation of the object switches off.
        today: what a new pod gets today, in a few words.
        after: the same after all safe fixes.
    """

    native: bool | None
    opted_out: frozenset[str]
    today: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class PodFinding:
    """A finding about running pods.

    Attributes:
        reference: the object that the finding is about.
        finding: the finding.
        pods: how many pods it is about.
        owner: the object that made that object; None where there is none.
        today: what a new pod gets today, in a few words; of a finding about a single pod what that pod has.
        after: what a new pod gets after all safe fixes.
        makers: of a finding about a single pod the objects that made it.
    """

    reference: Reference
    finding: Finding
    pods: int
    owner: Reference | None = None
    today: str = ""
    after: str = ""
    makers: tuple[Reference, ...] = ()


def findings_of(
    pods: Sequence[OwnedPod],
    inventory: Inventory,
    new_pods: Mapping[Reference, NewPods],
    options: Options,
    now: datetime,
) -> Iterator[PodFinding]:
    """Find the problems of the pods in a Namespace that have a proxy.

    Args:
        pods: the pods.
        inventory: the objects that were read.
        new_pods: what is known about new pods, by the object that makes them, or by their Namespace.
        options: what is known about the cluster, and which rules run.
        now: the present time.

    Yields:
        The findings. Pods of one owner with the same kind of sidecar are one finding about their owner.
    """
    groups: dict[tuple[Reference, bool], list[OwnedPod]] = defaultdict(list)
    for owned in pods:
        pod = owned.pod
        itself = Reference(POD.api_version, POD.kind, pod.namespace, pod.name)
        owners = chain(owned.owner, inventory.owners)
        makers = [*reversed(owners), itself]
        owner = makers[0] if owners else None
        new = _new_pods(makers, new_pods, is_whole=inventory.is_whole)
        enabled = options.codes - (new.opted_out if new else frozenset())
        after = new.after if new else ""
        if pod.held_by and afx601_held_by_proxy.CODE in enabled:
            key = None if after == ANSWERS[True] else key_to_write(options.release, "pod")
            finding = afx601_held_by_proxy.report(pod, str(owner or ""), now, key)
            yield PodFinding(itself, finding, 1, owner, ANSWERS[pod.native], after, tuple(owners))
        elif new and new.native not in (None, pod.native) and afx602_other_sidecar.CODE in enabled:
            groups[makers[0], pod.native].append(owned)
    for (owner, _), members in groups.items():
        members.sort(key=lambda member: member.pod.name)
        finding = afx602_other_sidecar.report([member.pod for member in members], owner.kind, owner.name)
        known = new_pods.get(owner)
        today, after = (known.today, known.after) if known else ("", "")
        yield PodFinding(owner, finding, len(members), None, today, after)


def _new_pods(
    makers: Sequence[Reference], new_pods: Mapping[Reference, NewPods], *, is_whole: bool
) -> NewPods | None:
    """Return what is known about the pod that would replace a pod.

    Args:
        makers: the objects that make the pod; the object that makes all the others is first.
        new_pods: what is known about new pods, by the object that makes them.
        is_whole: whether all objects of the kinds were read.
    """
    for reference in makers:
        if reference in new_pods:
            return new_pods[reference]
    if builtin_kind(makers[0].kind, makers[0].api_version) is None or (len(makers) > 1 and not is_whole):
        # An object that was not read may say anything.
        return None
    return new_pods.get(Reference(NAMESPACE.api_version, NAMESPACE.kind, "", makers[-1].namespace))
