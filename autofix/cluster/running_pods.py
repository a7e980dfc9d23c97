"""Pods as they run: held by their proxy, or with another kind of sidecar than a new pod would get."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from autofix.cluster.inventory import Inventory, Owned
from autofix.cluster.models import Reference
from autofix.kubernetes.kinds import NAMESPACE, POD, builtin_kind
from autofix.rules import afx601_held_by_proxy, afx602_other_sidecar
from autofix.rules.finding import Finding


@dataclass(frozen=True, slots=True)
class Judged:
    """What Linkerd would do with the pods of an object once it is repaired.

    Attributes:
        native: whether an annotation makes a native sidecar; None where none decides, or there is no proxy.
        opted_out: codes that the object does not want to hear of.
    """

    native: bool | None
    opted_out: frozenset[str]


@dataclass(frozen=True, slots=True)
class Said:
    """A finding about running pods.

    Attributes:
        reference: the object to speak of.
        finding: the finding.
        pods: how many pods it is about.
        owner: what made the object, None when nothing did.
    """

    reference: Reference
    finding: Finding
    pods: int
    owner: Reference | None = None


def findings_of(
    pods: Sequence[Owned],
    inventory: Inventory,
    judged: Mapping[Reference, Judged],
    wanted: frozenset[str],
    now: datetime,
) -> Iterator[Said]:
    """Look at the pods of one Namespace that have a proxy.

    Args:
        pods: the pods.
        inventory: what was read.
        judged: what is known of the objects that make pods, and of their Namespace.
        wanted: codes of the rules that are to run.
        now: the present time.

    Yields:
        The findings. Pods of one owner with the same kind of sidecar are one finding about their owner.
    """
    groups: dict[tuple[Reference, bool], list[Owned]] = defaultdict(list)
    for one in pods:
        itself = Reference(POD.api_version, POD.kind, one.pod.namespace, one.pod.name)
        owner = _top(one.owner, inventory.owners)
        made = [reference for reference in (owner, one.owner, itself) if reference]
        anew = _anew(made, judged, is_whole=inventory.is_whole)
        codes = wanted - (anew.opted_out if anew else frozenset())
        if one.pod.held_by and afx601_held_by_proxy.CODE in codes:
            yield Said(itself, afx601_held_by_proxy.report(one.pod, str(owner or ""), now), 1, owner)
        elif anew and anew.native not in (None, one.pod.native) and afx602_other_sidecar.CODE in codes:
            groups[made[0], one.pod.native].append(one)
    for (owner, _), members in groups.items():
        members.sort(key=lambda one: one.pod.name)
        finding = afx602_other_sidecar.report([one.pod for one in members], owner.kind, owner.name)
        yield Said(owner, finding, len(members))


def _top(owner: Reference | None, owners: Mapping[Reference, Reference]) -> Reference | None:
    while owner and (above := owners.get(owner)):
        owner = above
    return owner


def _anew(made: Sequence[Reference], judged: Mapping[Reference, Judged], *, is_whole: bool) -> Judged | None:
    """Return what is known of a pod that is made anew; ``made`` is what makes it, the surest first."""
    for reference in made:
        if reference in judged:
            return judged[reference]
    if builtin_kind(made[0].kind, made[0].api_version) is None or (len(made) > 1 and not is_whole):
        # What was not read may say anything.
        return None
    return judged.get(Reference(NAMESPACE.api_version, NAMESPACE.kind, "", made[-1].namespace))
