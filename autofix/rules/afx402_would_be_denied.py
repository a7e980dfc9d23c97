"""Native sidecar and wait-before-exit together: the injector denies the pod.

## What it does

Withholds a fix that would make the proxy a native sidecar while a wait before exit above 0 is set: by
`config.alpha.linkerd.io/proxy-wait-before-exit-seconds` on the pod or its Namespace, or by Helm's
`proxy.waitBeforeExitSeconds`. Reports pods that have both already, and Linkerd's own Helm values with
`proxy.nativeSidecar: true` beside a wait.

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

In scripts, Terraform and other languages that autofix reads with a grammar, a wait counts among the same
annotations, such as those of one command. In Helm values, in patches and in plain text it counts anywhere in
the same text. A wait on a Namespace counts in all files that autofix reads in this run, except if autofix
knows that the pods live in another Namespace.

## Fix safety

autofix withholds the fix.
"""

from __future__ import annotations

from collections.abc import Iterator

from autofix.kubernetes.locations import Role
from autofix.linkerd.annotations import read_intent
from autofix.linkerd.helm import NATIVE_SIDECAR, WAIT_BEFORE_EXIT
from autofix.linkerd.precedence import Annotations, is_wait
from autofix.linkerd.release import Release, wait_before_exit_key
from autofix.rules.context import EVERYWHERE, READ, Place, Repair, injector_answers, with_todays_default
from autofix.rules.finding import Applicability, Finding, Severity

CODE = "AFX402"
ROLES = (*READ, Role.LINKERD_VALUES)
DOORS = EVERYWHERE
_ADVICE = "set wait-before-exit to 0 first"
DENIED = f"Linkerd would deny the pod; {_ADVICE}"


def check(place: Place) -> Iterator[Finding]:
    """Yield a finding for a pod that the injector denies already, for a reason that stands on the object."""
    if place.location.role is Role.LINKERD_VALUES:
        yield from _check_values(place)
        return
    if not (place.live or wait_before_exit_key() in place.entries):
        return
    answers = injector_answers(place.level, place.home, with_todays_default(place.context))
    if any(answer.denied for answer in answers):
        yield Finding(
            CODE,
            Severity.ERROR if all(answer.denied for answer in answers) else Severity.WARNING,
            f"the injector of Linkerd {place.release.text} denies pods that have both a native "
            f"sidecar and a wait-before-exit above 0; {_ADVICE}",
            Applicability.DISPLAY,
            place.location.path,
            native=True,
        )


def _check_values(place: Place) -> Iterator[Finding]:
    """Yield a finding for Helm values of Linkerd's with which the injector denies every pod."""
    if not read_intent(place.entries.get(NATIVE_SIDECAR)):
        return
    denials = denials_by_values(place.release, place.entries)
    if any(denials):
        yield Finding(
            CODE,
            Severity.ERROR if all(denials) else Severity.WARNING,
            f"the injector of Linkerd {place.release.text} denies every pod while {NATIVE_SIDECAR} is true "
            f"and {WAIT_BEFORE_EXIT} is above 0; set the wait to 0 first",
            Applicability.DISPLAY,
            (*place.location.path, NATIVE_SIDECAR),
            NATIVE_SIDECAR,
            native=True,
        )


def denials_by_values(release: Release, values: Annotations) -> tuple[bool, ...]:
    """Tell for each era of a release whether it denies native sidecars because of the wait in Helm values.

    Args:
        release: the release.
        values: Linkerd's Helm values, by their path with dots.
    """
    waits = is_wait(values.get(WAIT_BEFORE_EXIT))
    return tuple(waits and era.wait_before_exit == "deny" for era in release.eras)


def gate(repair: Repair) -> str | None:
    """Withhold a fix after which the injector denies a pod that it accepts today."""
    if any(
        after.denied and not before.denied for before, after in zip(repair.before, repair.after, strict=True)
    ):
        return DENIED
    return None
