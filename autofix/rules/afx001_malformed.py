"""An object whose metadata cannot be read as Kubernetes reads it.

## What it does

Reports `metadata`, `annotations`, `labels` or a pod template that is neither a mapping nor empty.

## Why is this bad

The API server refuses the object, and autofix can say nothing about the annotations in it.

## Example

```yaml
metadata:
  annotations: linkerd.io/inject
```

## Fix safety

There is none. Such an object counts as unreadable input: commands end with exit code 2.
"""

from __future__ import annotations

from autofix.kubernetes.locations import Malformed
from autofix.kubernetes.pointer import pointer
from autofix.rules.finding import Applicability, Finding, Severity

CODE = "AFX001"


def malformed(place: Malformed) -> Finding:
    """Report one place that cannot be read."""
    dashes = "; write its entries without dashes" if place.type_name == "list" else ""
    return Finding(
        CODE,
        Severity.ERROR,
        f"{pointer(place.path)} must be a mapping and is a {place.type_name}{dashes}; "
        "nothing below it was checked",
        Applicability.DISPLAY,
        place.path,
    )
