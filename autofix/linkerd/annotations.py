"""The known_annotations of annotations that some release of Linkerd reads or writes."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from autofix.linkerd.data import load
from autofix.linkerd.release import parse_edge

if TYPE_CHECKING:
    from autofix.linkerd.release import Edge, Release


class Annotation(NamedTuple):
    """One annotation of Linkerd.

    Attributes:
        key: the full key.
        type: ``boolean`` (read by ParseBool), ``switch`` (a fixed set of words) or another type's name.
        words: what a switch accepts.
        trimmed: True for a boolean that Linkerd trims before parsing.
        levels: where the injector reads it: ``pod``, ``namespace``, both or neither.
        written_by_linkerd: True for markers that Linkerd itself writes.
        first: first edge that knows it, None when older than the known_annotations.
        last: last edge that knows it, None when it is current.
    """

    key: str
    type: str
    words: tuple[str, ...]
    trimmed: bool
    levels: tuple[str, ...]
    written_by_linkerd: bool
    first: Edge | None
    last: Edge | None

    def known_to(self, release: Release) -> bool:
        """Tell whether a release knows this annotation; an unknown release may know any of them."""
        return self.known_at(release.edge)

    def known_at(self, edge: Edge | None) -> bool:
        """Tell the same of an edge release, None for an unknown one."""
        if edge is None:
            return True
        return (self.first is None or self.first <= edge) and (self.last is None or edge <= self.last)


@cache
def known_annotations() -> dict[str, Annotation]:
    """Return every catalogued annotation by its key.

    Source: data/annotations.json, scanned from the tags edge-23.1.1 .. edge-26.8.3.
    """
    return {
        row["key"]: Annotation(
            key=row["key"],
            type=row["type"],
            words=tuple(row.get("words", ())),
            trimmed=row.get("trimmed", False),
            levels=tuple(row["levels"]),
            written_by_linkerd=row.get("written_by_linkerd", False),
            first=parse_edge(row["first_edge"]) if row["first_edge"] else None,
            last=parse_edge(row["last_edge"]) if row["last_edge"] else None,
        )
        for row in load("annotations.json")["annotations"]
    }


@cache
def domains() -> frozenset[str]:
    """Return the domains in which every annotation of Linkerd is catalogued."""
    return frozenset(key.partition("/")[0] for key in known_annotations())
