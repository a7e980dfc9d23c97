"""Native sidecar and wait-before-exit together: the injector denies the pod.

## What it does

Withholds a fix that would make the proxy a native sidecar while a wait before exit above 0 is set: by
`config.alpha.linkerd.io/proxy-wait-before-exit-seconds` on the pod or its Namespace, or by Helm's
`proxy.waitBeforeExitSeconds`. Reports pods that have both already.

## Why is this bad

The injector of Linkerd {releases that deny} rejects such a pod, whatever the failure policy is: the pod
would not start at all. If the release is not known, autofix assumes that the injector rejects the pod.

## Example

With Linkerd 2.17:

```yaml
annotations:
  config.linkerd.io/proxy-native-sidecar: "true"
  config.alpha.linkerd.io/proxy-wait-before-exit-seconds: "5"
```

Remove the wait first. A native sidecar ends by itself after the other containers.

In text, in Helm values and in patches, a wait counts anywhere in the same file. It also counts on a
Namespace in the other files that autofix reads, except if autofix knows that the pods live in another
Namespace.

## Fix safety

autofix withholds the fix.
"""

from __future__ import annotations

from collections.abc import Iterator

from autofix.linkerd.release import wait_before_exit_key
from autofix.rules.context import READ, Place, Repair, outcomes
from autofix.rules.finding import Applicability, Finding, Severity

CODE = "AFX402"
ROLES = READ
_ADVICE = "set wait-before-exit to 0 first"


def check(place: Place) -> Iterator[Finding]:
    """Yield a finding for a pod that the injector denies already, for a reason that stands on the object."""
    if not (place.live or wait_before_exit_key() in place.entries):
        return
    answers = outcomes(place.level, place.home, place.context)
    if any(answer.denied for answer in answers):
        yield Finding(
            CODE,
            Severity.ERROR if all(answer.denied for answer in answers) else Severity.WARNING,
            f"the injector of Linkerd {place.context.release.text} denies pods that have both a native "
            f"sidecar and a wait-before-exit above 0; {_ADVICE}",
            Applicability.DISPLAY,
            place.location.path,
            native=True,
        )


def gate(repair: Repair) -> str | None:
    """Withhold a fix after which the injector denies a pod that it accepts today."""
    if any(
        after.denied and not before.denied for before, after in zip(repair.before, repair.after, strict=True)
    ):
        return f"Linkerd would deny the pod; {_ADVICE}"
    return None
