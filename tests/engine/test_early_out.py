"""What is answered at a glance, or from memory, is what the rules say when they look at everything."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from builders import ERAS, IGNORE, TOO_NEW, WAIT, WRONG, a_list, namespace, pod, workload
from fixing import both_ways
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from strategies import (
    NATIVE_KEYS,
    NO_STRINGS,
    OTHER_KEYS,
    WORDS,
    annotation_maps,
    broken_objects,
    documents,
    releases,
    settings,
)

import autofix
from autofix.engine import cache
from autofix.linkerd.annotations import known_annotations
from autofix.rules import context

RELEASES = [*ERAS.values(), None, "edge-25.7.1", "edge-24.6.1", TOO_NEW[0], "dev-abc"]
RIGHT = {"linkerd.io/inject": "enabled", "config.linkerd.io/proxy-cpu-limit": "1"}
# Each a letter away from being something to Linkerd, or from being nothing.
NEAR_MISSES = [
    "config.linkerd.io/proxy-cpu-limits",
    "config.linkerd.io/proxy-enable-native-sidecars",
    "linkerd.io/injected",
    "notlinkerd.io/inject",
    "linkerd.io.example.com/native-sidecar",
    "linkerd.io",
    "linkerd.io/",
    "proxy-native-sidecar",
    "proxy.NATIVE.SIDECAR",
    "proxyNativeSideCar",
    "linkerd.io/nativesidcar",
    "x.linkerd.io/native_sidecar",
    IGNORE,
]
known_keys = st.sampled_from(sorted(known_annotations())) | st.sampled_from(
    [*NATIVE_KEYS, *OTHER_KEYS, *NEAR_MISSES]
)
known_words = st.sampled_from(
    [word for row in known_annotations().values() for word in row.words] + WORDS + ["5", "0"]
)
entries = st.dictionaries(
    known_keys, known_words | known_words | known_words | st.sampled_from(NO_STRINGS), max_size=4
)


def assert_same(obj: object, known: dict[str, Any]) -> None:
    both_ways(lambda: autofix.fix(obj, **known))


@st.composite
def nearly_right(draw: st.DrawFn) -> dict[str, Any]:
    """A Pod, Namespace or workload with one or two annotations that are known, or nearly."""
    kind = draw(st.sampled_from(["Pod", "Namespace", "Deployment", "CronJob"]))
    own = draw(entries)
    if kind == "Namespace":
        return namespace(own)
    labels = draw(st.just({}) | st.just({"app": "web"}) | annotation_maps())
    if kind == "Pod":
        return pod(own, labels=labels)
    return workload(kind, own, own=draw(st.just({"team": "shop"}) | entries))


@hypothesis_settings(max_examples=2000)
@given(nearly_right() | documents() | broken_objects(), settings())
def test_an_answer_at_a_glance_is_what_the_rules_say(obj: dict[str, Any], known: dict[str, Any]) -> None:
    assert_same(obj, known)


@hypothesis_settings(max_examples=500)
@given(nearly_right(), entries, releases, st.sampled_from([None, "1.28", "1.29"]), st.sampled_from([0, 5]))
def test_a_namespace_around_it_changes_nothing_of_that(
    obj: dict[str, Any], outer: dict[str, Any], release: str | None, kubernetes: str | None, wait: int
) -> None:
    known = {"release": release, "kubernetes": kubernetes, "wait_before_exit": wait, "unsafe": True}
    assert_same(obj, {**known, "namespace": outer})


@hypothesis_settings(max_examples=500)
@given(nearly_right() | documents(), st.data(), releases)
def test_a_suppressed_code_is_suppressed_both_ways(
    obj: dict[str, Any], data: st.DataObject, release: str | None
) -> None:
    options = autofix.options(release=release, unsafe=True)
    findings = autofix.fix_all((obj,), options)[0].findings
    places = {
        (*finding.path, finding.key) if finding.key else finding.path: finding.code for finding in findings
    }
    quiet = data.draw(st.sets(st.sampled_from(sorted(places, key=repr)))) if places else set()
    suppressed = {place: frozenset({places[place]}) for place in quiet}
    suppressed |= {place[:-1]: codes for place, codes in suppressed.items() if place}
    both_ways(lambda: autofix.fix_all((obj,), options, suppressed=[suppressed])[0])


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("make", [pod, namespace, workload])
def test_every_known_annotation_with_every_kind_of_value(make: Any, release: str | None) -> None:
    values = ["true", "False", "1", "yes", "enabled", "ingress", "", " true", "x", True, None, 5]
    for key in [*known_annotations(), *NEAR_MISSES, *NATIVE_KEYS, WAIT]:
        for value in values:
            obj = make("Deployment", {key: value}) if make is workload else make({key: value})
            assert_same(obj, {"release": release, "unsafe": True})


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("make", [pod, namespace])
def test_every_native_key_with_and_without_a_wait(make: Any, release: str | None) -> None:
    own = [{}, *({key: value} for key in NATIVE_KEYS for value in ("true", "false"))]
    waits = [{}, {WAIT: "0"}, {WAIT: "5"}]
    cluster = product([None, "1.28", "1.33"], [None, True, False], [0, 5], waits)
    for kubernetes, default, wait, outer in cluster:
        known = {"release": release, "kubernetes": kubernetes, "default": default, "wait_before_exit": wait}
        for keys, inner in product(own, waits):
            assert_same(make({**keys, **inner}), {**known, "namespace": outer})


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(
    ("outer", "own", "wait"), list(product(["true", "false"], ["true", "false"], ["0", "5"]))
)
def test_a_namespace_is_looked_at_with_its_pods(release: str | None, outer: str, own: str, wait: str) -> None:
    for key in NATIVE_KEYS[:3]:
        together = a_list(namespace({key: outer}), pod({key: own, WAIT: wait}), pod({WAIT: wait}))
        assert_same(together, {"release": release})


@pytest.mark.parametrize("first", [True, 1, 1.0, "1", "true", None, False, 0, ""])
def test_what_is_equal_and_not_the_same_is_not_mixed_up_in_memory(first: object) -> None:
    key = "config.alpha.linkerd.io/proxy-enable-native-sidecar"
    for second in (True, 1, 1.0, "1", "true", None, False, 0, "", first):
        assert_same(pod({key: first}), {"release": "2.17"})
        assert_same(pod({key: second}), {"release": "2.17"})


def fail(*_: object) -> None:
    raise AssertionError("worked out although it need not be")


def test_the_rules_are_not_asked_about_keys_that_they_are_not_interested_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The early out is there at all: without it everything above would hold, slowly."""
    monkeypatch.setattr(context, "_place", fail)
    for own in ({}, {"app": "web", "example.com/linkerd": "x"}):
        assert autofix.fix(pod(own), release="2.17", namespace=RIGHT).items
        assert autofix.fix(namespace(own), release="2.17").findings == ()


def test_objects_that_are_alike_are_examined_once(monkeypatch: pytest.MonkeyPatch) -> None:
    cache._answer.cache_clear()
    first = autofix.fix(pod({WRONG: "true", "checksum/config": "1"}), release="2.17")
    monkeypatch.setattr(cache, "examine", fail)
    twin = pod({WRONG: "true", "checksum/config": "2"}, name="other", labels={"pod-template-hash": "x"})
    again = autofix.fix(twin, release="2.17")
    assert again.findings == first.findings
    assert again.operations == first.operations
    with pytest.raises(AssertionError, match="need not be"):
        autofix.fix(pod({WRONG: "true"}), release="2.19")


def test_what_is_kept_in_memory_is_bounded() -> None:
    cache._answer.cache_clear()
    many = pod({f"linkerd.io/x{number}": "1" for number in range(17)})
    custom = {**namespace({"linkerd.io/x": "1"}), "apiVersion": "example.com/v1"}
    for obj in (many, pod({"linkerd.io/x": "x" * 400}), custom):
        autofix.fix(obj, release="2.17")
    assert cache._answer.cache_info().currsize == 0
    for number in range(1500):
        autofix.fix(pod({"linkerd.io/x": str(number)}), release="2.17")
    assert cache._answer.cache_info().currsize <= 1024
