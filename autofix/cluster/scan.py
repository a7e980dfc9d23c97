"""A scan of a cluster: read its environment and its objects, and evaluate them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from aiohttp import ClientError

from autofix.cluster.environment import complete_options, read_environment
from autofix.cluster.evaluate import Evaluation, evaluate
from autofix.cluster.inventory import Progress, Scope, read_cluster
from autofix.cluster.our_webhook import OurWebhook, find_our_webhook
from autofix.engine.options import Options
from autofix.errors import AutofixError
from autofix.kubeapi.api_path import resource_path
from autofix.kubeapi.client import Api, ApiError
from autofix.kubeapi.list import Resource, read_all
from autofix.kubeapi.types import MutatingWebhookConfiguration
from autofix.kubernetes.kinds import MUTATING_WEBHOOKS, NAMESPACE
from autofix.rules.finding import Finding
from autofix.rules.registry import RULES


@dataclass(frozen=True, slots=True)
class Scan:
    """The result of a scan.

    Attributes:
        evaluations: the objects with findings, in order.
        options: the options, completed with what the cluster says.
        objects: how many objects were read.
        moment: when the scan began.
        problems: what could not be read.
        unknowns: what the cluster does not say about itself, and why.
    """

    evaluations: tuple[Evaluation, ...]
    options: Options
    objects: int
    moment: datetime
    problems: tuple[AutofixError, ...]
    unknowns: tuple[str, ...]


async def scan(
    api: Api, scope: Scope, options: Options, *, linkerd_namespace: str, progress: Progress
) -> Scan:
    """Scan a cluster.

    Args:
        api: the connection.
        scope: what to read.
        options: the options; the cluster is asked for what they do not say.
        linkerd_namespace: the control plane's.
        progress: called after every page.

    Returns:
        The result.
    """
    moment = datetime.now(UTC)
    environment = await read_environment(api, linkerd_namespace)
    complete = complete_options(options, environment)
    webhook, unknown = await _our_webhook(api)
    inventory = await read_cluster(api, scope, progress)
    targets = [
        kind
        for kind in inventory.kinds
        if kind.title in scope.custom
        # A label selector is for the objects in Namespaces. Namespaces are only context then.
        or (kind in scope.kinds and not (scope.labels and kind == NAMESPACE))
    ]
    return Scan(
        evaluations=tuple(_with_notes_once(evaluate(inventory, complete, targets, moment, webhook))),
        options=complete,
        objects=inventory.count,
        moment=moment,
        problems=tuple(inventory.problems),
        unknowns=(*environment.unknowns, *unknown),
    )


async def _our_webhook(api: Api) -> tuple[OurWebhook | None, tuple[str, ...]]:
    """Ask whether our webhook repairs new pods; say why nobody knows if it cannot be read."""
    resource = Resource(
        MUTATING_WEBHOOKS.title, resource_path(MUTATING_WEBHOOKS), MutatingWebhookConfiguration
    )
    try:
        configurations = await read_all(api, resource)
    except (ApiError, ClientError, OSError, TimeoutError) as error:
        return None, (f"whether our webhook repairs new pods: {str(error) or type(error).__name__}",)
    return find_our_webhook({one.metadata.name: one for one in configurations}), ()


def _with_notes_once(evaluations: Iterable[Evaluation]) -> Iterator[Evaluation]:
    """Keep each note about Linkerd's release at the first object only."""
    messages: set[str] = set()

    def is_new(finding: Finding) -> bool:
        known = bool(RULES[finding.code].note) and finding.message in messages
        messages.add(finding.message)
        return not known

    for evaluation in evaluations:
        result = evaluation.result.only(is_new)
        if result.findings:
            yield replace(evaluation, result=result)
