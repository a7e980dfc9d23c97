"""The packaged data is consistent with itself."""

from __future__ import annotations

import pytest
from builders import ALPHA, BETA, GA

from autofix import parse_release
from autofix.linkerd.annotations import domains, known_annotations
from autofix.linkerd.data import load
from autofix.linkerd.keys import is_linkerd_key
from autofix.linkerd.release import wait_before_exit_key


def test_every_key_of_the_eras_is_catalogued_from_its_era_on() -> None:
    for era in load("releases.json")["eras"]:
        for name in {*era["pod_keys"], *era["namespace_keys"]}:
            key = load("releases.json")["keys"][name]
            assert key in known_annotations(), f"add a row for {key} to autofix/linkerd/data/annotations.json"
            known = known_annotations()[key]
            assert known.known_to(parse_release(f"edge-{era['from_edge']}")), known.key


@pytest.mark.parametrize(
    ("key", "first"), [(ALPHA, "edge-23.11.4"), (BETA, "edge-25.10.2"), (GA, "edge-26.5.2")]
)
def test_an_annotation_is_known_from_its_first_release(key: str, first: str) -> None:
    assert str(known_annotations()[key].first) == first
    assert known_annotations()[key].known_to(parse_release(first))
    assert known_annotations()[key].known_to(parse_release(None))
    assert not known_annotations()[key].known_to(parse_release("2.14"))


def test_the_catalogue_holds_only_linkerds_keys_and_known_types() -> None:
    for key, annotation in known_annotations().items():
        assert is_linkerd_key(key), key
        assert annotation.levels or annotation.written_by_linkerd or annotation.type, key
        assert bool(annotation.words) == (annotation.type == "switch"), key
        assert set(annotation.levels) <= {"pod", "namespace", "service", "other"}, key
        assert annotation.first is None or annotation.last is None or annotation.first <= annotation.last, key


def test_the_wait_is_catalogued() -> None:
    assert wait_before_exit_key() in known_annotations()


def test_the_domains_are_linkerds() -> None:
    assert "config.linkerd.io" in domains()
    assert all(domain.endswith("linkerd.io") for domain in domains())


def test_every_fact_has_its_source() -> None:
    data = load("releases.json")
    for row in (*data["eras"], *data["minors"].values(), *data["known_bugs_when_native"]):
        assert row["source"], row
