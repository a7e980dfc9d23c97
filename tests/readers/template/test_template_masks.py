"""Masks keep the length, the line breaks and all text outside of actions."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from autofix.kubernetes.scalars import resolve
from autofix.readers import reader_of_language, reader_of_name
from autofix.readers.model import InnerText
from autofix.readers.template import has_marks, is_template, read
from autofix.readers.template.actions import find_actions

PIECES = [
    *(
        "{{ .a }}",
        "{{- if .b }}",
        "{{ else }}",
        "{{ end }}",
        "{{- end -}}",
        "{{ range $k, $v := .m }}",
        "{{ $k }}",
    ),
    *(
        "{{ with .c }}",
        '{{ "}}" }}',
        "{{ `{{` }}",
        "{{/* a\n}} b */}}",
        "{{ $x := 1 }}",
        "{{- toYaml . | nindent 4 }}",
    ),
    *(
        '{{ define "a.labels" }}',
        "{% if a %}",
        "{% elif b %}",
        "{% endif %}",
        "{% raw %}",
        "{# a #}",
        "{{ {'a': {}} }}",
    ),
    *(
        "<% if a %>",
        "<%= a %>",
        "<% end %>",
        "%{ if a }",
        "%{ endif ~}",
        "${a}",
        '${f("}")}',
        "$${a}",
        "#@ a",
    ),
    *(
        "{{#a}}",
        "{{/a}}",
        "{{^a}}",
        "{{{ a }}}",
        "<#if a>",
        "</#if>",
        "{{",
        "}}",
        "{%",
        "'",
        '"',
        "`",
        "{",
        "}",
    ),
    *(
        "\n",
        "\n  ",
        "\r\n",
        "\u2028",
        "\t",
        "a",
        "b: ",
        "- ",
        ": ",
        "#",
        " # ",
        ",",
        "[",
        "]",
        "---\n",
        "x.io/",
        "é",
    ),
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)
BREAKS = re.compile("[\r\n\x85\u2028\u2029]")


def whole(text: str) -> InnerText:
    """The text with its definitions, read as if it had none: they would be cut out."""
    # A branch that stands apart is a text of its own behind it.
    inner, *_ = read(text.replace("define", "render")).texts
    return inner


@given(TEXTS)
@example("{{ a\n}}: b")
@settings(max_examples=400)
def test_length_and_line_breaks_stay(text: str) -> None:
    inner = whole(text)
    text = text.replace("define", "render")
    assert len(inner.text) == len(text)
    assert inner.runs == ((0, 0),)
    assert [match.span() for match in BREAKS.finditer(inner.text)] == [
        match.span() for match in BREAKS.finditer(text)
    ]


@given(TEXTS)
@settings(max_examples=400)
def test_characters_outside_of_actions_and_holes_stay(text: str) -> None:
    text = text.replace("define", "render")
    inner = whole(text)
    covered: set[int] = set()
    for start, end in (*inner.holes, *((action.start, action.end) for action in find_actions(text).actions)):
        covered.update(range(start, end))
    changed = {place for place, (old, new) in enumerate(zip(text, inner.text, strict=True)) if old != new}
    # An anchor or a dash may also take the blanks between an action and the text behind it.
    assert {place for place in changed - covered if text[place] != " "} == set()


@given(TEXTS)
@settings(max_examples=200)
def test_every_text_inside_is_a_part_of_the_template(text: str) -> None:
    for inner in read(text).texts:
        [(first, start)] = inner.runs
        assert first == 0
        assert 0 <= start <= start + len(inner.text) <= len(text)
        for spans in (inner.holes, inner.conditions, inner.alternatives):
            assert list(spans) == sorted(spans)
            assert all(0 <= left < right <= len(inner.text) for left, right in spans)


@given(st.text())
@settings(max_examples=200)
def test_a_text_without_marks_stays(text: str) -> None:
    if not has_marks(text):
        assert read(text).texts == (InnerText("yaml", text, ((0, 0),)),)


# "_" stands for a blank, and "?" for a letter of a placeholder in a hole.
MASKED = [
    ("a: {{ .b }}", "a: ????????"),
    ("{{ .a }}: {{ .b }}", "????????: ????????"),
    ('a: "x{{ .b }}y"', 'a: "x????????y"'),
    ("- {{ .b }}", "- ????????"),
    ("{{ .b }}", "________"),
    ("  {{- toYaml .b | nindent 4 }}  # why", "  ____________________________  # why"),
    ("a: {{ toYaml .b | nindent 4 }}", "a: ___________________________"),
    ("a: {{ b | to_nice_yaml | indent(4) }}", "a: __________________________________"),
    ("a: {{ b | tojson }}", "a: ________________"),
    ("annotations: {{ .b }}", "annotations: ________"),
    ("apiVersion: {{ .b }}", "apiVersion: ________"),
    ("apiVersion: apps/{{ .b }}", "apiVersion: apps/????????"),
    ("kind: {{ if .b }}c{{ end }}", "kind: _____________________"),
    ("annotations: {{ .b }}c", "annotations: ????????c"),
    ('annotations: "{{ .b }}"', 'annotations: "????????"'),
    ("a: {{ if .b }}", "a: ___________"),
    ("a: {{ if .b }}c{{ else }}d{{ end }}", "a: ????????????????????????????????"),
    ('a: "{{ if .b }}c{{ end }}"', 'a: "?????????????????????"'),
    ("a: b{{ if .b }}{{ end }}", "a: b____________________"),
    ("[a{% if b %},{% endif %}]", "[a__________,___________]"),
    ("a: {{ $x := 1 }}b", "a: _____________b"),
    ("a: b {{/* c */}}", "a: b ___________"),
    ('a: {{ "}}" }}', "a: ??????????"),
    ("a: {{ `}}` }}", "a: ??????????"),
    ("a: {{ {'b': {'c': 1}} }}", "a: ?????????????????????"),
    ("a: {{{ b }}}", "a: ?????????"),
    ("a: <%= b %>", "a: ????????"),
    ("<% if b -%>", "___________"),
    ("%{ if b ~}", "__________"),
    ("a: ${{ b }}", "a: ????????"),
    ("# {{ .a }}: {{ .b }}", "# ________: ________"),
    ("x: config.{{ .a }}linkerd.io/b", "x: config.????????????????????"),
    ("{{ .a }}.linkerd.io/b: c", "?????????????????????: c"),
    ("a.io/b{{ .c }}: d", "??????????????: d"),
    ('a: "b"{{ .c }}', 'a: "b"________'),
]


@pytest.mark.parametrize(("text", "masked"), MASKED)
def test_what_a_mask_writes(text: str, masked: str) -> None:
    inner = whole(text)
    holes = {place for start, end in inner.holes for place in range(start, end)}
    for place, (new, mark) in enumerate(zip(inner.text, masked, strict=True)):
        match mark:
            case "?":
                assert new.isalpha()
                assert place in holes
            case "_":
                assert new == " "
            case _:
                assert new == text[place]


def test_a_key_behind_an_action_keeps_its_column() -> None:
    lines = ["a:", "  {{ if .b }}c: d{{ end }}", "  {{ if .b }} e: f{{ end }}", "  {{ if .b }}- g{{ end }}"]
    text = whole("\n".join(lines)).text
    first, second, third = text.splitlines()[1:]
    assert re.fullmatch(r"  &z\w+ c: d +", first)
    assert re.fullmatch(r"   &z\w+ e: f +", second)
    assert re.fullmatch(r"  - +- g +", third)


def test_placeholders_of_keys_are_unique_and_of_values_say_what_is_equal() -> None:
    text = whole("{{ $k }}: {{ $v }}\n'{{ $k }}' : {{ $w }}\n{{ $k }}-{{ $k }}: {{ $v }}\n" * 1000).text
    keys, values = zip(*(line.split(": ") for line in text.splitlines()), strict=True)
    assert len(set(keys)) == 3000
    assert values == (values[0], values[1], values[0]) * 1000
    assert values[0] != values[1]


@pytest.mark.parametrize("word", ["t{{ a }}rue", "0{{ a }}", "0x{{ a }}", ".{{ a }}", "1e{{ a }}", "{{ a }}"])
def test_a_placeholder_is_a_string(word: str) -> None:
    value = whole(f"a: {word}").text.removeprefix("a: ")
    assert isinstance(resolve(value), str)


@pytest.mark.parametrize(
    "text",
    [
        "a: ${B}\n",
        "a: '${B:=true}'\n",
        "a: ${B:-}\nc: ${D}-${E}\n",
        "a: |\n  for x in ${LIST[@]}; do echo ${x##*/} ${#x}; done\n",
        "a: $(B) @@C@@ <D> $E\n",
    ],
)
def test_variables_stay_where_yaml_reads_them(text: str) -> None:
    assert whole(text).text == text


@pytest.mark.parametrize(
    ("text", "holes"),
    [
        ("a: ${B}", ["${B}"]),
        ("a: ${B:=true}", ["${B:=true}"]),
        ("a: [${B}, ${C}]", ["${B}", "${C}"]),
        ("a: {b: ${C}}", ["${C}"]),
        ("${A}.linkerd.io/b: c", ["${A}.linkerd.io/b"]),
        ('a: ${b ? "c: d" : "}"}', ['${b ? "c: d" : "}"}']),
        ("a: $${B} $(C) @@D@@ <E>", []),
        ("a: {{ b }} ${c(d)} ${E}", ["{{ b }}", "${E}"]),
        ("a: #@ b", ["#@ b"]),
        ("#@ b", []),
        ("a: b #@ c", []),
    ],
)
def test_holes(text: str, holes: list[str]) -> None:
    assert [text[start:end] for start, end in whole(text).holes] == holes


@pytest.mark.parametrize("text", ["{{ a", "{{ {{ a }}", "{% a", "<% a", "a {{ ' }", "{{/* a }}"])
def test_an_action_without_an_end_is_not_read(text: str) -> None:
    reading = read(text)
    assert reading.unread
    assert [inner.text[:2] for inner in reading.texts] == [text[:2]]


def test_a_mask_does_not_depend_on_names() -> None:
    assert whole("a.b/c: {{ d }}").text[7:] == whole("e.f/g: {{ d }}").text[7:]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a: {{ b }}", True), ("{% b %}", True), ("<% b", True), ("a: b\n", False), ("#@ a", False)],
)
def test_marks_of_a_template(text: str, *, expected: bool) -> None:
    assert is_template(text) == expected


def test_readers_know_the_names_of_templates() -> None:
    for name in ("a.yaml.j2", "templates/_helpers.tpl", "A.GOTMPL", "b.yml.erb", "c.tftpl", "d.mustache"):
        reader = reader_of_name(name)
        assert reader is not None
        assert reader.name == "template"
    for language in ("helm", "Jinja2", "gotmpl", "ERB"):
        reader = reader_of_language(language)
        assert reader is not None
        assert reader.name == "template"
