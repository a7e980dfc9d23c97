"""A dead native-sidecar key beside a live one.

## What it does

Finds keys that Linkerd does not look at beside a key that it obeys, if both say the same, or if the value of
the dead key has no readable meaning.

## Why is this bad

The dead key misleads the next reader. It takes over without a message when somebody removes the live key or
upgrades Linkerd.

## Example

With Linkerd 2.17, the second line has no effect:

```yaml
annotations:
  config.alpha.linkerd.io/proxy-enable-native-sidecar: "true"
  config.linkerd.io/proxy-native-sidecar: "true"
```

## Fix safety

Safe where no release reads the dead key: autofix removes it, and has proven that Linkerd's decision stays
the same.

Unsafe where some release reads it (the alpha, beta and GA keys): other clusters that use the same manifest
may need it. Several of these keys on one pod are the usual way to serve several releases. So where the
webhook patches workloads and Namespaces, it keeps such a key and writes the right one beside it. The same
manifest, applied again, then changes nothing.

autofix does not remove a list or a mapping under the key: somebody may have indented its content too far.
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
