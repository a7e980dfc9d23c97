"""This Linkerd release has no native sidecars.

## What it does

Reports native-sidecar keys with Linkerd {releases without native sidecars}, and withholds every fix of them.

## Why is this bad

In these releases no key makes a native sidecar. A fix of the key would only hide that. For an author who
means `"false"` the finding is for information only.

## Example

`config.linkerd.io/proxy-enable-native-sidecar: "true"` with stable-2.14.10: upgrade Linkerd.

## Fix safety

There is none. autofix withholds other fixes of the native-sidecar annotation, too.
"""

from __future__ import annotations

from collections.abc import Iterator

from autofix.linkerd.eras import releases_with_native_sidecars
from autofix.rules.context import EVERYWHERE, READ, Place, Repair
from autofix.rules.finding import Applicability, Finding, Severity

CODE = "AFX401"
ROLES = READ
DOORS = EVERYWHERE


def check(place: Place) -> Iterator[Finding]:
    """Yield a finding for every native-sidecar key when the release has no native sidecars."""
    if not place.release.has_native_sidecars:
        first = releases_with_native_sidecars()
        for native in place.native:
            is_missed = native.intent is not False
            advice = f"; upgrade Linkerd to {first.minors[0]} ({first.start}) or newer" if is_missed else ""
            yield Finding(
                CODE,
                Severity.ERROR if is_missed else Severity.INFO,
                f"Linkerd {place.release.text} has no native sidecars, so {native.key} has no effect{advice}",
                Applicability.DISPLAY,
                (*place.location.path, native.key),
                native.key,
                native=True,
            )


def gate(repair: Repair) -> str | None:
    """Withhold every fix of the native-sidecar annotation when the release has no native sidecars."""
    release = repair.place.release
    if repair.fix.intent is None or release.has_native_sidecars:
        return None
    return f"Linkerd {release.text} has no native sidecars"
