"""A scan of a cluster: read its environment and its objects, and evaluate them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from aiohttp import ClientError

from autofix.cluster.deployment import completes_jobs, deployments_in, our_deployment
from autofix.cluster.environment import ClusterEnvironment, complete_options, read_environment
from autofix.cluster.evaluate import Evaluation, evaluate
from autofix.cluster.inventory import Inventory, Progress, read_cluster
from autofix.cluster.our_webhook import OurWebhook, find_our_webhook
from autofix.cluster.scope import Scope
from autofix.cluster.webhook_order import CONFIGURATIONS, find_ours
from autofix.engine.options import Options
from autofix.errors import AutofixError
from autofix.kubeapi.api_path import PathError
from autofix.kubeapi.client import Api, ApiError
from autofix.kubeapi.list import read_all
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
        unknowns: sentences about what the cluster does not say about itself, and why.
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
        unknowns=(*_unknowns(environment), *unknown),
        warnings=tuple(inventory.warnings),
        unread=tuple(inventory.unread),
        context=context,
    )


def _unknowns(environment: ClusterEnvironment) -> Iterator[str]:
    yield from (f"cannot read {what}" for what in environment.unknowns)
    if not environment.has_values:
        yield "autofix assumes the default values of Linkerd's chart"


def _is_named(evaluation: Evaluation, inventory: Inventory) -> bool:
    """Tell whether the user names an object, its kind, what made it, or what it made."""
    reference = evaluation.reference
    if reference in inventory.target_owners or not inventory.targets.isdisjoint(
        (reference, *evaluation.makers)
    ):
        return True
    return any(
        (kind.api_version, kind.kind) == (reference.api_version, reference.kind) for kind in inventory.focus
    )


async def _our_webhook(api: Api) -> tuple[OurWebhook | None, tuple[str, ...]]:
    """Ask whether our webhook repairs new pods, and completes Jobs; say why nobody knows if nobody does."""
    webhook, question = None, "repairs new pods"
    try:
        listed = await read_all(api, CONFIGURATIONS)
        configurations = {configuration.metadata.name: configuration for configuration in listed}
        webhook, question = find_our_webhook(configurations), "completes Jobs"
        ours = find_ours(configurations)
        if webhook and ours and (service := ours.webhook.client_config.service):
            deployments = await read_all(api, deployments_in(service.namespace))
            deployment = our_deployment(deployments, ours.configuration)
            webhook = webhook._replace(complete_jobs=deployment is not None and completes_jobs(deployment))
    except (ApiError, PathError, ClientError, OSError, TimeoutError) as error:
        why = f"cannot tell whether our webhook {question}: {str(error) or type(error).__name__}"
        return webhook, (f"{why}; autofix assumes that it does not",)
    return webhook, ()


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
