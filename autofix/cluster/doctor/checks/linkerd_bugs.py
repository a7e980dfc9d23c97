"""Does the release have bugs that show with native sidecars?

## What it checks

The release against the bugs that autofix knows, as AFX404 does.

## Why

These bugs do not show with an ordinary proxy, so a repaired pod may be the first to meet them.

## What to do

The message names the release that repairs the bug. Upgrade to it, or to a newer one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from autofix.cluster.doctor.check import CheckResult, ok, warn
from autofix.linkerd.release import known_bugs

if TYPE_CHECKING:
    from autofix.cluster.doctor.facts import Facts

NAME: Final = "linkerd-bugs"


def check(facts: Facts) -> Iterator[CheckResult]:
    """Answer the question."""
    release = facts.options.release
    if not facts.has_release:
        return
    bugs = known_bugs(release)
    for bug in bugs:
        yield warn(
            NAME, f"known bug of Linkerd {release.text}: {bug.what}", f"upgrade: fixed in {bug.fixed_in}"
        )
    if not bugs:
        yield ok(NAME, "no bug with native sidecars is known of this release")
