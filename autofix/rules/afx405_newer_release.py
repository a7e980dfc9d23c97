"""This Linkerd release is newer than any this version of linkerd-autofix knows.

## What it does

Says, at each native-sidecar key, that autofix treats the release like the newest release that it knows.

## Why is this bad

The release may behave differently. The annotation's name changed twice within three years.

## Example

`autofix preview --linkerd edge-30.1.1`. Look for a newer linkerd-autofix.

## Fix safety

There is none. The finding is for information and never makes a command fail.
"""

from __future__ import annotations

from collections.abc import Iterator

from autofix.rules.context import EVERYWHERE, READ, Place
from autofix.rules.finding import Applicability, Finding, Severity

CODE = "AFX405"
ROLES = READ
DOORS = EVERYWHERE


def check(place: Place) -> Iterator[Finding]:
    """Yield a finding where a native-sidecar key is judged for a release that is too new to be known."""
    warning = place.release.newer_warning
    if warning and (place.native or place.inherited):
        yield Finding(
            CODE,
            Severity.INFO,
            warning,
            Applicability.DISPLAY,
            place.location.path,
            native=True,
        )
