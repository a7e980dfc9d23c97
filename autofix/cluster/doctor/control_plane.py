"""Checks of Kubernetes and Linkerd: can native sidecars work here at all, and does everything fit?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from autofix.cluster.doctor.check import CheckResult, fail, ok, warn
from autofix.cluster.doctor.facts import Facts
from autofix.errors import AutofixError
from autofix.kubernetes.version import FIRST_WITH_SIDECARS
from autofix.linkerd.eras import release_that_needs_no_wait, releases_with_native_sidecars
from autofix.linkerd.release import Release, known_bugs, parse_release

# linkerd2#12391: from this version on the CNI plugin sees proxies among the init containers.
_FIRST_CNI: Final = (1, 5, 0)
_CNI_VERSION: Final = re.compile(r"v?(\d+)\.(\d+)\.(\d+)")


def kubernetes_version(facts: Facts) -> Iterator[CheckResult]:
    """Is the API server new enough for native sidecars?"""
    name, version = "kubernetes-version", facts.options.kubernetes
    if version is None:
        yield warn(name, "the server's version cannot be read", "name it with --kubernetes")
    elif version < FIRST_WITH_SIDECARS:
        yield fail(
            name, f"Kubernetes {version} has no native sidecars", f"upgrade to {FIRST_WITH_SIDECARS} or newer"
        )
    else:
        yield ok(name, f"Kubernetes {version} has native sidecars")


def sidecar_containers(facts: Facts) -> Iterator[CheckResult]:
    """Does a native sidecar survive its way through the API server?"""
    name = "sidecar-containers"
    if facts.dry_run.sidecars is None:
        yield warn(
            name,
            f"a pod cannot be tried: {facts.dry_run.why}",
            "name a Namespace in which you may create pods with -n",
        )
    elif facts.dry_run.sidecars:
        yield ok(name, "a pod keeps the restartPolicy of its native sidecar")
    else:
        yield fail(
            name,
            "a pod loses the restartPolicy of its native sidecar on its way through the API server",
            "switch the feature gate SidecarContainers on, or find the mutating webhook that drops the field",
        )


def linkerd_release(facts: Facts) -> Iterator[CheckResult]:
    """Which Linkerd runs, and does it have native sidecars?"""
    name, release = "linkerd-release", facts.options.release
    source = facts.environment.linkerd.source
    if not release.known:
        why = "; ".join(facts.environment.unknowns) or f"{facts.linkerd_namespace} tells of no release"
        yield warn(
            name,
            f"the release of Linkerd is not known: {why}",
            "name its Namespace with -L, or the release with --linkerd",
        )
    elif not release.has_native_sidecars:
        first = releases_with_native_sidecars().minors[0]
        yield fail(
            name,
            f"Linkerd {release.text} has no native sidecars",
            f"upgrade Linkerd to {first} or newer",
        )
    elif release.newer:
        yield warn(
            name,
            f"Linkerd {release.text} is newer than what is known here, and treated as the newest known",
            "upgrade linkerd-autofix",
        )
    else:
        yield ok(name, f"Linkerd {release.text} has native sidecars" + (f" ({source})" if source else ""))


def linkerd_versions(facts: Facts) -> Iterator[CheckResult]:
    """Do the control plane's parts and its chart belong to one release?"""
    name = "linkerd-versions"
    if not facts.options.release.known and not facts.images:
        return
    releases = {**facts.images}
    if facts.chart:
        releases["chart or CLI that installed it"] = facts.chart
    edges = {
        what: release.edge for what, text in releases.items() if (release := _release(text)) and release.edge
    }
    if not edges:
        yield ok(name, "nothing tells of different releases")
    elif len(set(edges.values())) == 1:
        yield ok(name, f"control plane and chart are of one release ({next(iter(releases.values()))})")
    else:
        parts = ", ".join(f"{what} {releases[what]}" for what in sorted(edges))
        yield warn(
            name,
            f"the control plane is of several releases: {parts}",
            "finish the upgrade: the key to write is that of the injector, and a newer CLI writes other keys",
        )


def linkerd_values(facts: Facts) -> Iterator[CheckResult]:
    """Can Helm's values go together with native sidecars?"""
    name, options = "linkerd-values", facts.options
    if any("configuration" in unknown for unknown in facts.environment.unknowns):
        return
    waits, denies = (
        options.wait_before_exit,
        any(era.wait_before_exit == "deny" for era in options.release.eras),
    )
    default = "not set" if options.default is None else str(options.default).lower()
    if waits and denies:
        judge = fail if options.default else warn
        yield judge(
            name,
            f"proxy.waitBeforeExitSeconds is {waits}: Linkerd {options.release.text} denies every pod that "
            "is to have a native sidecar",
            f"set it to 0, or upgrade Linkerd to {release_that_needs_no_wait()} or newer, "
            "which does without it",
        )
    else:
        yield ok(name, f"proxy.nativeSidecar is {default}, and no value stands in its way")


def cni_plugin(facts: Facts) -> Iterator[CheckResult]:
    """Does the CNI plugin know proxies among the init containers?"""
    name = "cni-plugin"
    match = _CNI_VERSION.match(facts.cni)
    if reason := facts.why_unknown("the CNI plugin"):
        yield warn(name, f"cannot be checked: {reason}", "ask for the right to list DaemonSets")
    elif not facts.cni:
        yield ok(name, "Linkerd's CNI plugin is not installed")
    elif not match:
        yield warn(
            name,
            f"the version of Linkerd's CNI plugin cannot be read of its image tag {facts.cni}",
            "make sure that it is 1.5.0 or newer",
        )
    elif tuple(map(int, match.groups())) < _FIRST_CNI:
        yield fail(
            name,
            f"Linkerd's CNI plugin {facts.cni} does not see native sidecars: their pods have no traffic",
            "upgrade it to 1.5.0 (edge-24.4.5) or newer",
        )
    else:
        yield ok(name, f"Linkerd's CNI plugin {facts.cni} knows native sidecars")


def linkerd_bugs(facts: Facts) -> Iterator[CheckResult]:
    """Does the release have bugs that show with native sidecars?"""
    name, release = "linkerd-bugs", facts.options.release
    if not release.known:
        return
    bugs = known_bugs(release)
    for bug in bugs:
        yield warn(
            name, f"known bug of Linkerd {release.text}: {bug.what}", f"upgrade: fixed in {bug.fixed_in}"
        )
    if not bugs:
        yield ok(name, "no bug with native sidecars is known of this release")


def _release(text: str) -> Release | None:
    try:
        return parse_release(text) if text else None
    except AutofixError:
        return None


CHECKS: Final = (
    kubernetes_version,
    sidecar_containers,
    linkerd_release,
    linkerd_versions,
    linkerd_values,
    cni_plugin,
    linkerd_bugs,
)
