"""A known bug of this Linkerd release with native sidecars.

## What it does

A fix may turn the native sidecar on. This rule then names the bugs of the release that show only with native
sidecars.

## Why is this bad

The fix does what the author meant. It may also show a bug that the wrong key has hidden until now.

## Example

edge-25.7.1: the proxy ends in Error (exit 2) after the main container completes. edge-25.8.1 has the repair.

## Fix safety

There is nothing to fix in the object. Upgrade Linkerd, or expect the bug.
"""

from __future__ import annotations

from collections.abc import Iterator

from autofix.linkerd.release import known_bugs
from autofix.rules.context import EVERYWHERE, Repair
from autofix.rules.finding import Applicability, Finding, Severity

CODE = "AFX404"
DOORS = EVERYWHERE


def note(repair: Repair) -> Iterator[Finding]:
    """Yield a finding for every known bug, when the fix makes a native sidecar where there was none."""
    pairs = zip(repair.before, repair.after, strict=True)
    if not any(after.native and (before.broken or not before.native) for before, after in pairs):
        return
    release, place = repair.place.release, repair.place
    # Beside the key that is repaired, where there is one.
    path = place.location.path
    repaired = [edit.key for edit in repair.fix.edits if edit.path == path and edit.key in place.entries]
    where = (*path, *repaired[:1])
    for bug in known_bugs(release):
        affected = " and ".join(part.text for part in release.each if bug in known_bugs(part))
        yield Finding(
            CODE,
            Severity.WARNING,
            f"known bug of Linkerd {affected} with native sidecars: {bug.what} (fixed in {bug.fixed_in})",
            Applicability.DISPLAY,
            where,
            native=True,
        )
