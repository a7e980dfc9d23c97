"""JSON values as documents."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autofix.text.document import Document, SourceError
from autofix.text.json import read_json

TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def test_one_value_is_one_document() -> None:
    assert read_json('\n {"a": [1, 2.5, null]}\n', "f") == [Document("f", 2, 0, {"a": [1, 2.5, None]})]


def test_values_that_follow_each_other_are_documents() -> None:
    documents = read_json('{"a": 1}\n{"b":\n2} [3]\r\n\n4', "f")
    assert [(document.line, document.index, document.value) for document in documents] == [
        (1, 0, {"a": 1}),
        (2, 1, {"b": 2}),
        (3, 2, [3]),
        (5, 3, 4),
    ]


@pytest.mark.parametrize("text", ["", " \r\n\t", "\ufeff", "null", "null null"], ids=repr)
def test_nothing_is_no_document(text: str) -> None:
    assert read_json(text, "f") == []


def test_a_byte_order_mark_is_skipped() -> None:
    assert read_json('\ufeff{"a": 1}', "f")[0].value == {"a": 1}


def test_the_last_of_equal_keys_wins() -> None:
    assert read_json('{"a": 1, "a": 2}', "f")[0].value == {"a": 2}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r'"\ud83d\ude00"', "\U0001f600"),
        (r'"\ud83d"', "\ufffd"),
        (r'"\ude00\ud83d"', "\ufffd\ufffd"),
        (r'"\ud83d\ud83d\ude00"', "\ufffd\U0001f600"),
        (r'"\\ud83d"', r"\ud83d"),
        (r'"\u00e9\n\\\ud83d"', "é\n\\\ufffd"),
    ],
)
def test_half_a_character_becomes_the_replacement_character(text: str, value: str) -> None:
    assert read_json(text, "f")[0].value == value


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ('{"a": 1,\n  b}', "f:2:3: not JSON"),
        ('{"a": 1}\n}', "f:2:1: not JSON"),
        ("[1,", "f:1:4: not JSON"),
        ('{"a": 1}\n {"b": NaN}', "f:2:2: the JSON that starts here holds NaN"),
        ("[-Infinity]", "f:1:1: the JSON that starts here holds NaN"),
        ('{"a": 1}\n\n  ' + "9" * 5000, "f:3:3: the JSON that starts here holds NaN"),
        ('\n {"a": ' + "[" * 100_000, "f:2:2: the JSON that starts here is nested too deeply"),
    ],
    ids=["syntax", "second value", "unfinished", "NaN", "infinity", "digits", "depth"],
)
def test_what_is_no_json_is_refused_with_its_place(text: str, start: str) -> None:
    with pytest.raises(SourceError) as caught:
        read_json(text, "f")
    assert str(caught.value).startswith(start)


@pytest.mark.parametrize("text", ["[%s]", '{"a": %s}', '{"a": [1, %s, 2]}'])
def test_json_is_read_as_deep_as_yaml(text: str) -> None:
    shallow, deep = '"x"', '"x"'
    levels = text.count("[") + text.count("{")
    for depth in range(1, 1100 // levels):
        shallow = text % shallow if depth * levels <= 900 else shallow
        deep = text % deep
    assert len(read_json(shallow, "f")) == 1
    with pytest.raises(SourceError, match="nested too deeply"):
        read_json(deep, "f")


def test_a_wide_text_is_not_deep() -> None:
    assert len(read_json("[" + "[{}], " * 2000 + "[]]", "f")) == 1


@given(TREES.filter(lambda tree: tree is not None))
def test_what_json_writes_is_read_back(tree: object) -> None:
    assert [document.value for document in read_json(json.dumps(tree), "f")] == [tree]


@given(st.text() | st.text('{}[]",:0123456789.eE+-\\u \n'))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read_json(text, "f")
    except SourceError as error:
        assert str(error).startswith("f:")  # noqa: PT017
