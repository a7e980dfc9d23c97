"""The eras of ``data/releases.json`` in words, for pages and documents: which release reads which key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import groupby
from typing import Final, Literal, NamedTuple

from autofix.linkerd.data import load
from autofix.linkerd.release import Edge, Era, Release, parse_release, real_keys

_LEVELS: Final[tuple[Literal["pod", "namespace"], ...]] = ("pod", "namespace")


class Span(NamedTuple):
    """Releases in a row that treat the annotation alike.

    Attributes:
        eras: the eras in it, the oldest first; at least one.
        minors: its releases such as ``2.15``, the oldest first; empty while only edge releases are in it.
        start: its first edge release, None for the span that begins with the first release.
        end: the first edge release behind it, None for the span that has not ended.
    """

    eras: tuple[Era, ...]
    minors: tuple[str, ...]
    start: Edge | None
    end: Edge | None

    @property
    def releases(self) -> str:
        """Its releases: ``2.15 to 2.18``, ``2.19``, or ``edge-25.10.2`` where no other release is in it."""
        if not self.minors:
            return str(self.start)
        first, last = self.minors[0], self.minors[-1]
        return first if first == last else f"{first} to {last}"

    @property
    def edges(self) -> str:
        """Its edge releases: ``from edge-25.10.2``, and where it ended ``before edge-26.5.2``."""
        limits = ((word, edge) for word, edge in (("from", self.start), ("before", self.end)) if edge)
        return ", ".join(f"{word} {edge}" for word, edge in limits)


def spans(kind: Callable[[Era], object]) -> Iterator[Span]:
    """Divide all releases into spans.

    Args:
        kind: what to look at in an era; eras in a row with an equal kind are one span.

    Yields:
        The spans, the oldest first.
    """
    releases = {minor: parse_release(minor) for minor in load("releases.json")["minors"]}
    eras = tuple(dict.fromkeys(era for release in _all(releases.values()) for era in release.eras))
    groups = [tuple(group) for _, group in groupby(eras, kind)]
    ends = [group[0].start for group in groups[1:]]
    for group, end in zip(groups, [*ends, None], strict=True):
        minors = tuple(minor for minor, release in releases.items() if release.eras[0] in group)
        yield Span(group, minors, group[0].start, end)


def _all(releases: Iterable[Release]) -> Iterator[Release]:
    """Yield the releases, and behind them the unknown one, which has every era with native sidecars."""
    yield from releases
    yield parse_release(None)


def table_of_keys_to_write() -> str:
    """Return a Markdown table of the key to write for each release."""
    rows = ["| Linkerd | key |", "|---|---|"]
    for span in spans(lambda era: era.pod_keys):
        [era, *_] = span.eras
        if era.pod_keys:
            rows.append(f"| {span.releases} (from {span.start}) | `{era.pod_keys[0]}` |")
        else:
            rows.append(f"| up to {span.minors[-1]} | none: there are no native sidecars |")
    return "\n".join(rows)


def table_of_keys_read() -> str:
    """Return a Markdown table that says for each key which releases read it, on pods and on Namespaces."""
    rows = ["| key | read on pods | read on Namespaces |", "|---|---|---|"]
    for key in real_keys():
        cells = ("; ".join(map(_since, _reading(key, level))) for level in _LEVELS)
        rows.append(f"| `{key}` | {' | '.join(cells)} |")
    return "\n".join(rows)


def _since(span: Span) -> str:
    releases = span.minors[0] if span.minors and not span.end else span.releases
    return f"{span.edges} ({releases})"


def _reading(key: str, level: Literal["pod", "namespace"]) -> Iterator[Span]:
    def reads(era: Era) -> bool:
        return key in (era.pod_keys if level == "pod" else era.namespace_keys)

    return (span for span in spans(reads) if reads(span.eras[0]))


def table_of_deprecated_keys() -> str:
    """Return a Markdown table of the keys that a release still reads on pods, though it prefers another."""
    rows = ["| Linkerd | deprecated | preferred |", "|---|---|---|"]
    for span in spans(lambda era: era.pod_keys):
        preferred, *deprecated = span.eras[0].pod_keys or ("",)
        if deprecated:
            keys = ", ".join(f"`{key}`" for key in deprecated)
            rows.append(f"| {span.releases} (from {span.start}) | {keys} | `{preferred}` |")
    return "\n".join(rows)


def releases_without_native_sidecars() -> Span:
    """Return the span of the releases that read no native-sidecar key."""
    return next(span for span in spans(lambda era: bool(era.pod_keys)) if not span.eras[0].pod_keys)


@cache
def releases_with_native_sidecars() -> Span:
    """Return the span of the releases that read a native-sidecar key."""
    return next(span for span in spans(lambda era: bool(era.pod_keys)) if span.eras[0].pod_keys)


@cache
def releases_that_deny_a_wait() -> tuple[Span, ...]:
    """Return the spans of the releases that deny a pod with a native sidecar and a wait before exit."""
    return tuple(
        span for span in spans(lambda era: era.wait_before_exit) if span.eras[0].wait_before_exit == "deny"
    )


@cache
def release_that_needs_no_wait() -> str:
    """Return the first release, such as ``2.20``, after those that deny a pod for its wait before exit."""
    all_spans = tuple(spans(lambda era: era.wait_before_exit))
    last = max(index for index, span in enumerate(all_spans) if span in releases_that_deny_a_wait())
    return all_spans[last + 1].releases.partition(" ")[0]
