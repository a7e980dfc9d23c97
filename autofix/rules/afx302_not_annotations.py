"""An annotation among the labels, or inside the pod spec.

## What it does

Finds keys of Linkerd's annotations under `labels`, and under `annotations` inside a pod `spec`.

## Why is this bad

Linkerd reads annotations only. The API server drops or refuses `annotations` in a pod spec.

## Example

```yaml
metadata:
  labels:
    linkerd.io/inject: enabled
```

Write the key under `annotations` of the same metadata.

## Fix safety

Unsafe: the pods run something else afterwards, and a selector may use the label.
"""

from __future__ import annotations

from collections.abc import Iterator

from autofix.kubernetes.locations import Role
from autofix.kubernetes.pointer import pointer
from autofix.rules._move import misplaced, moving
from autofix.rules.context import Place
from autofix.rules.finding import Finding

CODE = "AFX302"
ROLES = (Role.LABELS, Role.POD_SPEC)
_WHERE = {Role.LABELS: "among the labels", Role.POD_SPEC: "inside the pod spec"}


def check(place: Place) -> Iterator[Finding]:
    """Yield a finding for every annotation of Linkerd that does not stand among annotations."""
    where = _WHERE[place.location.role]
    for key, plan in misplaced(place):
        home = pointer(place.location.home or ())
        yield moving(CODE, place, key, f"Linkerd does not read {key} {where}; move it to {home}", plan)
