"""What is told at a glance, or from memory, is what the rules would say if they looked at everything."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from builders import ERAS, IGNORE, WAIT, a_list, namespace, pod, workload
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
from autofix.engine import api, examine, namespaces, select
from autofix.kubernetes.locations import Role
from autofix.linkerd.annotations import known_annotations
from autofix.rules.registry import Check

RELEASES = [*ERAS.values(), None, "edge-25.7.1", "edge-24.6.1", "2.21", "dev-abc"]
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

select_checks = select._checks


def all_of(mapping: dict[Any, Any]) -> dict[str, Any]:
    return {key: value for key, value in mapping.items() if type(key) is str}


def every_rule(wanted: frozenset[str], role: Role, **_: bool) -> tuple[Check, ...]:
    return select_checks(wanted, role, has_native=True, has_others=True)


def with_and_without(call: Callable[[], autofix.Result]) -> tuple[autofix.Result, autofix.Result]:
    """What is said as always, and with nothing left out and nothing remembered."""
    with pytest.MonkeyPatch.context() as patching:
        patching.setattr(api, "examine_alone", lambda *_: None)
        patching.setattr(select, "unsettled", lambda _role, entries, _context: entries)
        patching.setattr(select, "_checks", every_rule)
        patching.setattr(examine, "concerning", all_of)
        patching.setattr(examine, "_remembered", examine._remembered.__wrapped__)
        slow = call()
    return call(), slow


def assert_same(obj: object, known: dict[str, Any]) -> None:
    quick, slow = with_and_without(lambda: autofix.fix(obj, **known))
    assert quick.items == slow.items
    assert quick.patch == slow.patch
    assert repr(quick.object) == repr(slow.object)
    assert quick.changes_injection == slow.changes_injection


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
def test_what_is_told_at_a_glance_is_what_the_rules_say(obj: dict[str, Any], known: dict[str, Any]):
    assert_same(obj, known)


@hypothesis_settings(max_examples=500)
@given(nearly_right(), entries, releases, st.sampled_from([None, "1.28", "1.29"]), st.sampled_from([0, 5]))
def test_a_namespace_around_it_changes_nothing_of_that(
    obj: dict[str, Any], outer: dict[str, Any], release: str | None, kubernetes: str | None, wait: int
):
    known = {"release": release, "kubernetes": kubernetes, "wait_before_exit": wait, "unsafe": True}
    assert_same(obj, {**known, "namespace": outer})


@hypothesis_settings(max_examples=500)
@given(nearly_right() | documents(), st.data(), releases)
def test_what_is_silenced_by_its_place_is_silent_in_an_object_that_stands_alone(
    obj: dict[str, Any], data: st.DataObject, release: str | None
):
    chosen = autofix.options(release=release, unsafe=True)
    found = autofix.fix_all((obj,), chosen)[0].findings
    places = {(*one.path, one.key) if one.key else one.path: one.code for one in found}
    some = data.draw(st.sets(st.sampled_from(sorted(places, key=repr)))) if places else set()
    suppressed = {place: frozenset({places[place]}) for place in some}
    suppressed |= {place[:-1]: codes for place, codes in suppressed.items() if place}
    quick, slow = with_and_without(lambda: autofix.fix_all((obj,), chosen, suppressed=[suppressed])[0])
    assert quick.items == slow.items
    assert repr(quick.object) == repr(slow.object)


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("make", [pod, namespace, workload])
def test_every_known_annotation_with_every_kind_of_value(make: Any, release: str | None):
    values = ["true", "False", "1", "yes", "enabled", "ingress", "", " true", "x", True, None, 5]
    for key in [*known_annotations(), *NEAR_MISSES, *NATIVE_KEYS, WAIT]:
        for value in values:
            obj = make("Deployment", {key: value}) if make is workload else make({key: value})
            assert_same(obj, {"release": release, "unsafe": True})


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("make", [pod, namespace])
def test_every_native_key_with_and_without_a_wait(make: Any, release: str | None):
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
def test_a_namespace_is_looked_at_with_its_pods(release: str | None, outer: str, own: str, wait: str):
    for key in NATIVE_KEYS[:3]:
        together = a_list(namespace({key: outer}), pod({key: own, WAIT: wait}), pod({WAIT: wait}))
        assert_same(together, {"release": release})


@pytest.mark.parametrize("first", [True, 1, 1.0, "1", "true", None, False, 0, ""])
def test_what_is_equal_and_not_the_same_is_not_mixed_up_in_memory(first: object):
    key = "config.alpha.linkerd.io/proxy-enable-native-sidecar"
    for second in (True, 1, 1.0, "1", "true", None, False, 0, "", first):
        assert_same(pod({key: first}), {"release": "2.17"})
        assert_same(pod({key: second}), {"release": "2.17"})


def test_an_ordinary_pod_is_not_shown_to_the_rules(monkeypatch: pytest.MonkeyPatch):
    """The early out is there at all: without it everything above would hold, slowly."""

    def looked(*_: object) -> None:
        raise AssertionError("an ordinary pod was shown to the rules")

    monkeypatch.setattr(namespaces, "examine", looked)
    monkeypatch.setattr(select, "_place", looked)
    for own in ({}, {"app": "web"}, RIGHT, {**RIGHT, IGNORE: "*"}):
        assert autofix.fix(pod(own), release="2.17", namespace=RIGHT).items
        assert autofix.fix(namespace(own), release="2.17").findings == ()
    obeyed = {"config.alpha.linkerd.io/proxy-enable-native-sidecar": "true"}
    assert autofix.fix(pod(obeyed), release="2.17", kubernetes="1.33").findings == ()
