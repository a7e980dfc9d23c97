"""YAML as Kubernetes reads it; the tables hold the answers of sigs.k8s.io/yaml, which was run on them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autofix.kubernetes.scalars import needs_quotes
from autofix.text.document import Document, SourceError
from autofix.text.yaml.reader import read_yaml

PRINTABLE = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"], exclude_characters="\ufeff")
)
TREES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(min_value=-(2**63), max_value=2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | PRINTABLE,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(PRINTABLE, inner, max_size=4),
    max_leaves=20,
)
PIECES = st.sampled_from(
    [
        *[
            "a: ",
            "- ",
            "\n",
            "\n  ",
            "{",
            "}",
            "[",
            "]",
            ", ",
            "? ",
            "&x ",
            "*x",
            "<<: ",
            "!!int ",
            "!f ",
            "'",
            '"',
        ],
        *[
            "# c",
            "1",
            "yes",
            "|\n  t\n",
            "\t",
            "\r\n",
            "---\n",
            "...\n",
            "{{ .V }}",
            "%",
            "!!binary ",
            "!<",
            "\\x0",
        ],
    ]
)


def value(text: str) -> object:
    (document,) = read_yaml(text, "f")
    return document.value


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("a: y\nb: 'y'\nc: \"y\"\nd: |\n  y\n", {"a": True, "b": "y", "c": "y", "d": "y\n"}),
        ("a: 'false'", {"a": "false"}),
        ("a:\nb: ''", {"a": None, "b": ""}),
        ("a:\n- 012\n- 2020-05-11\n", {"a": [10, "2020-05-11"]}),
        ("{a: [1, {b: ~}], c: }", {"a": [1, {"b": None}], "c": None}),
        ("a: >\n  b\n  c\n", {"a": "b c\n"}),
        ("a: 1 # x\n# y\n", {"a": 1}),
        ("\ufeffa: 1\r\nb: [2,\r\n 3]\r\n", {"a": 1, "b": [2, 3]}),
        ("{}", {}),
        ("text", "text"),
        ("a: 1\na: 2", {"a": 2}),
    ],
    ids=[
        "styles",
        "quoted",
        "nothing",
        "list",
        "flow",
        "folded",
        "comments",
        "CRLF",
        "empty",
        "scalar",
        "twice",
    ],
)
@pytest.mark.usefixtures("loader")
def test_values(text: str, read: object) -> None:
    assert value(text) == read


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("y: &x 1\nnull: 2\n1: 3\n'1': 4\n08: 5\n1e6: 6\n=: 7", ["true", "null", "1", "8", "1e+06", "="]),
        ("? a\n: 1\n? |\n  b\n: 2", ["a", "b\n"]),
        ("&k true: &v 1\n*v : 2", ["true", "1"]),
    ],
    ids=["scalars", "explicit", "aliases"],
)
@pytest.mark.usefixtures("loader")
def test_keys_are_strings(text: str, keys: list[str]) -> None:
    read = value(text)
    assert isinstance(read, dict)
    assert list(read) == keys


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("!!str 1", "1"),
        ("!!str", ""),
        ("!!str yes", "yes"),
        ("!!int '12'", 12),
        ("!!int 18446744073709551615", 2**64 - 1),
        ("!<tag:yaml.org,2002:int> '3'", 3),
        ("!!bool 'yes'", True),
        ("!!float 1", 1.0),
        ("!!float 1.5", 1.5),
        ("!!null ''", None),
        ("!!binary aGk=", "hi"),
        ("!!binary |\n  aG\n  k=\n", "hi"),
        ("!!binary /w==", "\ufffd"),
        ("!!timestamp 2001-01-01", "2001-01-01"),
        ("!!merge x", "x"),
        ("!!map x", "x"),
        ("! yes", "yes"),
        ("!foo 12", "12"),
        ("!foo [1]", [1]),
        ("!!set {b}", {"b": None}),
    ],
)
@pytest.mark.usefixtures("loader")
def test_tags(text: str, read: object) -> None:
    mapping = value(f"a: {text}")
    assert mapping == {"a": read}
    assert isinstance(mapping, dict)
    assert type(mapping["a"]) is type(read)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("<<: {a: 2}\na: 1", {"a": 1}),
        ("a: 1\n<<: {a: 2}", {"a": 2}),
        ("<<: [{a: 2}, {a: 3, b: 4}]", {"a": 2, "b": 4}),
        ("<<: {<<: {a: 1, b: 1}, b: 2}\nc: 3", {"a": 1, "b": 2, "c": 3}),
        ("!!merge <<: {a: 1}", {"a": 1}),
        ("! '<<': {a: 1}", {"a": 1}),
        ("'<<': {a: 1}", {"<<": {"a": 1}}),
        ("!!str <<: {a: 1}", {"<<": {"a": 1}}),
        ("a: <<", {"a": "<<"}),
        ("&m <<: {a: 1}\nb: {*m : {c: 1}}", {"a": 1, "b": {"<<": {"c": 1}}}),
    ],
    ids=["before", "after", "list", "nested", "tag", "!", "quoted", "string", "value", "alias as key"],
)
@pytest.mark.usefixtures("loader")
def test_merge_keys(text: str, read: object) -> None:
    assert value(text) == read


def test_merged_aliases() -> None:
    read = value("x: &x {a: 1, b: {c: 2}}\ny: &y {a: 3}\nz:\n  <<: [*x, *y]\n  d: 4\n")
    assert isinstance(read, dict)
    assert read["z"] == {"a": 1, "b": {"c": 2}, "d": 4}
    assert read["x"] == {"a": 1, "b": {"c": 2}}


@pytest.mark.usefixtures("loader")
def test_aliases_share_one_object() -> None:
    read = value("a: &x [1]\nb: *x\nc: [*x]")
    assert read == {"a": [1], "b": [1], "c": [[1]]}
    assert isinstance(read, dict)
    assert read["a"] is read["b"] is read["c"][0]


def test_an_anchor_may_be_defined_again() -> None:
    assert value("- &x 1\n- *x\n- &x 2\n- *x") == [1, 1, 2, 2]
    assert value("&x {a: &x 1, b: *x}") == {"a": 1, "b": 1}


@pytest.mark.usefixtures("loader")
def test_documents_know_their_place() -> None:
    text = "# c\n\n---\n# only this\n---\na: 1\n--- {b: 2}\n---\nnull\n---\n\n# d\n&x\nc: 3\n...\n"
    assert read_yaml(text, "f") == [
        Document("f", 6, 0, {"a": 1}),
        Document("f", 7, 1, {"b": 2}),
        Document("f", 13, 2, {"c": 3}),
    ]


@pytest.mark.parametrize("text", ["", "\n", "# c\n", "---\n---\n", "~", "\ufeff", "--- # c\n...\n"], ids=repr)
@pytest.mark.usefixtures("loader")
def test_nothing_is_no_document(text: str) -> None:
    assert read_yaml(text, "f") == []


@given(TREES.filter(lambda tree: tree is not None))
def test_json_is_yaml(tree: object) -> None:
    text = json.dumps(tree, ensure_ascii=False)
    assert [document.value for document in read_yaml(text, "f")] == [json.loads(text)]


@given(st.text(st.characters(codec="ascii", categories=["L", "N"], include_characters="_.+"), min_size=1))
def test_strings_without_need_of_quotes_stay_strings(text: str) -> None:
    assert (value(f"k: {text}") == {"k": text}) is not needs_quotes(text)


@settings(max_examples=300)
@given(st.one_of(st.text(), st.text(st.characters()), st.lists(PIECES, max_size=12).map("".join)))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        documents = read_yaml(text, "f")
    except SourceError as error:
        assert str(error).startswith("f:")  # noqa: PT017
    else:
        assert [document.index for document in documents] == list(range(len(documents)))
