"""Branches that YAML would join wrongly are texts of their own."""

from __future__ import annotations

import pytest

from autofix.readers.template import read
from autofix.text.yaml import read_documents


def values(text: str) -> list[object]:
    return [[document.value for document in read_documents(inner.text, "a")] for inner in read(text).texts]


APART = [
    # An item of the list above the condition.
    (
        "a:\n  b:\n{{ if x }}\n  c: d\n{{ else }}\n    - e\n{{ end }}\n",
        [[{"a": {"b": None, "c": "d"}}], [["e"]]],
    ),
    # A list or a mapping.
    ("a:\n{% if x %}\n  - b\n{% else %}\n  c: d\n{% endif %}\n", [[{"a": ["b"]}], [{"c": "d"}]]),
    # The same key twice, and a whole object twice.
    (
        "{{ if x }}\na: 1\n{{ else if y }}\na: 2\n{{ else }}\na: 3\n{{ end }}\n",
        [[{"a": 1}], [{"a": 2}], [{"a": 3}]],
    ),
    (
        "<% if x %>\nkind: A\nspec: {a: b}\n<% else %>\nkind: B\nspec: {a: c}\n<% end %>\n",
        [[{"kind": "A", "spec": {"a": "b"}}], [{"kind": "B", "spec": {"a": "c"}}]],
    ),
    (
        '{{ define "a" }}\n{{ if x }}\nb: 1\n{{ else }}\nb: 2\n{{ end }}\n{{ end }}\nc: d\n',
        [[{"c": "d"}], [{"b": 1}], [{"b": 2}]],
    ),
]


@pytest.mark.parametrize(("text", "expected"), APART)
def test_branches_that_stand_apart(text: str, expected: list[object]) -> None:
    assert values(text) == expected
    for inner in read(text).texts[1:]:
        [(_, start)] = inner.runs
        assert len(inner.text) == len(text[start : start + len(inner.text)])


@pytest.mark.parametrize(
    "text",
    [
        "a:\n{{ if x }}\n  b: c\n{{ else }}\n  d: e\n{{ end }}\n",
        "a:\n{{ if x }}\n  b: c\n{{ end }}\n{{ if y }}\n  b: d\n{{ end }}\n",
        "{{ if x }}\n  b: c\n{{ else }}{{ end }}\n",
        "a:\n{{ if x }}\n{{ else }}\n  d: e\n{{ end }}\n",
        "a:\n{{ if x }}\n  - b\n{{ else }}\n  - d\n{{ end }}\n",
        "a: {{ if x }}b{{ else }}c{{ end }}\n",
    ],
)
def test_branches_that_stand_beside_one_another(text: str) -> None:
    assert len(read(text).texts) == 1


def test_only_one_of_the_branches_that_stand_apart_takes_effect() -> None:
    _, second = read("{{ if x }}\na: 1\n{{ else }}\na: 2\n{{ end }}\n").texts
    assert second.alternatives == ((0, len(second.text)),)
