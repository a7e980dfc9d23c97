"""Each definition of a template is a text of its own."""

from __future__ import annotations

import pytest

from autofix.readers.model import Target
from autofix.readers.template import read
from autofix.text.yaml import read_documents


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("app.labels", Target.LABELS),
        ("app.selectorLabels", Target.LABELS),
        ("labels.standard.matchLabels", Target.LABELS),
        ("app.podSelector", Target.LABELS),
        ("app.annotations", Target.POD),
        ("app.podAnnotations", Target.POD),
        ("mesh.pod_and_service_annotation", Target.POD),
        ("app.namespaceAnnotations", Target.NAMESPACE),
        ("app.deployment", Target.UNKNOWN),
        ("labels.app.image", Target.UNKNOWN),
        ("app.relabelings", Target.UNKNOWN),
    ],
)
@pytest.mark.parametrize("quote", ['"', "`"])
def test_the_name_of_a_definition_says_whose_annotations_it_writes(
    name: str, target: Target, quote: str
) -> None:
    [inner] = read(f"{{{{- define {quote}{name}{quote} -}}}}\na: b\n{{{{- end }}}}").texts
    assert inner.target is target


def test_equal_keys_of_two_definitions_do_not_meet() -> None:
    text = '{{ define "a" }}\nk: 1\n{{ end }}\n{{ define "b" }}\nk: 2\n{{ end }}\n'
    texts = read(text).texts
    assert [read_documents(inner.text, "a")[0].value for inner in texts] == [{"k": 1}, {"k": 2}]
    for inner in texts:
        [(_, start)] = inner.runs
        assert text[start : start + len(inner.text)] == inner.text


def test_what_stands_outside_of_definitions_comes_first() -> None:
    text = '{{ define "a.labels" }}\nk: 1\n{{ end }}\nb: {{ c }}\n'
    main, labels = read(text).texts
    assert (main.target, labels.target) == (Target.UNKNOWN, Target.LABELS)
    assert len(main.text) == len(text)
    assert list(read_documents(main.text, "a")[0].value) == ["b"]  # type: ignore[call-overload]
    assert [main.text[start:end].isalpha() for start, end in main.holes] == [True]
    assert labels.holes == ()


def test_a_definition_without_text_is_left_out() -> None:
    assert read('{{ define "a" }}{{ .b }}\n{{- if c }}{{ d }}{{ end }}{{ end }}\n').texts == ()


def test_a_template_without_text_is_still_one_text() -> None:
    assert [inner.text for inner in read("{{ a }}\n").texts] == ["       \n"]


@pytest.mark.parametrize(
    "text",
    [
        "{% macro labels(a) %}\nk: 1\n{% endmacro %}\n",
        "#@ def labels():\nk: 1\n#@ end\n",
        '{{#*inline "labels"}}\nk: 1\n{{/inline}}\n',
        '{{ define "labels" }}k: 1{{ end }}',
        '{{ define "labels" }}\nk: 1\n',
        '{{ define "labels" }}\n{{ define "b" }}{{ end }}k: 1\n{{ end }}',
    ],
)
def test_ways_to_define(text: str) -> None:
    [inner] = read(text).texts
    assert inner.target is Target.LABELS
    assert read_documents(inner.text, "a")[0].value == {"k": 1}


def test_the_block_of_a_template_stays_where_it_is() -> None:
    [inner] = read('a:\n  {{ block "labels" . }}\n  b: c\n  {{ end }}\n').texts
    assert read_documents(inner.text, "a")[0].value == {"a": {"b": "c"}}
