"""A real native-sidecar key that this release, or this level, does not read.

## What it does

Finds the alpha, beta or GA key where the given release does not read it.

{keys read}

If the release is not known, autofix reports that beta and GA keys depend on it, and does not change them.

## Why is this bad

The documentation of another release names this key, and your release ignores it without a message. An
upgrade of Linkerd can have the same effect: where a span in the table has ended, newer releases ignore the
key.

## Example

With Linkerd 2.17:

```yaml
annotations:
  config.linkerd.io/proxy-enable-native-sidecar: "true"
```

becomes:

```yaml
annotations:
  config.alpha.linkerd.io/proxy-enable-native-sidecar: "true"
```

## Fix safety

Safe. autofix proves the fix as in AFX101.
"""

from __future__ import annotations

from collections.abc import Iterator

from autofix.linkerd.precedence import ON, NativeKey, Standing
from autofix.linkerd.release import key_to_write
from autofix.rules._native import is_leftover, rewriting
from autofix.rules.context import READ, Place, Subject
from autofix.rules.finding import Applicability, Finding, Severity

CODE = "AFX102"
ROLES = READ
SUBJECT = Subject.NATIVE


def check(place: Place) -> Iterator[Finding]:
    """Yield a finding for every real key that the release does not read at this level."""
    if not place.context.release.has_native_sidecars:
        return
    for found in place.native:
        if found.standing is Standing.NOT_READ and not is_leftover(place, found):
            yield rewriting(CODE, place, found, _problem(place, found))
        elif found.standing is Standing.DEPENDS and found.key != key_to_write(
            place.context.release, place.level
        ):
            yield _depends(place, found)
    inherited = place.inherited
    if inherited and inherited.standing is Standing.NOT_READ:
        yield rewriting(CODE, place, inherited, _problem(place, inherited))


def _problem(place: Place, found: NativeKey) -> str:
    return f"Linkerd {place.context.release.text} does not read {found.key} {ON[found.level]}"


def _depends(place: Place, found: NativeKey) -> Finding:
    return Finding(
        CODE,
        Severity.WARNING,
        f"whether Linkerd reads {found.key} depends on its release; name the release to have it checked",
        Applicability.DISPLAY,
        (*place.location.path, found.key),
        found.key,
        native=True,
    )
