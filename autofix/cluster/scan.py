"""A scan of a cluster: read its environment and its objects, and evaluate them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from aiohttp import ClientError

from autofix.cluster.environment import complete_options, read_environment
from autofix.cluster.evaluate import Evaluation, evaluate
from autofix.cluster.inventory import Inventory, Progress, read_cluster
from autofix.cluster.our_webhook import OurWebhook, find_our_webhook
from autofix.cluster.scope import Scope
from autofix.engine.options import Options
from autofix.errors import AutofixError
from autofix.kubeapi.api_path import resource_path
from autofix.kubeapi.client import Api, ApiError
from autofix.kubeapi.list import Resource, read_all
from autofix.kubeapi.types import MutatingWebhookConfiguration
from autofix.kubernetes.kinds import MUTATING_WEBHOOKS
from autofix.rules.finding import Finding
from autofix.rules.registry import RULES


@dataclass(frozen=True, slots=True)
class Scan:
    """The result of a scan.

    Attributes:
        evaluations: the objects with findings, by Namespace, kind and name.
        options: the options, completed with what the cluster says.
        objects: how many objects were read.
        moment: when the scan began.
        problems: what could not be read.
        unknowns: what the cluster does not say about itself, and why.
        warnings: what may not be read, and counts as if it were not there.
        unread: titles of the kinds that were not read.
        context: the kubeconfig's name for the cluster; empty where there is only one cluster.
    """

    evaluations: tuple[Evaluation, ...]
    options: Options
    objects: int
    moment: datetime
    problems: tuple[AutofixError, ...]
    unknowns: tuple[str, ...]
    warnings: tuple[AutofixError, ...] = ()
    unread: tuple[str, ...] = ()
    context: str = ""


async def scan(
    api: Api,
    scope: Scope,
    options: Options,
    *,
    linkerd_namespace: str,
    progress: Progress,
    context: str = "",
) -> Scan:
    """Scan a cluster.

    Args:
        api: the connection.
        scope: what to read.
        options: the options; the cluster is asked for what they do not say.
        linkerd_namespace: the control plane's.
        progress: called after every page.
        context: the kubeconfig's name for the cluster; empty where there is only one cluster.

    Returns:
        The result.
    """
    moment = datetime.now(UTC)
    environment = await read_environment(api, linkerd_namespace)
    complete = complete_options(options, environment)
    webhook, unknown = await _our_webhook(api)
    inventory = await read_cluster(api, scope, progress)
    kinds = inventory.kinds if scope.targets else inventory.focus
    evaluations = [
        evaluation
        for evaluation in evaluate(inventory, complete, kinds, moment, webhook)
        if not scope.targets or _is_named(evaluation, inventory)
    ]
    return Scan(
        evaluations=tuple(_with_notes_once(evaluations)),
        options=complete,
        objects=inventory.count,
        moment=moment,
        problems=tuple(inventory.problems),
        unknowns=(*environment.unknowns, *unknown),
        warnings=tuple(inventory.warnings),
        unread=tuple(inventory.unread),
        context=context,
    )


def _is_named(evaluation: Evaluation, inventory: Inventory) -> bool:
    """Tell whether the user names an object, its kind, or the object that made it."""
    reference = evaluation.reference
    return not inventory.targets.isdisjoint((reference, evaluation.owner)) or any(
        (kind.api_version, kind.kind) == (reference.api_version, reference.kind) for kind in inventory.focus
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
