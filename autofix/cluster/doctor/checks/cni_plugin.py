"""Does Linkerd's CNI plugin know proxies among the init containers?

## What it checks

The version in the image of the DaemonSet `linkerd-cni`, in any Namespace.

## Why

The plugin sees a proxy among the init containers from version 1.5.0 on. With an older plugin, pods with a
native sidecar have no traffic.

## What to do

Upgrade the chart `linkerd2-cni`. Without the plugin there is nothing to do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from autofix.cluster.doctor.check import CheckResult, fail, ok, warn

if TYPE_CHECKING:
    from autofix.cluster.doctor.facts import Facts

NAME: Final = "cni-plugin"
# linkerd2#12391: from this version on the CNI plugin sees proxies among the init containers.
_FIRST: Final = (1, 5, 0)
_VERSION: Final = re.compile(r"v?(\d+)\.(\d+)\.(\d+)")


def check(facts: Facts) -> Iterator[CheckResult]:
    """Answer the question."""
    match = _VERSION.match(facts.cni)
    if gap := facts.gap("DaemonSet"):
        yield warn(NAME, f"cannot be checked: {gap}", "ask for the right to list DaemonSets")
    elif not facts.cni:
        yield ok(NAME, "Linkerd's CNI plugin is not installed")
    elif not match:
        yield warn(
            NAME,
            f"the version of Linkerd's CNI plugin cannot be read of its image tag {facts.cni}",
            "make sure that it is 1.5.0 or newer",
        )
    elif tuple(map(int, match.groups())) < _FIRST:
        yield fail(
            NAME,
            f"Linkerd's CNI plugin {facts.cni} does not see native sidecars: their pods have no traffic",
            "upgrade it to 1.5.0 (edge-24.4.5) or newer",
        )
    else:
        yield ok(NAME, f"Linkerd's CNI plugin {facts.cni} knows native sidecars")
