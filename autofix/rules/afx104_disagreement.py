"""Two native-sidecar keys on one object that disagree.

## What it does

Finds objects with native-sidecar keys that disagree: a person reads true in one and false in another. Also
finds a key that stands twice in one mapping of a file, with different values.

## Why is this bad

Linkerd obeys one of the keys and ignores the other. The release decides which key that is. Of a key that
stands twice, kubectl and Helm take the last value without a message.

## Example

```yaml
annotations:
  config.alpha.linkerd.io/proxy-enable-native-sidecar: "true"
  config.linkerd.io/proxy-native-sidecar: "false"
```

Remove the key that you do not mean.

## Fix safety

There is none: only the author knows which key is right. autofix withholds other fixes of these keys until
they agree.
"""

from __future__ import annotations

from collections.abc import Iterator

from autofix.kubernetes.pointer import Path
from autofix.rules.context import READ, USUAL, WEBHOOK_BUILT_IN, Place
from autofix.rules.finding import Applicability, Finding, Severity

CODE = "AFX104"
ROLES = READ
DOORS = (*USUAL, *WEBHOOK_BUILT_IN)
TWICE = "a key stands here twice, with different values; remove the wrong one by hand"


def check(place: Place) -> Iterator[Finding]:
    """Yield one finding for an object whose native-sidecar keys disagree."""
    if {True, False} - {native.intent for native in place.native}:
        return
    live = place.live
    if live is not None and live.parsed is not None:
        today = f"Linkerd obeys {live.key} today"
    else:
        today = "Linkerd may obey none of them"
    keys = " and ".join(native.key for native in place.native if native.intent is not None)
    yield Finding(
        CODE,
        Severity.WARNING,
        f"{keys} disagree: {today}; remove the one that is not meant",
        Applicability.DISPLAY,
        place.location.path,
        native=True,
    )


def standing_twice(path: Path) -> Finding:
    """Report a key that stands twice in one mapping of a text; an object cannot have it twice.

    Args:
        path: where it stands.
    """
    key = str(path[-1])
    return Finding(
        CODE,
        Severity.WARNING,
        f"{key} stands here twice, with different values: the last counts; remove the one that is not meant",
        Applicability.DISPLAY,
        path,
        key,
        native=True,
    )
