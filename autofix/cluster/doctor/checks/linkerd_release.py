"""Which Linkerd runs, and does it have native sidecars?

## What it checks

The release of the control plane, from the injector's image, the ConfigMap `linkerd-config`, and labels of
the injector's Deployment, in this order. `--linkerd` overrides them. During an upgrade two releases may be
in force.

## Why

The right key depends on the release. Linkerd {releases without native sidecars} have no native sidecars.

## What to do

If the release is not known, name Linkerd's Namespace with `-L` or the release with `--linkerd`. The webhook
has the settings `AUTOFIX_LINKERD_NAMESPACE` and `AUTOFIX_LINKERD`. If two releases are in force, wait until
the rollout of `linkerd-proxy-injector` has ended. If the release is newer than what autofix knows, upgrade
linkerd-autofix. If it is too old, upgrade Linkerd.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from autofix.cluster.doctor.check import CheckResult, fail, ok, warn
from autofix.cluster.linkerd_names import INJECTOR
from autofix.linkerd.eras import releases_with_native_sidecars

if TYPE_CHECKING:
    from autofix.cluster.doctor.facts import Facts

NAME: Final = "linkerd-release"


def check(facts: Facts) -> Iterator[CheckResult]:
    """Answer the question."""
    release, source = facts.options.release, facts.environment.linkerd.source
    if not facts.has_release:
        why = "; ".join(facts.environment.unknowns) or f"{facts.linkerd_namespace} tells of no release"
        yield warn(
            NAME,
            f"the release of Linkerd is not known: {why}",
            "name its Namespace with -L, or the release with --linkerd",
        )
    elif not release.has_native_sidecars:
        first = releases_with_native_sidecars().minors[0]
        yield fail(
            NAME, f"Linkerd {release.text} has no native sidecars", f"upgrade Linkerd to {first} or newer"
        )
    elif release.newer:
        yield warn(
            NAME,
            f"Linkerd {release.text} is newer than what is known here, and treated as the newest known",
            "upgrade linkerd-autofix",
        )
    elif not release.known:
        rollout = f"kubectl -n {facts.linkerd_namespace} rollout status deployment/{INJECTOR}"
        yield warn(
            NAME,
            f"Linkerd {release.text} answer at present, and do not read the same keys",
            f"wait for the end of the upgrade: {rollout}",
        )
    else:
        yield ok(NAME, f"Linkerd {release.text} has native sidecars" + (f" ({source})" if source else ""))
