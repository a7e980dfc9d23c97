"""Do the parts of the control plane and its chart belong to one release?

## What it checks

The releases in the images of the control plane's Deployments, and the release of the chart or CLI that
installed them (`linkerd.io/created-by`).

## Why

During an upgrade the injector decides which key counts. `linkerd inject --native-sidecar` of a newer CLI
writes a key that an older injector does not read.

## What to do

Finish the upgrade: `kubectl -n linkerd rollout status deployment` shows what is left.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from autofix.cluster.doctor.check import CheckResult, ok, warn
from autofix.errors import AutofixError
from autofix.linkerd.release import Release, parse_release

if TYPE_CHECKING:
    from autofix.cluster.doctor.facts import Facts

NAME: Final = "linkerd-versions"


def check(facts: Facts) -> Iterator[CheckResult]:
    """Answer the question."""
    if not facts.has_release and not facts.images:
        return
    releases = {**facts.images}
    if facts.chart:
        releases["chart or CLI that installed it"] = facts.chart
    edges = {
        what: release.edge for what, text in releases.items() if (release := _release(text)) and release.edge
    }
    if not edges:
        yield ok(NAME, "nothing tells of different releases")
    elif len(set(edges.values())) == 1:
        yield ok(NAME, f"control plane and chart are of one release ({next(iter(releases.values()))})")
    else:
        parts = ", ".join(f"{what} {releases[what]}" for what in sorted(edges))
        yield warn(
            NAME,
            f"the control plane is of several releases: {parts}",
            "finish the upgrade: the key to write is that of the injector, and a newer CLI writes other keys",
        )


def _release(text: str) -> Release | None:
    try:
        return parse_release(text) if text else None
    except AutofixError:
        return None
