"""Can the values of Linkerd's chart be read?

## What it checks

The ConfigMap `linkerd-config` in Linkerd's Namespace holds the values that Linkerd was installed with. It
must exist, and somebody who runs doctor must have the right to get it.

## Why

The injector takes the defaults of all pods from it. doctor, `autofix scan` and the webhook need two of
them: `proxy.nativeSidecar` and `proxy.waitBeforeExitSeconds`. Without the ConfigMap they assume the
defaults of the chart. If Linkerd was installed with other values, they judge pods without a key of their
own wrongly.

## What to do

If Linkerd lives in another Namespace, name it with `-L` (the webhook: `AUTOFIX_LINKERD_NAMESPACE`). If the
ConfigMap is gone, `linkerd upgrade` or `helm upgrade` writes it again. Without the right to get it, name
the values with `--native-sidecar-default` and `--wait-before-exit-seconds` (the webhook:
`AUTOFIX_NATIVE_SIDECAR_DEFAULT` and `AUTOFIX_WAIT_BEFORE_EXIT_SECONDS`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from autofix.cluster.doctor.check import CheckResult, ok, warn
from autofix.cluster.linkerd_names import CONFIG
from autofix.engine.options import Options

if TYPE_CHECKING:
    from autofix.cluster.doctor.facts import Facts

NAME: Final = CONFIG


def check(facts: Facts) -> Iterator[CheckResult]:
    """Answer the question."""
    gap, follows = facts.gap("ConfigMap"), _consequence(facts.options)
    where = f"ConfigMap {facts.linkerd_namespace}/{CONFIG}"
    if gap is None and facts.has_values:
        yield ok(NAME, f"{where} holds the values of Linkerd's chart")
    elif gap is None:
        yield warn(
            NAME,
            f"{where} holds no values that can be read: {follows}",
            "run `linkerd upgrade` or `helm upgrade`, which write it again",
        )
    elif gap.is_absent:
        yield warn(
            NAME,
            f"there is no {where}: {follows}",
            "name Linkerd's Namespace with -L, or write the ConfigMap again with `linkerd upgrade` or "
            "`helm upgrade`",
        )
    else:
        yield warn(
            NAME,
            f"{gap}: {follows}",
            "ask for the right to get it, or name the values with --native-sidecar-default and "
            "--wait-before-exit-seconds",
        )


def _consequence(options: Options) -> str:
    """Say what is taken for the value of ``proxy.nativeSidecar``."""
    if options.default is not None:
        return f"proxy.nativeSidecar {str(options.default).lower()} of --native-sidecar-default counts"
    defaults = {era.default_native for era in options.release.eras}
    if len(defaults) > 1:
        return "the chart's default of proxy.nativeSidecar is assumed, and depends on the release"
    return (
        f"the chart's default of Linkerd {options.release.text} is assumed, "
        f"proxy.nativeSidecar {str(*defaults).lower()}"
    )
