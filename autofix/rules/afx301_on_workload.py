"""An annotation on the workload itself instead of on its pod template.

## What it does

Finds annotations for pods on the metadata of a Deployment, StatefulSet, DaemonSet, ReplicaSet,
ReplicationController, Job, CronJob, or a custom resource with one pod template.

## Why is this bad

Linkerd's injector sees pods only. Kubernetes does not copy annotations of the workload to its pods.

## Example

```yaml
kind: Job
metadata:
  annotations:
    config.alpha.linkerd.io/proxy-enable-native-sidecar: "true"
```

Set it under `spec.template.metadata.annotations` (of a CronJob:
`spec.jobTemplate.spec.template.metadata.annotations`).

## Fix safety

Unsafe: the pods run something else afterwards. The template of an existing Job is immutable: delete the Job
and create it again. A new template of a Deployment, StatefulSet or DaemonSet starts a rollout.

In commands, Terraform and programs, autofix names the right place and moves nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from autofix.kubernetes.locations import Role
from autofix.kubernetes.pointer import pointer
from autofix.rules._move import misplaced, moving
from autofix.rules.context import USUAL, WEBHOOK, Door, Place
from autofix.rules.finding import Finding

CODE = "AFX301"
ROLES = (Role.WORKLOAD,)
DOORS = (*USUAL, Door.WEBHOOK_WORKLOAD)
NATIVE_ONLY = WEBHOOK


def check(place: Place) -> Iterator[Finding]:
    """Yield a finding for every annotation for pods that stands on the workload."""
    hint = ", which is immutable in a Job that exists" if place.location.kind == "Job" else ""
    for key, plan in misplaced(place):
        message = (
            f"Linkerd does not read {key} on a {place.location.kind or 'workload'}; "
            f"set it on the pod template"
            f"{hint}: {pointer(place.location.home or ())}"
        )
        yield moving(CODE, place, key, message, plan)
