"""Linkerd release strings, and the era of the native-sidecar annotation each belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Final, Literal, NamedTuple

from autofix.errors import AutofixError
from autofix.linkerd.data import load

WaitBeforeExit = Literal["deny", "harmless"]

ACCEPTED_FORMS: Final = (
    "edge-24.10.1, 2.16, stable-2.14.10, enterprise-2.17.1, preview-25.10.7, 2024.3.5 (edge chart), "
    "each with or without a leading v, or dev-… / git-… for an unknown build"
)
"""How the release of Linkerd may be written."""

# linkerd2 pkg/version/channelversion.go parseChannelVersion: what follows a further "-" is a hotpatch number
# or build information and never changes the version.
_BUILD = r"(?:-[0-9A-Za-z.+_-]+)?"
_EDGE: Final = rf"v?(?:edge|preview)-v?(\d\d)\.(\d\d?)\.(\d{{1,4}}){_BUILD}"
_EDGE_CHART: Final = rf"v?20(\d\d)\.(\d\d?)\.(\d{{1,4}}){_BUILD}"
_MINOR: Final = rf"v?(?:(?:stable|enterprise)-)?v?2\.(\d{{1,4}})(?:\.\d+){{0,2}}{_BUILD}"
# Helm's own versions of the chart, and what `helm list` shows as CHART: until 2024 they had nothing in common
# with the releases in them.
_CHART: Final = "linkerd-control-plane"
_CHART_VERSION: Final = rf"(?:{_CHART}-)?v?(?P<version>1\.\d{{1,3}})\.\d{{1,4}}(?P<channel>-edge)?"
_LOCAL_BUILD: Final = r"v?(?:dev|git)-.+"
_MONTHS: Final = range(1, 13)


class Edge(NamedTuple):
    """The date-like version of an edge release: edge-YEAR.MONTH.NUMBER."""

    year: int
    month: int
    number: int

    def __str__(self) -> str:
        return f"edge-{self.year}.{self.month}.{self.number}"


class Era(NamedTuple):
    """A span of releases that treat the native-sidecar annotation alike.

    Attributes:
        id: ``none``, ``alpha``, ``beta`` or ``ga``.
        start: first edge release of the era, None for the first era.
        pod_keys: annotation keys read on a pod, the preferred one first.
        namespace_keys: annotation keys copied from the Namespace to its pods, the preferred one first.
        default_native: the chart's default for Helm's ``proxy.nativeSidecar``.
        wait_before_exit: what a wait-before-exit above 0 does to a native sidecar.
    """

    id: str
    start: Edge | None
    pod_keys: tuple[str, ...]
    namespace_keys: tuple[str, ...]
    default_native: bool
    wait_before_exit: WaitBeforeExit


class KnownBug(NamedTuple):
    """A defect of Linkerd that shows only when the proxy is a native sidecar."""

    first: Edge
    last: Edge
    what: str
    fixed_in: str


class Release(NamedTuple):
    """A Linkerd control plane release, as far as it can be known; during an upgrade two or more together.

    Attributes:
        text: how it was written, or ``unknown``; of several releases ``edge-24.10.1 and edge-26.8.3``.
        eras: its era; every era that has the feature when the release is not known.
        edge: the edge release whose code it is or is built from, None when not known or several.
        newer: True when it is newer than the newest release in ``data/releases.json``.
        parts: the releases that answer together; empty for a single release.
    """

    text: str
    eras: tuple[Era, ...]
    edge: Edge | None
    newer: bool = False
    parts: tuple[Release, ...] = ()

    def __hash__(self) -> int:
        # The rest follows from these, and is costly: a release is part of what answers are remembered by.
        return hash((self.text, self.edge))

    @property
    def known(self) -> bool:
        """Whether the era is known: there is exactly one."""
        return len(self.eras) == 1

    @property
    def newer_warning(self) -> str | None:
        """Say that the release is too new to be known; None if it is not."""
        text = " and ".join(part.text for part in self.each if part.newer)
        fate = "is newer than the newest release known here and is treated like it"
        return f"Linkerd {text} {fate}; look for a newer linkerd-autofix" if text else None

    @property
    def each(self) -> tuple[Release, ...]:
        """The single releases in it: its parts, or the release itself."""
        return self.parts or (self,)

    @property
    def has_native_sidecars(self) -> bool:
        """Whether the release reads any native-sidecar annotation at all."""
        return bool(self.eras[0].pod_keys)


class _Table(NamedTuple):
    eras: tuple[Era, ...]
    minors: dict[int, Edge]
    newest: Edge
    bugs: tuple[KnownBug, ...]
    keys: tuple[str, ...]
    wait_key: str


def parse_edge(text: str) -> Edge:
    """Read ``24.10.1`` as the edge release of that date.

    Raises:
        ValueError: when the text is not three numbers.
    """
    year, month, number = text.split(".")
    return Edge(int(year), int(month), int(number))


@cache
def _table() -> _Table:
    data = load("releases.json")
    keys: dict[str, str] = data["keys"]
    eras = tuple(
        Era(
            id=row["id"],
            start=parse_edge(row["from_edge"]) if row["from_edge"] else None,
            pod_keys=tuple(keys[name] for name in row["pod_keys"]),
            namespace_keys=tuple(keys[name] for name in row["namespace_keys"]),
            default_native=row["default_native"],
            wait_before_exit=row["wait_before_exit"],
        )
        for row in data["eras"]
    )
    bugs = tuple(
        KnownBug(parse_edge(row["from_edge"]), parse_edge(row["to_edge"]), row["what"], row["fixed_in"])
        for row in data["known_bugs_when_native"]
    )
    minors = {int(minor.split(".")[1]): parse_edge(row["edge"]) for minor, row in data["minors"].items()}
    newest = parse_edge(data["newest_edge"])
    return _Table(eras, minors, newest, bugs, tuple(keys.values()), data["wait_before_exit_key"])


def real_keys() -> tuple[str, ...]:
    """Return the native-sidecar keys that some release of Linkerd reads, the oldest first."""
    return _table().keys


def wait_before_exit_key() -> str:
    """Return the annotation that sets the proxy's wait before exit; it has no beta or GA twin."""
    return _table().wait_key


def key_to_write(release: Release, level: Literal["pod", "namespace"]) -> str | None:
    """Choose the native-sidecar key to write at a level.

    Args:
        release: the release; for an unknown one only a key that every release with the feature reads will do.
        level: ``pod`` or ``namespace``.

    Returns:
        The preferred key, or None when the release has no native sidecars.

    Source: tests/data/mapping.json, column by column the key each era prefers.
    """
    if release.known:
        [era] = release.eras
        keys = era.pod_keys if level == "pod" else era.namespace_keys
        return keys[0] if keys else None
    readable = [era.pod_keys if level == "pod" else era.namespace_keys for era in release.eras]
    return next((key for key in readable[0] if all(key in keys for keys in readable)), None)


def parse_release(text: str | None) -> Release:
    """Read a Linkerd release string.

    Args:
        text: any form that Linkerd's channels, charts and CLI print (see ``ACCEPTED_FORMS``); None when the
            release is not known.

    Returns:
        The release with its era. Local builds (``dev-…``, ``git-…``) and None are the unknown release.

    Raises:
        AutofixError: when the text is none of these; the message names the accepted forms.

    Source: linkerd2 pkg/version/channelversion.go; tags version-2.15 .. version-2.20.
    """
    return _parse(text.strip()) if text is not None else _unknown("unknown")


@cache
def _parse(text: str) -> Release:
    # No text has two of these forms, and the usual one comes first: a pattern takes its time to compile.
    if match := re.fullmatch(_MINOR, text, re.ASCII):
        return _of_minor(text, int(match[1]))
    if match := re.fullmatch(_EDGE, text, re.ASCII) or re.fullmatch(_EDGE_CHART, text, re.ASCII):
        edge = Edge(*(int(part) for part in match.groups()))
        if edge.month in _MONTHS:
            return _at(text, edge, newer=edge > _table().newest)
    elif re.fullmatch(_LOCAL_BUILD, text, re.DOTALL):
        return _unknown(text)
    elif match := re.fullmatch(_CHART_VERSION, text, re.ASCII):
        raise AutofixError(_of_chart(text, match["version"], is_edge=bool(match["channel"])))
    raise AutofixError(f"not a Linkerd release: {text!r}; write it as {ACCEPTED_FORMS}")


def _of_chart(text: str, version: str, *, is_edge: bool) -> str:
    """Say which release a version of the chart has: people take the chart's version for it.

    Source: ``stable_charts`` in data/releases.json.
    """
    row = None if is_edge else load("releases.json")["stable_charts"].get(version)
    if row is None:
        return f"{text} is a version of the chart {_CHART}; write the APP VERSION that `helm list` shows"
    return f"{text} is a version of the chart {_CHART}, of stable-{row['minor']}.x; write {row['minor']}"


def _of_minor(text: str, minor: int) -> Release:
    """Place a 2.M release by the edge its version-2.M tag points at; vendors' patch releases stay with it."""
    table = _table()
    if minor > max(table.minors):
        return Release(text, table.eras[-1:], table.newest, newer=True)
    return _at(text, table.minors[max(minor, min(table.minors))], newer=False)


def _at(text: str, edge: Edge, *, newer: bool) -> Release:
    era = next(era for era in reversed(_table().eras) if era.start is None or edge >= era.start)
    return Release(text, (era,), edge, newer)


def _unknown(text: str) -> Release:
    return Release(text, tuple(era for era in _table().eras if era.pod_keys), None)


def join_releases(releases: Iterable[Release]) -> Release:
    """Join the releases whose injectors answer during an upgrade to the release in force.

    Args:
        releases: single releases, in any order; some may be the same.

    Returns:
        The release itself if there is only one, the unknown release if there is none. Otherwise one with the
        eras of all of them. A release without the feature does not count beside others: it ignores every key.
    """
    parts = tuple(sorted(set(releases), key=lambda part: (part.edge is None, part.edge or (), part.text)))
    if len(parts) <= 1:
        return parts[0] if parts else _unknown("unknown")
    eras = {era for part in parts for era in part.eras}
    readers = {era for era in eras if era.pod_keys}
    return Release(
        " and ".join(part.text for part in parts),
        tuple(era for era in _table().eras if era in (readers or eras)),
        None,
        newer=any(part.newer for part in parts),
        parts=parts,
    )


def known_bugs(release: Release) -> tuple[KnownBug, ...]:
    """Return the known defects of native sidecars in a release.

    Args:
        release: any release; an unknown one has none that could be named. Of several releases those of each.

    Returns:
        The defects, in the order of the table.

    Source: ``known_bugs_when_native`` in data/releases.json, each row with its upstream fix.
    """
    edges = [part.edge for part in release.each if part.edge is not None]
    if len(edges) == 1:
        return _bugs_in(edges[0])
    return tuple(bug for bug in _table().bugs if any(bug in _bugs_in(edge) for edge in edges))


@lru_cache(maxsize=64)
def _bugs_in(edge: Edge) -> tuple[KnownBug, ...]:
    return tuple(bug for bug in _table().bugs if bug.first <= edge <= bug.last)
