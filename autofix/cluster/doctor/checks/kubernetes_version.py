"""Is the API server new enough for native sidecars?

## What it checks

The version that the API server names, or the version of `--kubernetes`.

## Why

Native sidecars need Kubernetes 1.29 (beta and on by default; stable from 1.33). On an older server a pod
with a native sidecar is invalid.

## What to do

Upgrade Kubernetes. Until then, write no native-sidecar annotation: AFX403 withholds the fixes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from autofix.cluster.doctor.check import CheckResult, fail, ok, warn
from autofix.kubernetes.version import FIRST_WITH_SIDECARS

if TYPE_CHECKING:
    from autofix.cluster.doctor.facts import Facts

NAME: Final = "kubernetes-version"


def check(facts: Facts) -> Iterator[CheckResult]:
    """Answer the question."""
    version = facts.options.kubernetes
    if version is None:
        yield warn(NAME, "the server's version cannot be read", "name it with --kubernetes")
    elif version < FIRST_WITH_SIDECARS:
        yield fail(
            NAME, f"Kubernetes {version} has no native sidecars", f"upgrade to {FIRST_WITH_SIDECARS} or newer"
        )
    else:
        yield ok(NAME, f"Kubernetes {version} has native sidecars")
