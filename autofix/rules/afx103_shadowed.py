"""A native-sidecar key that another key overrules against its author's intent.

## What it does

Finds a key that the release reads, but that a preferred key overrules. The GA key wins over the beta key,
and the beta key wins over the alpha key. The *presence* of the preferred key decides, even if nobody can
parse its value. A Namespace's preferred key wins over a less preferred key on the pod.

## Why is this bad

Say a pod opts out with the alpha key, and its Namespace opts in with the GA key. The proxy of the pod
becomes a native sidecar all the same, and Linkerd says nothing.

## Example

With Linkerd 2.20, on a pod in a Namespace annotated `config.linkerd.io/proxy-enable-native-sidecar: "true"`:

```yaml
annotations:
  config.alpha.linkerd.io/proxy-enable-native-sidecar: "false"
```

becomes:

```yaml
annotations:
  config.linkerd.io/proxy-enable-native-sidecar: "false"
```

## Fix safety

Safe where the keys on the object itself agree: autofix writes the preferred key there. Display only where
the preferred key stands on the same object with a value that has no readable meaning.

If two releases may answer, and only one of them prefers another key, no single key is right for both. On Pods
the webhook then writes both keys.
"""

from __future__ import annotations

from collections.abc import Iterator

from autofix.linkerd.precedence import ON, NativeKey, Standing
from autofix.linkerd.release import key_to_write
from autofix.rules._native import is_obeyed, planned, rewrite, rewriting
from autofix.rules.context import READ, USUAL, WEBHOOK_BUILT_IN, Place
from autofix.rules.finding import Applicability, Finding, Severity

CODE = "AFX103"
ROLES = READ
DOORS = (*USUAL, *WEBHOOK_BUILT_IN)


def check(place: Place) -> Iterator[Finding]:
    """Yield a finding for every overruled key where Linkerd does not do what the object's author meant."""
    shadowed = [native for native in place.native if native.standing in (Standing.SHADOWED, Standing.DEPENDS)]
    if not shadowed or place.intent is None or is_obeyed(place):
        return
    for native in shadowed:
        if native.shadowed_by is not None:
            key, level = native.shadowed_by
            yield rewriting(CODE, place, native, f"Linkerd prefers {key} {ON[level]} to {native.key}")
        elif native.key == key_to_write(place.release, place.level):
            yield _perhaps(place, native)


def _perhaps(place: Place, native: NativeKey) -> Finding:
    """Report a key that only some of the releases obey that may run; no one key is right for all of them."""
    problem = (
        f"some of the Linkerd releases that may run ({place.release.text}) prefer another key to {native.key}"
    )
    path = (*place.location.path, native.key)
    if native.standing in place.context.options.unread:
        return planned(CODE, f"{problem}; write that key, too", path, native.key, rewrite(place, native))
    message = f"{problem}; correct that key, or remove it"
    return Finding(CODE, Severity.WARNING, message, Applicability.DISPLAY, path, native.key, native=True)
