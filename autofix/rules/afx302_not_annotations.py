"""An annotation among the labels, or beside the annotations.

## What it does

Finds keys of Linkerd's annotations under `labels`, and where Kubernetes has no annotations: `annotations` in
a pod `spec`, `spec.podAnnotations`, `template.annotations` without `metadata`, and the like.

## Why is this bad

Linkerd reads annotations only. The API server drops or refuses fields that it does not know.

## Example

```yaml
metadata:
  labels:
    linkerd.io/inject: enabled
```

Write the key under `annotations` of the same metadata.

## Fix safety

Unsafe: the pods run something else afterwards, and a selector may use the label.

In Helm values, commands, Terraform and programs, autofix says what is wrong and moves nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from autofix.kubernetes.locations import Role
from autofix.kubernetes.pointer import pointer
from autofix.rules._move import misplaced, moving
from autofix.rules.context import USUAL, WEBHOOK, Door, Place
from autofix.rules.finding import Finding

CODE = "AFX302"
ROLES = (Role.LABELS, Role.STRAY)
DOORS = (*USUAL, Door.WEBHOOK_WORKLOAD)
NATIVE_ONLY = WEBHOOK


def check(place: Place) -> Iterator[Finding]:
    """Yield a finding for every annotation of Linkerd that does not stand among annotations."""
    is_label = place.location.role is Role.LABELS
    where = "among the labels" if is_label else f"at {pointer(place.location.path)}"
    home = pointer(place.location.home) if place.location.home else "the annotations of the pods"
    for key, plan in misplaced(place):
        yield moving(CODE, place, key, f"Linkerd does not read {key} {where}; move it to {home}", plan)
