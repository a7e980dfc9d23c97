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
from autofix.rules.context import READ, Context, Place, Repair, Subject
from autofix.rules.finding import Applicability, Finding, Promise, Severity

CODE = "AFX403"
ROLES = READ
SUBJECT = Subject.NATIVE


def check(place: Place) -> Iterator[Finding]:
    """Yield a finding for a live key that asks for a native sidecar where the server has none."""
    live = place.live
    if live is not None and live.parsed and is_too_old(place.context):
        yield Finding(
            CODE,
            Severity.ERROR,
            f"{live.key} asks for a native sidecar; {_problem(place.context)}",
            Applicability.DISPLAY,
            (*place.location.path, live.key),
            live.key,
            native=True,
        )


def gate(repair: Repair) -> str | None:
    """Withhold a fix that makes a native sidecar on a server that has none."""
    context, fix = repair.place.context, repair.fix
    turns_on = fix.intent and fix.promise in (Promise.INTENT, Promise.READABLE)
    return _problem(context) if turns_on and is_too_old(context) else None


def is_too_old(context: Context) -> bool:
    """Tell whether the server is known to have no native sidecars."""
    return context.kubernetes is not None and context.kubernetes < FIRST_WITH_SIDECARS


def _problem(context: Context) -> str:
    return f"Kubernetes {context.kubernetes} refuses such pods; upgrade to {FIRST_WITH_SIDECARS} or newer"
