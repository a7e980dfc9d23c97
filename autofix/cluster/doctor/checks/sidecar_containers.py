"""Does a native sidecar survive its way through the API server?

## What it checks

doctor creates a pod with a native sidecar as a dry run, in the Namespace of `-n`. The init container must
come back with its `restartPolicy`.

## Why

Without `restartPolicy: Always` the proxy is an ordinary init container, and the pod never gets beyond it.
The feature gate `SidecarContainers` may be off, or a mutating webhook rewrites pods with an old client
library.

## What to do

If the field is lost, switch the feature gate on, or find the webhook: `other-webhooks` names candidates. If
the API server refuses the pod, its words say why. Name a Namespace in which you may create pods with `-n`:
a quota, a policy or Pod Security may forbid them in this one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from autofix.cluster.doctor.check import CheckResult, fail, ok, warn

if TYPE_CHECKING:
    from autofix.cluster.doctor.facts import Facts

NAME: Final = "sidecar-containers"


def check(facts: Facts) -> Iterator[CheckResult]:
    """Answer the question."""
    if facts.dry_run.sidecars is None:
        yield warn(
            NAME,
            f"a pod cannot be tried in Namespace {facts.namespace}: {facts.dry_run.why}",
            "name a Namespace in which you may create pods with -n",
        )
    elif facts.dry_run.sidecars:
        yield ok(NAME, "a pod keeps the restartPolicy of its native sidecar")
    else:
        yield fail(
            NAME,
            "a pod loses the restartPolicy of its native sidecar on its way through the API server",
            "switch the feature gate SidecarContainers on, or find the mutating webhook that drops the field",
        )
