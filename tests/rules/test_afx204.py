"""AFX204: a value that says nothing."""

from __future__ import annotations

import pytest
from builders import ALPHA, WRONG, namespace
from fixing import codes, fixed, found

AWAIT = "config.linkerd.io/proxy-await"


@pytest.mark.parametrize(
    "value", ["", " ", "maybe", "truee", "2", "null", "{{ .Values.native }}", "true,false"]
)
@pytest.mark.parametrize(
    "key", [ALPHA, WRONG, "config.linkerd.io/proxy-await", "config.linkerd.io/enable-debug-sidecar"]
)
def test_it_is_shown_and_never_changed(key: str, value: str) -> None:
    [finding] = found({key: value}, "AFX204")
    assert finding.applicability == "display"
    assert repr(value) in finding.message
    assert fixed({key: value}, unsafe=True) == {key: value}


def test_an_empty_word_is_one_that_the_inject_annotation_takes() -> None:
    assert codes({"linkerd.io/inject": ""}) == []


def test_it_names_the_words_of_the_annotation() -> None:
    assert '"true" or "false"' in found({ALPHA: "maybe"}, "AFX204")[0].message
    assert '"enabled" or "disabled"' in found({"linkerd.io/inject": "maybe"}, "AFX204")[0].message


def test_on_a_namespace() -> None:
    assert codes(namespace({ALPHA: "maybe"})) == ["AFX204"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (ALPHA, "yes"),
        (ALPHA, None),
        ("linkerd.io/inject", "true"),
        ("linkerd.io/inject", "ingress"),
        # Buoyant Enterprise for Linkerd reads it.
        ("linkerd.io/inject", "windows"),
        ("linkerd.io/created-by", "me"),
        ("config.linkerd.io/proxy-cpu-limit", "maybe"),
        ("example.com/a", "maybe"),
    ],
)
def test_values_that_say_something_are_left_alone(key: str, value: object) -> None:
    assert "AFX204" not in codes({key: value})


@pytest.mark.parametrize(("key", "value"), [("linkerd.io/inject", "Windows"), (AWAIT, "windows")])
def test_a_vendors_word_counts_to_the_letter_and_on_its_annotation(key: str, value: str) -> None:
    assert codes({key: value}) == ["AFX204"]
    assert codes({"linkerd.io/inject": "windows"}) == []
