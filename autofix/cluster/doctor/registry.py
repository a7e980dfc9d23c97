"""The list of the checks of ``autofix doctor``. A check is a module: its docstring is its page for users.

Nothing here loads more than the core library: ``autofix rules`` shows the pages without a cluster.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Final, NamedTuple

from autofix.cluster.doctor.check import CheckResult
from autofix.rules.documentation import address
from autofix.rules.pages import filled

if TYPE_CHECKING:
    from autofix.cluster.doctor.facts import Facts


class Check(NamedTuple):
    """One check.

    Attributes:
        name: its stable name, such as ``webhook-order``.
        title: the question that it answers, the first line of its page.
        docstring: its page, perhaps with placeholders of ``autofix.rules.pages``.
        check: answers the question; it yields nothing when the question does not arise.
    """

    name: str
    title: str
    docstring: str
    check: Callable[[Facts], Iterator[CheckResult]]


# The only list of the checks, in the order in which they run.
_NAMES: Final = (
    "kubernetes_version",
    "sidecar_containers",
    "linkerd_release",
    "linkerd_versions",
    "linkerd_config",
    "linkerd_values",
    "cni_plugin",
    "linkerd_bugs",
    "linkerd_injector",
    "webhook_present",
    "webhook_order",
    "webhook_selectors",
    "webhook_failure_policy",
    "webhook_replicas",
    "webhook_ca_bundle",
    "webhook_certificate",
    "webhook_reachable",
    "other_webhooks",
)


def _check(module_name: str) -> Check:
    module = import_module(f"autofix.cluster.doctor.checks.{module_name}")
    docstring = module.__doc__ or ""
    return Check(module.NAME, docstring.partition("\n")[0], docstring, module.check)


CHECKS: Final = {check.name: check for check in map(_check, _NAMES)}


def check_page(check: Check) -> str:
    """Return a check's page for users.

    Args:
        check: the check.

    Returns:
        The page in Markdown, without a line break at its end.
    """
    return filled(check.docstring)


def check_address(name: str) -> str | None:
    """Return the address of a check's page.

    Args:
        name: the check's name.

    Returns:
        The address; None when nothing names a base.
    """
    return address("doctor.md", name)


def run_checks(facts: Facts) -> list[CheckResult]:
    """Run all checks.

    Args:
        facts: what is known about the cluster.

    Returns:
        Their results, in the order of the checks; a check that does not apply has none.
    """
    return [result for check in CHECKS.values() for result in check.check(facts)]
