"""A pod has done its work, and Linkerd's proxy keeps it running.

## What it does

Reports pods in a live cluster if all their own containers have ended for good, and a container of Linkerd
still runs. Only `autofix scan` reports them, because a manifest has no state.

## Why is this bad

The pod never completes. Its Job stays active, a CronJob that forbids concurrency starts no more Jobs, and
the pod keeps the node's resources for ever.

## Example

The pod of a Job whose container `backup` exited with 0 three hours ago, and whose container `linkerd-proxy`
runs.

## Fix safety

There is none for the pod: delete it. The message names the annotation to add where it came from, so that the
next pod gets a native sidecar and completes. `linkerd-debug` never becomes a native sidecar: remove
`config.linkerd.io/enable-debug-sidecar`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from autofix.linkerd.completion import DEBUG_CONTAINER
from autofix.linkerd.injection import DEBUG_SIDECAR
from autofix.rules.context import Door
from autofix.rules.finding import Applicability, Finding, Severity
from autofix.rules.running import RunningPod

if TYPE_CHECKING:
    from datetime import datetime, timedelta

CODE = "AFX601"
DOORS = (Door.CLUSTER,)
_UNITS: Final = (("d", 86400), ("h", 3600), ("m", 60), ("s", 1))


def report(pod: RunningPod, owner: str, now: datetime, key: str | None = None) -> Finding:
    """Return the finding for a pod that Linkerd keeps running.

    Args:
        pod: the pod; its ``held_by`` is not empty.
        owner: what made it, for people; empty for nothing.
        now: the present time.
        key: the annotation that makes a native sidecar of the next proxy; None where it becomes one anyway,
            or where the release has none.
    """
    age = f" {_age(now - pod.ended)} ago" if pod.ended else ""
    made_by = f"; {owner} made it" if owner else ""
    if pod.held_by == DEBUG_CONTAINER:
        way = f"take {DEBUG_SIDECAR} off"
    else:
        add = f'add {key}: "true" to the pod template, and ' if key else ""
        way = f"{add}delete it, so that the next one has a native sidecar"
    message = f"its containers ended{age} and {pod.held_by} still runs, so it never completes{made_by}: {way}"
    return Finding(CODE, Severity.ERROR, message, Applicability.DISPLAY, ())


def _age(passed: timedelta) -> str:
    """Write an age as kubectl does, by its largest unit."""
    seconds = max(int(passed.total_seconds()), 0)
    return next((f"{seconds // size}{unit}" for unit, size in _UNITS if seconds >= size), "0s")
