"""JSON Pointers, and edits that copy only what they change."""

from __future__ import annotations

from typing import Any

import jsonpointer
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autofix.kubernetes.pointer import get, parts_of, pointer, replaced

PARTS = st.lists(st.text(max_size=8), max_size=6)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), ""),
        (("",), "/"),
        (("a", 0, "b"), "/a/0/b"),
        (("config.linkerd.io/x",), "/config.linkerd.io~1x"),
        (("~1", "/~"), "/~01/~1~0"),
    ],
)
def test_a_pointer_is_escaped_as_rfc_6901_says(path: tuple[str | int, ...], text: str) -> None:
    assert pointer(path) == text


@given(PARTS)
def test_a_pointer_leads_back(parts: list[str]) -> None:
    assert jsonpointer.JsonPointer(pointer(parts)).parts == parts


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("a", 1, "b"), 5),
        (("a", 9), None),
        (("a", "1"), None),
        (("x",), None),
        (("a", 1, "b", "c"), None),
        ((), ...),
    ],
)
def test_what_stands_at_a_path(path: tuple[str | int, ...], value: object) -> None:
    obj: Any = {"a": [0, {"b": 5}]}
    assert get(obj, path) == (obj if value is ... else value)


def test_a_replacement_copies_only_the_way_to_it() -> None:
    obj: Any = {"a": [{"b": 1}, {"c": 2}], "d": {}}
    new: Any = replaced(obj, ("a", 0, "b"), 9)
    assert new == {"a": [{"b": 9}, {"c": 2}], "d": {}}
    assert obj == {"a": [{"b": 1}, {"c": 2}], "d": {}}
    assert new["a"][1] is obj["a"][1]
    assert new["d"] is obj["d"]


@given(PARTS.filter(bool))
def test_missing_mappings_are_made(parts: list[str]) -> None:
    assert get(replaced({}, tuple(parts), 5), tuple(parts)) == 5
    assert get(replaced({parts[0]: None}, tuple(parts), 5), tuple(parts)) == 5


@given(st.lists(st.text() | st.integers(0, 9)).map(tuple))
def test_a_pointer_is_read_back_as_the_names_it_was_written_from(path: tuple[str | int, ...]) -> None:
    assert parts_of(pointer(path)) == tuple(map(str, path))
