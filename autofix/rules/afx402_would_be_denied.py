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

The fix of a Namespace also waits for the pods that live in it, and the message names the object whose wait
it is. A pod that gets no proxy holds nothing back: one with `linkerd.io/inject: disabled` or `hostNetwork`,
or one that has a proxy already. In a live cluster that is also a pod for which nobody asks for a proxy.

## Fix safety

autofix withholds the fix.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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
    if not (place.context.injected and (place.live or wait_before_exit_key() in place.entries)):
        return
    denials = [
        answer.denied
        for answer in injector_answers(place.level, place.home, with_todays_default(place.context))
    ]
    if any(denials):
        names = _denied_dependents(place, denials)
        pods = f"the pods of {names}: they have" if names else "pods that have"
        yield Finding(
            CODE,
            Severity.ERROR if all(denials) else Severity.WARNING,
            f"{_injector(place.release, denials)} denies {pods} both a native sidecar and a wait-before-exit "
            f"above 0; {_ADVICE}",
            Applicability.DISPLAY,
            place.location.path,
            native=True,
        )


def _injector(release: Release, denials: Sequence[bool]) -> str:
    """Name the injector that denies; not each release that may run needs to have one that does."""
    eras = len(release.eras)
    # Each era answers for each pod in turn.
    each = all(any(denials[era::eras]) for era in range(eras))
    return (
        f"the injector of Linkerd {release.text}"
        if each
        else f"an injector that may run (Linkerd {release.text})"
    )


def _denied_dependents(place: Place, denials: Sequence[bool]) -> str:
    """Name the objects whose own annotations have their pods denied; empty if any pod there would be."""
    size = len(denials) // (1 + len(place.context.dependents))
    own, *others = (any(denials[start : start + size]) for start in range(0, len(denials), size))
    if own:
        return ""
    dependents = [each for each, denied in zip(place.context.dependents, others, strict=True) if denied]
    more = sum(dependent.objects for dependent in dependents) - 1
    return dependents[0].name + (f" and {more} more" if more else "")


def _check_values(place: Place) -> Iterator[Finding]:
    """Yield a finding for Helm values of Linkerd's with which the injector denies every pod."""
    if not read_intent(place.entries.get(NATIVE_SIDECAR)):
        return
    denials = denials_by_values(place.release, place.entries)
    if any(denials):
        yield Finding(
            CODE,
            Severity.ERROR if all(denials) else Severity.WARNING,
            f"{_injector(place.release, denials)} denies every pod while {NATIVE_SIDECAR} is true "
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
    denials = [
        after.denied and not before.denied for before, after in zip(repair.before, repair.after, strict=True)
    ]
    if not any(denials):
        return None
    names = _denied_dependents(repair.place, denials)
    if not names:
        return DENIED
    return f"Linkerd would deny the pods of {names} ({wait_before_exit_key()}); {_ADVICE}"
