"""Is our webhook called before Linkerd's injector?

## What it checks

The name of our MutatingWebhookConfiguration sorts before the name of Linkerd's, byte by byte.

## Why

The API server calls configurations in the order of their names, and the injector does not look twice. What
we write after the injector is too late.

## What to do

If an earlier Linkerd has left a configuration behind, delete that. Else give ours a name that sorts before.
The setting `AUTOFIX_CONFIGURATION`, the ClusterRole and the ValidatingAdmissionPolicy of `deploy/base` hold
the name, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from autofix.cluster.doctor.check import CheckResult, fail, ok

if TYPE_CHECKING:
    from autofix.cluster.doctor.facts import Facts

NAME: Final = "webhook-order"


def check(facts: Facts) -> Iterator[CheckResult]:
    """Answer the question."""
    injector = facts.injector
    if not facts.our_webhooks or injector is None:
        return
    if injector.is_called_before(facts.ours):
        yield fail(
            NAME,
            f"{injector.configuration} is called before {facts.ours}, so the injector never sees a repair",
            f"delete {injector.configuration} if an earlier Linkerd has left it; else give {facts.ours} "
            "a name that sorts before it",
        )
    else:
        yield ok(NAME, f"{facts.ours} is called before {injector.configuration}")
