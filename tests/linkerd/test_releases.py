"""Release strings and their eras."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from builders import ALPHA, BETA, ERA_IDS, GA, NEWEST, NEWEST_EDGE, REAL_KEYS, TOO_NEW
from hypothesis import given
from hypothesis import strategies as st

from autofix import AutofixError, parse_release
from autofix.linkerd.annotations import known_annotations
from autofix.linkerd.data import load
from autofix.linkerd.release import Edge, join_releases, key_to_write, known_bugs, real_keys


@pytest.mark.parametrize(
    ("text", "era"),
    [
        ("edge-23.11.3", "none"),
        ("edge-23.11.4", "alpha"),
        ("edge-24.10.1", "alpha"),
        ("edge-25.10.1", "alpha"),
        ("edge-25.10.2", "beta"),
        ("edge-26.5.1", "beta"),
        ("edge-26.5.2", "ga"),
        ("edge-26.8.3", "ga"),
        # The number counts as a number: .10 is later than .9.
        ("edge-23.11.10", "alpha"),
        ("edge-25.9.10", "alpha"),
        ("vedge-24.10.1", "alpha"),
        ("preview-25.10.7", "beta"),
        ("preview-24.1.1", "alpha"),
        ("2024.3.5", "alpha"),
        ("v2026.6.1", "ga"),
        ("2025.10.2", "beta"),
        ("2.11", "none"),
        ("2.14", "none"),
        ("2.15", "alpha"),
        ("2.16", "alpha"),
        ("2.17", "alpha"),
        ("2.18", "alpha"),
        ("2.19", "beta"),
        ("2.20", "ga"),
        ("v2.16", "alpha"),
        ("2.19.6", "beta"),
        ("stable-2.14.10", "none"),
        ("stable-2.11.1.2", "none"),
        ("stable-2.13.0", "none"),
        ("enterprise-2.17.1", "alpha"),
        ("enterprise-2.17.0-1", "alpha"),
        ("enterprise-2.19.6", "beta"),
        ("enterprise-2.20.2", "ga"),
        ("venterprise-2.20.2", "ga"),
        # Build information never changes the version.
        ("edge-24.10.1-abcdef", "alpha"),
        ("stable-2.14.10-1-g12ab", "none"),
        (" 2.17\n", "alpha"),
    ],
)
def test_a_release_string_names_its_era(text: str, era: str) -> None:
    release = parse_release(text)
    assert [found.id for found in release.eras] == [era]
    assert release.known
    assert not release.newer


@pytest.mark.parametrize("text", ["dev-undefined", "git-0a1b2c3d", "vdev-x", None])
def test_a_local_build_or_nothing_is_the_unknown_release(text: str | None) -> None:
    release = parse_release(text)
    assert not release.known
    assert ["none", *(era.id for era in release.eras)] == ERA_IDS
    assert release.has_native_sidecars


@pytest.mark.parametrize("text", [f"{NEWEST_EDGE}9", *TOO_NEW])
def test_a_release_that_is_too_new_is_treated_as_the_newest_era(text: str) -> None:
    release = parse_release(text)
    assert release.newer
    assert [era.id for era in release.eras] == ERA_IDS[-1:]


@pytest.mark.parametrize("text", [NEWEST, NEWEST_EDGE])
def test_the_newest_release_is_not_too_new(text: str) -> None:
    assert not parse_release(text).newer
    assert [era.id for era in parse_release(text).eras] == ERA_IDS[-1:]


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "v", "edge", "edge-", "edge-24", "edge-24.10", "edge-24.13.1", "edge-24.0.1", "2", "3.0"),
        *(
            "2.x",
            "stable-3.1",
            "latest",
            "stable",
            "2.17.1.1.1",
            "edge-24.10.1 2.17",
            "dev",
            "git",
        ),
        *("enterprise", "rc-2.17", "2.17/", "https://linkerd.io", "٢.17", "2.17\nx", "2.99999", "9999.1.1"),
    ],
)
def test_nonsense_is_a_clear_error(text: str) -> None:
    with pytest.raises(AutofixError) as caught:
        parse_release(text)
    assert repr(text.strip()) in str(caught.value)
    for form in (
        "edge-24.10.1",
        "2.16",
        "stable-2.14.10",
        "enterprise-2.17.1",
        "preview-25.10.7",
        "2024.3.5",
    ):
        assert form in str(caught.value)


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("1.16.11", "of stable-2.14.x; write 2.14"),
        ("v1.15.0", "of stable-2.14.x; write 2.14"),
        ("1.12.5", "of stable-2.13.x; write 2.13"),
        ("linkerd-control-plane-1.9.4", "of stable-2.12.x; write 2.12"),
        # Charts of edge releases, and one between two stable releases.
        ("1.18.10-edge", "write the APP VERSION that `helm list` shows"),
        ("1.16.1-edge", "write the APP VERSION that `helm list` shows"),
        ("1.10.2", "write the APP VERSION that `helm list` shows"),
    ],
)
def test_a_version_of_the_chart_is_refused_with_its_release(text: str, advice: str) -> None:
    with pytest.raises(AutofixError) as caught:
        parse_release(text)
    assert str(caught.value).startswith(f"{text} is a version of the chart linkerd-control-plane")
    assert str(caught.value).endswith(advice)


def test_each_stable_chart_names_a_release_that_can_be_read() -> None:
    for row in load("releases.json")["stable_charts"].values():
        assert row["source"]
        assert not parse_release(row["minor"]).has_native_sidecars


@given(st.text(max_size=40) | st.from_regex(r"v?(edge-|stable-)?\d{1,3}(\.\d{1,30}){0,4}.{0,5}"))
def test_any_text_is_a_release_or_a_clear_error(text: str) -> None:
    # Every other exception fails the test.
    with suppress(AutofixError):
        assert parse_release(text).eras


@given(st.tuples(st.integers(20, 40), st.integers(1, 12), st.integers(1, 30)))
def test_later_edges_are_never_in_an_earlier_era(parts: tuple[int, int, int]) -> None:
    edge = Edge(*parts)
    for later in (edge._replace(number=edge.number + 1), edge._replace(year=edge.year + 1)):
        first, second = (parse_release(str(one)).eras[0].id for one in (edge, later))
        assert ERA_IDS.index(first) <= ERA_IDS.index(second)


@pytest.mark.parametrize(
    ("release", "pod", "namespace"),
    [
        ("2.14", None, None),
        ("2.17", ALPHA, ALPHA),
        ("2.19", BETA, BETA),
        ("2.20", GA, GA),
        (None, ALPHA, ALPHA),
    ],
)
def test_the_key_to_write(release: str | None, pod: str | None, namespace: str | None) -> None:
    known = parse_release(release)
    assert key_to_write(known, "pod") == pod
    assert key_to_write(known, "namespace") == namespace


def test_the_real_keys_are_data() -> None:
    assert real_keys()[:3] == (ALPHA, BETA, GA)
    assert list(real_keys()) == REAL_KEYS


@pytest.mark.parametrize(
    ("release", "words"),
    [
        ("2.14", []),
        ("edge-24.4.4", ["opaque ports", "linkerd-cni", "named ports", "linkerd-admin", "your own"]),
        ("edge-24.4.5", ["opaque ports", "named ports", "linkerd-admin", "your own"]),
        ("edge-25.6.2", ["named ports", "linkerd-admin", "your own"]),
        ("edge-25.7.6", ["exit 2", "linkerd-admin", "your own"]),
        ("edge-25.8.1", ["linkerd-admin", "your own"]),
        ("edge-25.12.1", ["your own"]),
        ("edge-25.12.2", []),
        ("2.20", []),
        (None, []),
    ],
)
def test_known_bugs_belong_to_their_releases(release: str | None, words: list[str]) -> None:
    found = known_bugs(parse_release(release))
    assert len(found) == len(words)
    for bug, word in zip(found, words, strict=True):
        assert word in bug.what
        assert re.fullmatch(r"edge-\d+\.\d+\.\d+.*", bug.fixed_in)


@pytest.mark.parametrize(
    ("texts", "joined", "eras"),
    [
        ([], "unknown", ERA_IDS[1:]),
        (["2.17"], "2.17", ["alpha"]),
        (["2.17", "2.17"], "2.17", ["alpha"]),
        # The oldest comes first, in whatever order they are given.
        (["edge-26.8.3", "edge-24.10.1"], "edge-24.10.1 and edge-26.8.3", ["alpha", "ga"]),
        (["edge-24.10.1", "edge-26.8.3"], "edge-24.10.1 and edge-26.8.3", ["alpha", "ga"]),
        (["edge-25.10.7", "2.17", "2.20"], "2.17 and edge-25.10.7 and 2.20", ["alpha", "beta", "ga"]),
        # Of the same era: nothing depends on which of them answers.
        (["2.15", "2.17"], "2.15 and 2.17", ["alpha"]),
        # What nobody knows may be any release with the feature, and comes last.
        ([None, "2.20"], "2.20 and unknown", ERA_IDS[1:]),
        (["dev-x", "2.20"], "2.20 and dev-x", ERA_IDS[1:]),
        # A release that reads no key can be harmed by none.
        (["2.14", "2.17"], "2.14 and 2.17", ["alpha"]),
        (["2.13", "2.14"], "2.13 and 2.14", ["none"]),
    ],
)
def test_several_releases_are_joined_to_the_one_in_force(
    texts: list[str | None], joined: str, eras: list[str]
) -> None:
    release = join_releases(map(parse_release, texts))
    assert release.text == joined
    assert [era.id for era in release.eras] == eras
    assert [part.text for part in release.parts] == ([] if len(set(texts)) < 2 else joined.split(" and "))
    # It is part of what answers are remembered by.
    again = join_releases([parse_release(text) for text in reversed(texts)])
    assert (again, hash(again)) == (release, hash(release))
    if release.parts:
        assert release != parse_release(texts[0])


@pytest.mark.parametrize(
    ("texts", "pod", "namespace"),
    [
        (["edge-24.10.1", "edge-26.8.3"], ALPHA, ALPHA),
        # The GA release reads the beta key on pods, and copies it from no Namespace.
        (["edge-25.10.7", "edge-26.8.3"], BETA, ALPHA),
        (["2.15", "2.17"], ALPHA, ALPHA),
        (["2.20", None], ALPHA, ALPHA),
        (["2.14", "2.20"], GA, GA),
        (["2.14", "2.13"], None, None),
    ],
)
def test_the_key_to_write_is_one_that_each_of_them_reads(
    texts: list[str | None], pod: str | None, namespace: str | None
) -> None:
    release = join_releases(map(parse_release, texts))
    assert (key_to_write(release, "pod"), key_to_write(release, "namespace")) == (pod, namespace)


def test_of_several_releases_the_bugs_and_annotations_of_each_count() -> None:
    old, new = parse_release("2.15"), parse_release(NEWEST_EDGE)
    both = join_releases([new, old])
    assert known_bugs(old)
    assert known_bugs(both) == tuple(dict.fromkeys((*known_bugs(old), *known_bugs(new))))
    for annotation in known_annotations().values():
        assert annotation.known_to(both) == (annotation.known_to(old) or annotation.known_to(new))


def test_a_newer_release_among_several_is_said() -> None:
    assert join_releases(map(parse_release, ("2.17", TOO_NEW[0]))).newer
    assert not join_releases(map(parse_release, ("2.17", NEWEST))).newer
