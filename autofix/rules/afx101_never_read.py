"""A native-sidecar key that no release of Linkerd reads.

## What it does

Finds annotation keys in Linkerd's domain (`linkerd.io` and below it) whose name has the word *native* and
then the word *sidecar*, but which are not one of the three keys that Linkerd has ever read.

## Why is this bad

Linkerd ignores an unknown key without a log line, an event or a metric. The proxy stays an ordinary
container, outlives the Job's own container, and the Job never completes.

## Example

```yaml
annotations:
  config.linkerd.io/proxy-native-sidecar: "true"
```

Linkerd never reads this key. Which key is right depends on your release:

{eras}

If autofix does not know the release, it writes the alpha key (`config.alpha.linkerd.io/…`). Every release
that has the feature reads this key, on pods and on Namespaces.

## On a pod whose Namespace has the wrong key

A Namespace can be context that autofix does not fix, as in the webhook. Then autofix writes on the pod what
the author of the Namespace meant.

## Fix safety

Safe. autofix proves the fix: it asks its model of Linkerd's injector about the patched object. It withholds
the fix if the keys on the object disagree, if it cannot read the value, or if a gate (AFX401, AFX402,
AFX403) refuses the fix.
"""

from __future__ import annotations

from collections.abc import Iterator

from autofix.linkerd.precedence import Standing
from autofix.rules._native import is_leftover, rewriting
from autofix.rules.context import READ, Place, Subject
from autofix.rules.finding import Finding

CODE = "AFX101"
ROLES = READ
SUBJECT = Subject.NATIVE


def check(place: Place) -> Iterator[Finding]:
    """Yield a finding for every key with a name that no release reads."""
    if not place.context.release.has_native_sidecars:
        return
    for found in place.native:
        if found.standing is Standing.UNKNOWN_NAME and not is_leftover(place, found):
            yield rewriting(CODE, place, found, f"no release of Linkerd reads {found.key}")
    inherited = place.inherited
    if inherited and inherited.standing is Standing.UNKNOWN_NAME:
        yield rewriting(
            CODE, place, inherited, f"no release of Linkerd reads the Namespace's {inherited.key}"
        )
