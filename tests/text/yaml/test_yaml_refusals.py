"""YAML that is refused: the place, the message, and no long work before it."""

from __future__ import annotations

import pytest

from autofix.text.document import SourceError
from autofix.text.yaml.reader import read_yaml


def refusal(text: str) -> str:
    with pytest.raises(SourceError) as caught:
        read_yaml(text, "f")
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "a: \x00",
            "f:1:4: not YAML: the character U+0000 is not allowed; remove it or write it as an escape",
        ),
        ("é: 1\né: \x01", "f:2:4: not YAML: the character U+0001 is not allowed"),
        ("a: \ud800", "f:1:4: not YAML: the character U+D800 is not allowed"),
        ("a: 1\n? [b]\n: c", "f:2:3: a mapping or a list is used as a key; write the key as a string"),
        ("a: &x {}\n*x : 1", "f:2:1: an alias to a mapping or a list is used as a key"),
        ("a: *x", "f:1:4: the alias *x has no anchor above it; correct it there"),
        ("a: &x 1\n---\nb: *x", "f:3:4: the alias *x has no anchor above it"),
        ("&x [*x]", "f:1:5: the alias *x stands inside its own anchor"),
        ("a: &x {b: [*x]}", "f:1:12: the alias *x stands inside its own anchor"),
        ("&x {<<: *x}", "f:1:9: the alias *x stands inside its own anchor"),
        ("<<: x", "f:1:5: << takes a mapping, or a list of mappings; correct it there"),
        ("<<:", "f:1:4: << takes a mapping"),
        ("<<: [{}, 1]", "f:1:11: << takes a mapping"),
        ("x: &x [{a: 1}]\ny: {<<: *x}", "f:2:9: << takes a mapping"),
        ("a: !!int x", "f:1:4: 'x' is no !!int; correct it or remove the tag"),
        ("a: !!bool 1", "f:1:4: '1' is no !!bool"),
        ("a: !!null x", "f:1:4: 'x' is no !!null"),
        ("a: !!float 18446744073709551615", "f:1:4: '18446744073709551615' is no !!float"),
        ("a: !!binary '!!'", "f:1:4: '!!' is no !!binary"),
        ("a: !!int " + "x" * 99, f"f:1:4: '{'x' * 30}…' is no !!int"),
    ],
)
@pytest.mark.usefixtures("loader")
def test_what_cannot_be_read_is_refused_with_its_place(text: str, message: str) -> None:
    assert refusal(text).startswith(message)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: 1\n b: 2", "f:2:3"),
        ("a: 'x\nb: 1\n", "f:3:1"),
        ("a: 1\nb: ]", "f:2:4"),
        ("a: @x", "f:1:4"),
        ("a: [1,\n  b}", "f:2:4"),
        ("a: 1\n\tb: 2", "f:2:1"),
        ("- a\nb: 1", "f:2:1"),
        ("a: 1\n---\n---\n- b: c\n  }", "f:5:3"),
    ],
)
@pytest.mark.usefixtures("loader")
def test_wrong_syntax_is_refused_with_its_place(text: str, place: str) -> None:
    message = refusal(text)
    assert message.startswith(f"{place}: not YAML: ")
    assert message.endswith("; correct it there")


def test_the_message_also_says_where_a_broken_part_starts() -> None:
    assert "while scanning a quoted scalar that starts in line 2;" in refusal("a: 1\nb: 'x\nc: 1\n")


@pytest.mark.parametrize(
    "text",
    [
        "a: {{ .Values.a }}",
        "{{- if .Values.x }}\na: 1\n{{- end }}",
        "a: 1\n{{ include 'x' . }}\n",
        "{{a}}: [1",
    ],
)
@pytest.mark.usefixtures("loader")
def test_an_unrendered_template_is_called_a_template(text: str) -> None:
    assert refusal(text).endswith("; it looks like a Helm or Go template: render it first (helm template)")


def test_a_template_inside_a_string_is_only_a_string() -> None:
    (document,) = read_yaml("a: '{{ x }}'\nb: |\n  {{ y }}\n", "f")
    assert document.value == {"a": "{{ x }}", "b": "{{ y }}\n"}


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, "- " * 100_000, "{a: " * 100_000, "[{a: " * 100_000, '{"a":' * 100_000, "[1," * 100_000],
    ids=lambda text: text[:5],
)
@pytest.mark.usefixtures("loader")
def test_deep_nesting_is_refused(text: str) -> None:
    assert "nested more than 1000 deep" in refusal(text)


@pytest.mark.parametrize("text", ["? " * 100_000, "{" * 100_000], ids=lambda text: text[:2])
def test_deep_keys_are_refused(text: str) -> None:
    assert "used as a key" in refusal(text)


def test_the_deepest_nesting_is_read() -> None:
    (document,) = read_yaml("[" * 1000 + "]" * 1000, "f")
    read = document.value
    for _ in range(999):
        assert isinstance(read, list)
        (read,) = read
    assert read == []
    assert "nested more than 1000 deep" in refusal("[" * 1001 + "]" * 1001)


LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10)
)
MERGES = f"a: &a {{{', '.join(f'k{n}: {n}' for n in range(1000))}}}\nb:\n" + "- <<: *a\n" * 100_000
LONG = f"a: &a {'x' * 50_000}\nb: [{'*a, ' * 20_000}]\n"


@pytest.mark.parametrize("text", [LAUGHS, MERGES, LONG], ids=["billion laughs", "merges", "long texts"])
def test_alias_bombs_are_refused_quickly(text: str) -> None:
    assert "aliases repeat too many values" in refusal(text)


@pytest.mark.parametrize("documents", [1, 2, 20])
def test_aliases_are_counted_for_a_whole_file(documents: int) -> None:
    few = "a: &a [" + "1, " * 100 + "]\nb: [" + "*a, " * (180 // documents) + "]\n"
    assert len(read_yaml("---\n".join([few] * documents), "f")) == documents
    more = "a: &a [" + "1, " * 100 + "]\nb: [" + "*a, " * (400 // documents) + "]\n"
    assert "aliases repeat too many values" in refusal("---\n".join([more] * documents))


def test_a_long_file_may_repeat_as_much_as_it_holds() -> None:
    own = "a: &a [" + "1, " * 100 + "]\n" + "".join(f"k{number}: [1, 2, 3, 4]\n" for number in range(10_000))
    assert read_yaml(own + "b: [" + "*a, " * 500 + "]\n", "f")
