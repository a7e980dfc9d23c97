"""This Linkerd release has no native sidecars.

## What it does

Reports native-sidecar keys with Linkerd {releases without native sidecars}, and withholds every fix of them.

## Why is this bad

In these releases no key makes a native sidecar. A fix of the key would only hide that.

## Example

`config.linkerd.io/proxy-enable-native-sidecar: "true"` with stable-2.14.10: upgrade Linkerd.

## Fix safety

There is none. autofix withholds other fixes of the native-sidecar annotation, too.
"""

from __future__ import annotations

from collections.abc import Iterator

from autofix.rules.context import READ, Place, Repair, Subject
from autofix.rules.finding import Applicability, Finding, Severity

CODE = "AFX401"
ROLES = READ
SUBJECT = Subject.NATIVE


def check(place: Place) -> Iterator[Finding]:
    """Yield a finding for every native-sidecar key when the release has no native sidecars."""
    if not place.context.release.has_native_sidecars:
        for found in place.native:
            yield Finding(
                CODE,
                Severity.ERROR,
                f"Linkerd {place.context.release.text} has no native sidecars, so {found.key} has no effect; "
                "upgrade Linkerd to 2.15 (edge-23.11.4) or newer",
                Applicability.DISPLAY,
                (*place.location.path, found.key),
                found.key,
                native=True,
            )


def gate(repair: Repair) -> str | None:
    """Withhold every fix of the native-sidecar annotation when the release has no native sidecars."""
    release = repair.place.context.release
    if repair.fix.intent is None or release.has_native_sidecars:
        return None
    return f"Linkerd {release.text} has no native sidecars"
