"""Does another project change pods after Linkerd's injector?

## What it checks

The webhooks that ask for the creation of pods, and that the API server calls after Linkerd's injector.
Those of Linkerd's own extensions do not count.

## Why

They may undo the injector's work. Some drop the `restartPolicy` of init containers, because their client
library is too old to know it. The pod is then invalid, or never gets beyond its proxy.

## What to do

Make sure that each of them keeps the field: `autofix probe` runs a real Job with a native sidecar. If one
of them drops it, upgrade it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from autofix.cluster.doctor.check import CheckResult, ok, warn

if TYPE_CHECKING:
    from autofix.cluster.doctor.facts import Facts

NAME: Final = "other-webhooks"
_LINKERD: Final = ".linkerd.io"


def check(facts: Facts) -> Iterator[CheckResult]:
    """Answer the question."""
    injector = facts.injector
    if injector is None:
        return
    later = [
        name
        for name, configuration in sorted((facts.configurations or {}).items())
        if injector.is_called_before(name)
        and name != facts.ours
        and any(
            webhook.mutates_pods and not webhook.name.endswith(_LINKERD)
            for webhook in configuration.webhooks or ()
        )
    ]
    if later:
        yield warn(
            NAME,
            f"called for pods after Linkerd's injector: {', '.join(later)}",
            "make sure that they keep restartPolicy of init containers: autofix probe runs a Job to see",
        )
    else:
        yield ok(NAME, "no other project changes pods after Linkerd's injector")
