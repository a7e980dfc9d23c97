"""Go's reading of a boolean, and a person's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autofix.linkerd.annotations import as_text, parse_bool, read_intent

GO = {**dict.fromkeys(["1", "t", "T", "TRUE", "true", "True"], True)} | {
    **dict.fromkeys(["0", "f", "F", "FALSE", "false", "False"], False)
}


@pytest.mark.parametrize(("text", "value"), GO.items())
def test_go_reads_twelve_spellings(text: str, value: bool) -> None:
    assert parse_bool(text) is value
    assert read_intent(text) is value


@given(st.text(max_size=6) | st.sampled_from(["tRUE", " true", "true ", "yes", "on", '"true"', "", "01"]))
def test_go_reads_nothing_else(text: str) -> None:
    assert parse_bool(text) is GO.get(text)


@pytest.mark.parametrize("value", [True, False, 1, 0, None, [], {}, 1.0])
def test_go_never_sees_what_is_no_string(value: object) -> None:
    assert parse_bool(value) is None


@pytest.mark.parametrize(
    ("values", "meant"),
    [
        (("true", "yes", "y", "on", "enabled", "enable", "t", "1", True, 1, 1.0), True),
        (("false", "no", "n", "off", "disabled", "disable", "f", "0", False, 0, 0.0, -0.0), False),
        ((" true", "true\n", "tRUE", "YES", "'true'", '"true"', "\ttrue ", '" true"', "\xa0true"), True),
        ((" false", "fALSE", "OFF", '"false"', "'\"false\"'"), False),
        (("", " ", '""', "maybe", "truee", "2", "null", "{{ .x }}", "tr ue", None, 2, -1, 0.5, [], {}), None),
        ((float("nan"), float("inf"), [True], {"true": True}, 10**400), None),
    ],
)
def test_a_person_means_more(values: tuple[object, ...], meant: bool | None) -> None:
    for value in values:
        assert read_intent(value) is meant, repr(value)


@given(st.booleans())
def test_what_is_written_is_read_by_linkerd(value: bool) -> None:
    assert parse_bool(as_text(value)) is value
