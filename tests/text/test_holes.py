"""Which values a program fills in, and which keys stand in branches, by their paths."""

from __future__ import annotations

import pytest
from builders import GA, WRONG
from hypothesis import given
from hypothesis import strategies as st
from texts import edits

from autofix.readers.model import Branch, InnerText
from autofix.readers.spans import overlaps
from autofix.readers.template import read
from autofix.text.holes import branch_of, expressions
from autofix.text.yaml import lay_out_text

KEY = "linkerd.io/a"
EXPRESSIONS = [
    ("a: b-{{ .b }}", ["a"]),
    ("a: {{ .b }}", ["a"]),
    ('a: "{{ .b }}"', ["a"]),
    ("a: b\nc: {{ .d }}", ["c"]),
    ("{{ .a }}: b", []),
    ("a: ''\n{{ .b }}", []),
    ("a: ~\n{{ .b }}", []),
    ("a: b # {{ .c }}", []),
    ("a: {{ if .b }}c{{ else }}d{{ end }}", ["a"]),
    ("a: {{ if .b }}\n  c\n  {{ end }}", ["a"]),
    ("{{ if .b }}\na: c\n{{ end }}", []),
    ("- {{ .a }}\n- b", ["0"]),
    ("a: [b, {{ .c }}]", ["a/1"]),
    ("a: {b: {{ .c }}, d: e}", ["a/b"]),
    ("a: |\n  b\n  {{ .c }}\n", ["a"]),
    ("a: &x {{ .b }}\nc: *x", ["a"]),
    ("a: ${B}\nc: $(D)", ["a"]),
    # YAML sees no value: it may be a mapping.
    ("a:\n  {{ .b }}", []),
    ("a: {{ toYaml .b | nindent 2 }}\n  c: d", []),
    ("a: {{ if .b }}\n  c: d\n{{ end }}", []),
    ("annotations: {{ .b }}", []),
    ("podLabels: {{ .b | toJson }}", []),
    (f"a: #@ b\n{KEY}: null", []),
    # An annotation is a scalar.
    (f"{KEY}:\n  {{{{ .b }}}}", [KEY]),
    (f"{KEY}:\n\n  {{{{- .b | nindent 2 }}}}\nc: d", [KEY]),
    (f"{KEY}:\n  {{{{ if .b }}}}c{{{{ end }}}}", [KEY]),
    (f"a:\n{KEY}:\n  {{{{ .c }}}}", [KEY]),
    (f"{KEY}:\nb: {{{{ .c }}}}", ["b"]),
    (f"{KEY}: {{{{ toJson .c }}}}", [KEY]),
    (f"{KEY}: {{{{ include .c | nindent 2 }}}}", [KEY]),
    (f"{KEY}:\n  {{{{ if .b }}}}\n  'c'\n  {{{{ else }}}}\n  'd'\n  {{{{ end }}}}", [KEY]),
    (f"{KEY}: #@ b\nc: null", [KEY]),
    # The last of equal keys wins, and it may be of another shape.
    ("a:\n  b: {{ .c }}\na: d", []),
    ("a:\n  b: {{ .c }}\na:\n- d", []),
    ("a:\n- {{ .b }}\n- {{ .c }}\na:\n- d", []),
    ("a: b\na: {{ .c }}", ["a"]),
]


@pytest.mark.parametrize(("text", "paths"), EXPRESSIONS)
def test_values_that_a_program_fills_in(text: str, paths: list[str]) -> None:
    [inner] = read(text).texts
    [root] = lay_out_text(inner.text)
    assert sorted("/".join(map(str, path)) for path in expressions(root, inner)) == paths


BRANCHES = [
    (f"{{{{ if a }}}}\n{WRONG}: b\n{{{{ end }}}}", {WRONG: Branch.CONDITIONAL}),
    (
        f"{{{{ if a }}}}\n{WRONG}: b\n{{{{ else }}}}\n{GA}: c\n{{{{ end }}}}",
        {WRONG: Branch.ALTERNATIVE, GA: Branch.ALTERNATIVE},
    ),
    (f"{WRONG}: b\n{{{{ if a }}}}\n{GA}: c\n{{{{ end }}}}", {GA: Branch.CONDITIONAL}),
    (f"{WRONG}: {{{{ if a }}}}b{{{{ else }}}}c{{{{ end }}}}", {}),
    (f"{{{{ if a }}}}\nb: c\n{{{{ end }}}}\n{WRONG}: b", {}),
    # The last of equal keys wins, and the first is in a branch.
    (
        f"{{{{ if a }}}}\n{WRONG}: b\n{{{{ else }}}}\nc: d\n{{{{ end }}}}\n{WRONG}: b",
        {WRONG: Branch.ALTERNATIVE},
    ),
    ("{{ if a }}\nb: c\n{{ else }}\nd: e\n{{ end }}", {}),
]


@pytest.mark.parametrize(("text", "branches"), BRANCHES)
def test_keys_in_branches(text: str, branches: dict[str, Branch]) -> None:
    [inner] = read(text).texts
    [root] = lay_out_text(inner.text)
    assert branch_of(root, inner) == {(key,): branch for key, branch in branches.items()}


@pytest.mark.parametrize("spec", ["metadata: {name: b}", "- metadata", "- name: a", "b"])
def test_a_template_in_which_a_key_stands_twice_is_read(spec: str) -> None:
    text = (
        f"kind: Job\nspec:\n- {{{{ .a }}}}\n- {{{{ .b }}}}\nspec:\n  template:\n    metadata:\n"
        f"      annotations:\n        {WRONG}: {{{{ .c }}}}\nspec:\n  {spec}\n"
    )
    assert edits("a.tpl", text) == {}


def test_a_text_without_holes_and_branches_has_none() -> None:
    inner = InnerText("yaml", f"{WRONG}:\n", ((0, 0),))
    [root] = lay_out_text(inner.text)
    assert expressions(root, inner) == frozenset()
    assert branch_of(root, inner) == {}


@given(
    st.integers(0, 20),
    st.integers(1, 5),
    st.sets(st.integers(0, 20)).map(lambda places: [(place, place + 1) for place in sorted(places)]),
)
def test_overlaps(start: int, length: int, spans: list[tuple[int, int]]) -> None:
    places = {place for place, _ in spans}
    assert overlaps(start, start + length, spans) == bool(places & set(range(start, start + length)))
