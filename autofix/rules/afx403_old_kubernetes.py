"""A native sidecar on a Kubernetes that does not have them.

## What it does

Withholds a fix that would make a native sidecar on Kubernetes before 1.29. Reports pods that already ask for
a native sidecar there.

## Why is this bad

Before 1.29 the `SidecarContainers` feature is off by default. There the pod that Linkerd makes is invalid
("may not be set for init containers without restartPolicy=Always"), and the API server refuses it.

## Example

`autofix preview --kubernetes 1.28` shows no fix for `config.linkerd.io/proxy-native-sidecar: "true"`.

## Fix safety

autofix withholds the fix. It makes a fix for an author who means `"false"`.
"""

from __future__ import annotations

from collections.abc import Iterator

from autofix.kubernetes.version import FIRST_WITH_SIDECARS
from autofix.rules.context import EVERYWHERE, READ, Place, Repair
from autofix.rules.finding import Applicability, Finding, Promise, Severity
from autofix.rules.options import Options

CODE = "AFX403"
ROLES = READ
DOORS = EVERYWHERE


def check(place: Place) -> Iterator[Finding]:
    """Yield a finding for a live key that asks for a native sidecar where the server has none."""
    live = place.live
    problem = problem_of(place.context.options)
    if live is not None and live.parsed and problem:
        yield Finding(
            CODE,
            Severity.ERROR,
            f"{live.key} asks for a native sidecar; {problem}",
            Applicability.DISPLAY,
            (*place.location.path, live.key),
            live.key,
            native=True,
        )


def gate(repair: Repair) -> str | None:
    """Withhold a fix that makes a native sidecar on a server that has none."""
    options, fix = repair.place.context.options, repair.fix
    turns_on = fix.intent and fix.promise in (Promise.INTENT, Promise.READABLE, Promise.PATCH)
    return problem_of(options) if turns_on else None


def problem_of(options: Options) -> str | None:
    """Say why the server refuses native sidecars; None if it is not known to refuse them."""
    if options.kubernetes is None or options.kubernetes >= FIRST_WITH_SIDECARS:
        return None
    return f"Kubernetes {options.kubernetes} refuses such pods; upgrade to {FIRST_WITH_SIDECARS} or newer"
