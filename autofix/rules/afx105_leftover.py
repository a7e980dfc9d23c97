"""A dead native-sidecar key beside a live one.

## What it does

Finds keys that Linkerd does not look at, next to one that it obeys, when both say the same or the dead one's
value cannot be read.

## Why is this bad

It misleads the next reader, and takes over silently when the live key is removed or Linkerd is upgraded.

## Example

With Linkerd 2.17, the second line has no effect:

```yaml
annotations:
  config.alpha.linkerd.io/proxy-enable-native-sidecar: "true"
  config.linkerd.io/proxy-native-sidecar: "true"
```

## Fix safety

Safe where no release reads the dead key: it is removed, and Linkerd's decision is proven to stay the same.

Unsafe where some release reads it (the alpha, beta and GA keys): other clusters that use the same manifest
may need it. Several of them on one pod are the way to serve several releases.

A list or a mapping under the key is not thrown away: what it holds may have been indented too far.
"""

from __future__ import annotations

from collections.abc import Iterator

from autofix.linkerd.precedence import Standing
from autofix.rules._native import is_leftover
from autofix.rules.context import READ, USUAL, Door, Place
from autofix.rules.finding import Applicability, Edit, Finding, Fix, Promise, Severity

CODE = "AFX105"
ROLES = READ
# The webhook does not tidy a Pod: nobody's manifest would become tidier.
DOORS = (*USUAL, Door.WEBHOOK_WORKLOAD)


def check(place: Place) -> Iterator[Finding]:
    """Yield a finding for every dead key beside a live one that does not contradict it."""
    live = place.live
    if live is None:
        return
    for native in place.native:
        if is_leftover(place, native):
            path = place.location.path
            is_dead = native.standing is Standing.UNKNOWN_NAME
            way = "remove it" if is_dead else "remove it if no other release needs it"
            yield Finding(
                CODE,
                Severity.WARNING,
                f"{native.key} has no effect beside {live.key}; {way}",
                Applicability.SAFE if is_dead else Applicability.UNSAFE,
                (*path, native.key),
                native.key,
                native=True,
                fix=Fix((Edit(path, native.key, None),), Promise.SAME, path, live.intent),
            )
