"""The eras in words: every table agrees with what the model says of each release."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from autofix.linkerd.data import load
from autofix.linkerd.eras import (
    Span,
    releases_that_deny_a_wait,
    releases_without_native_sidecars,
    spans,
    table_of_deprecated_keys,
    table_of_keys_read,
    table_of_keys_to_write,
)
from autofix.linkerd.release import Edge, Era, key_to_write, parse_release, real_keys

MINORS = tuple(load("releases.json")["minors"])
ERA = Era("x", Edge(25, 1, 2), (), (), default_native=False, wait_before_exit="deny")


def rows(table: str) -> list[list[str]]:
    """The cells of a Markdown table, without its head."""
    lines = table.splitlines()[2:]
    return [[cell.strip().replace("`", "") for cell in line.strip("|").split("|")] for line in lines]


def era_of(minor: str) -> Era:
    [era] = parse_release(minor).eras
    return era


@pytest.mark.parametrize("kind", [lambda era: era.id, lambda era: era.pod_keys, lambda _: 0])
def test_every_release_is_in_one_span_and_the_spans_follow_each_other(kind: Callable[[Era], object]) -> None:
    all_spans = list(spans(kind))
    assert [minor for span in all_spans for minor in span.minors] == list(MINORS)
    assert [span.start for span in all_spans[1:]] == [span.end for span in all_spans[:-1]]
    assert (all_spans[0].start, all_spans[-1].end) == (None, None)


@pytest.mark.parametrize(
    ("minors", "end", "releases", "edges"),
    [
        (("2.15",), None, "2.15", "from edge-25.1.2"),
        (("2.15", "2.16", "2.17"), Edge(25, 3, 1), "2.15 to 2.17", "from edge-25.1.2, before edge-25.3.1"),
        # No release is built from these edges yet.
        ((), None, "edge-25.1.2", "from edge-25.1.2"),
    ],
)
def test_a_span_in_words(minors: tuple[str, ...], end: Edge | None, releases: str, edges: str) -> None:
    span = Span((ERA,), minors, ERA.start, end)
    assert (span.releases, span.edges) == (releases, edges)


def test_the_table_of_keys_to_write_has_the_key_of_every_release() -> None:
    table = dict(rows(table_of_keys_to_write()))
    for span in spans(lambda era: era.pod_keys):
        for minor in span.minors:
            key = key_to_write(parse_release(minor), "pod")
            [row] = [
                cell for cell in table if cell == f"up to {minor}" or cell.startswith(f"{span.releases} (")
            ]
            assert table[row] == (key or "none: there are no native sidecars")


def test_the_table_of_keys_read_begins_each_cell_with_the_first_release_that_reads_the_key() -> None:
    for key, *cells in rows(table_of_keys_read()):
        for cell, level in zip(cells, ("pod_keys", "namespace_keys"), strict=True):
            reading = [minor for minor in MINORS if key in getattr(era_of(minor), level)]
            assert cell.startswith(f"from {era_of(reading[0]).start}")
            assert f"({reading[0]}" in cell
            assert ("before" in cell) == (reading[-1] != MINORS[-1])
    assert [row[0] for row in rows(table_of_keys_read())] == list(real_keys())


def test_the_table_of_deprecated_keys_has_every_key_that_is_read_and_not_preferred() -> None:
    table = rows(table_of_deprecated_keys())
    read = {era_of(minor).pod_keys for minor in MINORS if era_of(minor).pod_keys[1:]}
    assert {(row[2], *row[1].split(", ")) for row in table} == read


def test_the_releases_without_native_sidecars_end_where_the_first_key_is_read() -> None:
    span = releases_without_native_sidecars()
    assert [minor for minor in MINORS if not era_of(minor).pod_keys] == list(span.minors)
    assert span.end == era_of(MINORS[len(span.minors)]).start


def test_the_releases_that_deny_a_wait_are_those_of_the_model() -> None:
    minors = [minor for span in releases_that_deny_a_wait() for minor in span.minors]
    assert minors == [minor for minor in MINORS if era_of(minor).wait_before_exit == "deny"]
