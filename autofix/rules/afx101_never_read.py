"""A native-sidecar key that no release of Linkerd reads.

## What it does

Finds annotation keys in Linkerd's domain (`linkerd.io` and below it) whose name says *native* and then
*sidecar*, and which are none of the three keys that Linkerd has ever read.

## Why is this bad

Linkerd ignores an unknown key without a log line, an event or a metric. The proxy stays an ordinary
container, outlives the Job's own container, and the Job never completes.

## Example

```yaml
annotations:
  config.linkerd.io/proxy-native-sidecar: "true"
```

With Linkerd 2.15 to 2.18, write:

```yaml
annotations:
  config.alpha.linkerd.io/proxy-enable-native-sidecar: "true"
```

With 2.19 the key starts with `config.beta.linkerd.io/`, from 2.20 on with `config.linkerd.io/`. When the
release is not known the alpha key is written: every release that has the feature reads it, on pods and on
Namespaces.

## On a pod whose Namespace has the wrong key

When a Namespace is given as context and will not be fixed itself, what its author meant is written on the
pod.

## Fix safety

Safe. The fix is proven by asking the model of Linkerd's injector about the patched object. It is withheld
when the keys on the object disagree, when the value cannot be read, and by the gates AFX401, AFX402 and
AFX403.
"""

from __future__ import annotations

from collections.abc import Iterator

from autofix.linkerd.precedence import Standing
from autofix.rules._native import is_leftover, rewriting
from autofix.rules.context import READ, USUAL, WEBHOOK_BUILT_IN, Place
from autofix.rules.finding import Finding

CODE = "AFX101"
ROLES = READ
DOORS = (*USUAL, *WEBHOOK_BUILT_IN)


def check(place: Place) -> Iterator[Finding]:
    """Yield a finding for every key with a name that no release reads."""
    if not place.release.has_native_sidecars:
        return
    for native in place.native:
        if native.standing is Standing.UNKNOWN_NAME and not is_leftover(place, native):
            yield rewriting(CODE, place, native, f"no release of Linkerd reads {native.key}")
    inherited = place.inherited
    if inherited and inherited.standing is Standing.UNKNOWN_NAME:
        yield rewriting(
            CODE, place, inherited, f"no release of Linkerd reads the Namespace's {inherited.key}"
        )
