"""Are replicas ready behind our Service?

## What it checks

The ready endpoints of the Service in our configuration.

## Why

Without a ready replica nothing is repaired. With a single replica, each restart leaves a gap.

## What to do

Look at the Deployment, its pods and their log. `/readyz?verbose` on the admin port says why a replica is
not ready: see [the runbook](runbook.md#what-readyzverbose-shows). Run two replicas or more.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from autofix.cluster.doctor.check import CheckResult, fail, ok, warn

if TYPE_CHECKING:
    from autofix.cluster.doctor.facts import Facts

NAME: Final = "webhook-replicas"


def check(facts: Facts) -> Iterator[CheckResult]:
    """Answer the question."""
    if not facts.our_webhooks:
        return
    if facts.ready is None:
        reason = facts.gap("EndpointSlices") or "the configuration names no Service"
        yield warn(NAME, f"ready replicas cannot be counted: {reason}", "look at webhook-reachable instead")
    elif facts.ready == 0:
        yield fail(
            NAME, "no replica is ready: nothing is repaired", f"run {facts.description}, and {facts.log}"
        )
    elif facts.ready == 1:
        yield warn(NAME, "one replica is ready: nothing is repaired while it restarts", "run two or more")
    else:
        yield ok(NAME, f"{facts.ready} replicas are ready")
