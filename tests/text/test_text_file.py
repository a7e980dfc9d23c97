"""Bytes and texts as documents: JSON and YAML, in every encoding."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autofix.text.document import Document, SourceError
from autofix.text.file import read_bytes, read_text


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('{"a": "y"}', [{"a": "y"}]),
        ('  \n[{"a": 1e2}]', [[{"a": 100.0}]]),
        ('\ufeff{"a": 1}{"a": 2}', [{"a": 1}, {"a": 2}]),
        ('{"a":\t1}', [{"a": 1}]),
        ("{a: y}", [{"a": True}]),
        ('{"a": y} # JSON but for this', [{"a": True}]),
        ('{"a": 1}\n---\n{"b": 2}\n', [{"a": 1}, {"b": 2}]),
        ('{"a": NaN}', [{"a": "NaN"}]),
        ("a: n\n", [{"a": False}]),
        ("", []),
    ],
    ids=["object", "list", "mark", "tab", "flow", "comment", "documents", "NaN", "block", "empty"],
)
def test_json_is_read_as_json_and_all_else_as_yaml(text: str, values: list[object]) -> None:
    assert [document.value for document in read_text(text, "f")] == values


def test_a_template_is_called_a_template() -> None:
    with pytest.raises(SourceError, match=r"f:\d+:\d+: .*helm template"):
        read_text("{{ if .Values.x }}\na: 1\n{{ end }}\n", "f")


def test_broken_json_is_refused() -> None:
    with pytest.raises(SourceError, match="f:2:"):
        read_text('{"a": 1,\n"b": ]}', "f")


@pytest.mark.parametrize(
    "data",
    [
        "a: é\r\n".encode(),
        codecs.BOM_UTF8 + "a: é\n".encode(),
        "a: é\n".encode("utf-16"),
        codecs.BOM_UTF16_BE + "a: é\n".encode("utf-16-be"),
        codecs.BOM_UTF8 + '{"a": "é"}'.encode(),
    ],
    ids=["UTF-8, CRLF", "UTF-8 with mark", "UTF-16", "UTF-16 big end", "JSON with mark"],
)
def test_encodings(data: bytes) -> None:
    assert read_bytes(data, "<stdin>") == [Document("<stdin>", 1, 0, {"a": "é"})]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"a: 1\nb: \xff\n", "f:2:4: not UTF-8: byte 0xff; save it as UTF-8"),
        (codecs.BOM_UTF8 + "é: ".encode() + b"\xe9", "f:1:4: not UTF-8: byte 0xe9; save it as UTF-8"),
        (codecs.BOM_UTF16_LE + b"a", "f: starts like UTF-16 but is not; save it as UTF-8"),
    ],
    ids=["Latin-1", "after a mark", "half UTF-16"],
)
def test_other_bytes_are_refused_with_their_place(data: bytes, message: str) -> None:
    with pytest.raises(SourceError) as caught:
        read_bytes(data, "f")
    assert str(caught.value) == message


@given(st.binary() | st.binary().map(lambda data: codecs.BOM_UTF16_LE + data))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        read_bytes(data, "f")
    except SourceError as error:
        assert str(error).startswith("f:")  # noqa: PT017
