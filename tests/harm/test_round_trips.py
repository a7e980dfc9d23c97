"""A right key in a real-looking file, made wrong and fixed, is the same file again to the byte."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from round_trip_texts import RIGHT, TEXTS, Text, filled, wrong_keys
from texts import check

WRONG_KEY = "config.linkerd.io/proxy-native-sidecar"
# Of all fixes that a person would make, so many may be left to the person.
MOST_WITHHELD = 0.02


class Outcome(NamedTuple):
    """What became of one wrong form of a text."""

    form: str
    is_right: bool
    withheld: tuple[str, ...]


def outcome(text: Text, release: str, key: str, value: str, line_break: str = "\n") -> Outcome:
    wrong = filled(text, key, value).replace("\n", line_break)
    right = filled(text, RIGHT[release], text.values.get(value, value)).replace("\n", line_break)
    checked = check(text.name, wrong, release=release)
    reasons = tuple(finding.withheld for finding in checked.findings if finding.withheld)
    form = f"{text.name}, {release}: {key} {value}"
    if checked.text == right:
        return Outcome(form, is_right=True, withheld=())
    assert checked.text == wrong, f"{form}: half of it is fixed\n{checked.text}"
    assert checked.findings, f"{form}: nothing is said"
    return Outcome(form, is_right=False, withheld=reasons)


def outcomes(text: Text) -> tuple[Outcome, ...]:
    return _of_name(text.name)


@cache
def _of_name(name: str) -> tuple[Outcome, ...]:
    [text] = [text for text in TEXTS if text.name == name]
    return tuple(_outcomes(text))


def _outcomes(text: Text) -> Iterator[Outcome]:
    for number, release in enumerate(RIGHT):
        rights = sorted(set(text.values.values()))
        for position, key in enumerate(wrong_keys(release, is_namespace=text.is_namespace)):
            yield outcome(text, release, key, rights[(number + position) % len(rights)])
    for number, value in enumerate(text.values):
        release = list(RIGHT)[number % len(RIGHT)]
        yield outcome(text, release, RIGHT[release], value)
        yield outcome(text, release, WRONG_KEY, value)


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.name)
def test_each_wrong_form_becomes_the_right_text(text: Text) -> None:
    for one in outcomes(text):
        assert one.is_right != text.is_reported or one.withheld, one


def test_few_fixes_are_left_to_a_person() -> None:
    every = [one for text in TEXTS if not text.is_reported for one in outcomes(text)]
    left = [one for one in every if not one.is_right]
    assert len(every) > 3000
    assert len(left) <= MOST_WITHHELD * len(every), "\n".join(map(str, left))


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.name)
def test_a_right_text_has_no_finding(text: Text) -> None:
    for release, key in RIGHT.items():
        for value in sorted(set(text.values.values())):
            right = filled(text, key, value)
            checked = check(text.name, right, release=release, unsafe=True)
            assert [finding.code for finding in checked.findings] == []
            assert checked.text == right


@given(st.data(), st.sampled_from(TEXTS), st.sampled_from(list(RIGHT)), st.sampled_from(["\n", "\r\n"]))
def test_a_wrong_key_and_a_wrong_value_together(
    data: st.DataObject, text: Text, release: str, line_break: str
) -> None:
    if "\\\n" in text.text or text.name == "Makefile":
        # What continues a line there is a backslash before LF.
        line_break = "\n"
    key = data.draw(st.sampled_from(wrong_keys(release, is_namespace=text.is_namespace)))
    value = data.draw(st.sampled_from(list(text.values)))
    result = outcome(text, release, key, value, line_break)
    assert result.is_right != text.is_reported or result.withheld
