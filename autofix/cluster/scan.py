"""One look at a cluster: ask what it is, read it, judge it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from autofix.cluster.environment import completed, surroundings
from autofix.cluster.evaluate import Found, look
from autofix.cluster.inventory import Progress, Scope, read_cluster
from autofix.engine.options import Options
from autofix.errors import AutofixError
from autofix.kubeapi.client import Api
from autofix.kubernetes.kinds import NAMESPACE
from autofix.rules.finding import Finding
from autofix.text.check import NOTE_CODES


@dataclass(frozen=True, slots=True)
class Scan:
    """What one look found.

    Attributes:
        found: the objects with findings, in order.
        options: what is known of the cluster.
        objects: how many objects were read.
        moment: when that began.
        problems: what could not be read.
        lacking: what the cluster does not tell of itself, and why.
    """

    found: tuple[Found, ...]
    options: Options
    objects: int
    moment: datetime
    problems: tuple[AutofixError, ...]
    lacking: tuple[str, ...]


async def scan(
    api: Api, scope: Scope, chosen: Options, *, linkerd_namespace: str, progress: Progress
) -> Scan:
    """Look at a cluster.

    Args:
        api: the connection.
        scope: what to look at.
        chosen: the options; what they leave open is asked of the cluster.
        linkerd_namespace: the control plane's.
        progress: called after every page.
    """
    moment = datetime.now(UTC)
    around = await surroundings(api, linkerd_namespace)
    options = completed(chosen, around)
    inventory = await read_cluster(api, scope, progress)
    wanted = [
        kind
        for kind in inventory.kinds
        if kind.title in scope.custom
        # A label selector is for what lives in Namespaces; they are context then.
        or (kind in scope.kinds and not (scope.labels and kind == NAMESPACE))
    ]
    return Scan(
        found=tuple(_with_notes_once(look(inventory, options, wanted, moment))),
        options=options,
        objects=inventory.count,
        moment=moment,
        problems=tuple(inventory.problems),
        lacking=around.lacking,
    )


def _with_notes_once(found: Iterable[Found]) -> Iterator[Found]:
    """Leave out what is about Linkerd's release and has been said of an object before."""
    said: set[str] = set()

    def is_new(finding: Finding) -> bool:
        known = finding.code in NOTE_CODES and finding.message in said
        said.add(finding.message)
        return not known

    for one in found:
        result = one.result.only(is_new)
        if result.findings:
            yield replace(one, result=result)
