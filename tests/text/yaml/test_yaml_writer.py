"""YAML that Kubernetes reads back as the same data."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autofix.text.yaml import write_yaml
from autofix.text.yaml.reader import read_yaml

TEXTS = [
    "y",
    "no",
    "on",
    "1",
    "0x1",
    "1e3",
    "~",
    "",
    "<<",
    "a: b",
    "- a",
    "a\nb\n",
    "é",
    "# a",
    "'",
    '"',
    "null",
    " a ",
]
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**62), 2**62)
    | st.sampled_from(TEXTS)
    | st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=10)
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*TEXTS, "k"]), inner, max_size=3)
    ),
)


@given(values)
def test_what_is_written_is_read_back(value: Any) -> None:
    [document] = read_yaml(write_yaml({"a": value}), "f")
    assert document.value == {"a": value}


@pytest.mark.parametrize("text", ["0443", "2.10", "1.0", "0x10", "1_000", "1e3"])
def test_numbers_are_written_as_they_were(text: str) -> None:
    [document] = read_yaml(f"a: {text}\n", "f")
    assert write_yaml(document.value) == f"a: {text}\n"


def test_an_alias_is_written_out() -> None:
    [document] = read_yaml("a: &a {b: c}\nd: *a\n", "f")
    assert write_yaml(document.value) == "a:\n  b: c\nd:\n  b: c\n"
