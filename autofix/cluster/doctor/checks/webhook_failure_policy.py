"""Can pods be created while our webhook is away?

## What it checks

The failurePolicy of our webhooks, and with `Fail` the number of ready replicas.

## Why

With `Ignore`, pods start without repair while no replica answers. With `Fail` the API server refuses them,
so one replica is not enough.

## What to do

Use `Ignore`, or `Fail` with three replicas, as the component `ha` does: see [the
runbook](runbook.md#choosing-failurepolicy-fail).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from autofix.cluster.doctor.check import CheckResult, ok, warn

if TYPE_CHECKING:
    from autofix.cluster.doctor.facts import Facts

NAME: Final = "webhook-failure-policy"


def check(facts: Facts) -> Iterator[CheckResult]:
    """Answer the question."""
    strict = [webhook.name for webhook in facts.our_webhooks if webhook.failure_policy == "Fail"]
    if not facts.our_webhooks:
        return
    if not strict:
        yield ok(NAME, "failurePolicy is Ignore: pods start without us")
    elif facts.ready is not None and facts.ready > 1:
        yield ok(NAME, f"failurePolicy is Fail, and {facts.ready} replicas are ready")
    else:
        ready = "an unknown number of" if facts.ready is None else facts.ready
        yield warn(
            NAME,
            f"failurePolicy of {', '.join(strict)} is Fail, with {ready} ready replicas: pods may not start",
            "use Ignore, or three replicas as deploy/components/ha does",
        )
