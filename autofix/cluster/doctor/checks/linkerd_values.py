"""Can the values of Linkerd's chart go together with native sidecars?

## What it checks

`proxy.waitBeforeExitSeconds` and `proxy.nativeSidecar`. If the values cannot be read, `linkerd-config` says
so.

## Why

Linkerd {releases that deny} denies pods that ask for a native sidecar while `proxy.waitBeforeExitSeconds`
is above 0. Such a pod does not start, whatever the failurePolicy is. There the webhook withholds its fix
(AFX402).

## What to do

Set `proxy.waitBeforeExitSeconds` to 0: a native sidecar ends after the other containers without it. Or
upgrade Linkerd.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from autofix.cluster.doctor.check import CheckResult, fail, ok, warn
from autofix.linkerd.eras import release_that_needs_no_wait

if TYPE_CHECKING:
    from autofix.cluster.doctor.facts import Facts

NAME: Final = "linkerd-values"


def check(facts: Facts) -> Iterator[CheckResult]:
    """Answer the question."""
    options = facts.options
    if not facts.has_values and not options.wait_before_exit:
        return
    denies = any(era.wait_before_exit == "deny" for era in options.release.eras)
    if options.wait_before_exit and denies:
        judge = fail if options.default else warn
        yield judge(
            NAME,
            f"proxy.waitBeforeExitSeconds is {options.wait_before_exit}: Linkerd {options.release.text} "
            "denies every pod that is to have a native sidecar",
            f"set it to 0, or upgrade Linkerd to {release_that_needs_no_wait()} or newer, "
            "which does without it",
        )
    else:
        default = "not set" if options.default is None else str(options.default).lower()
        yield ok(NAME, f"proxy.nativeSidecar is {default}, and no value stands in its way")
