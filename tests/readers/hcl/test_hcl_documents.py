"""Texts of other languages in HCL: their language, their text, and where each character stands."""

from __future__ import annotations

import pytest
from hcl_reading import inner_of
from readings import assert_runs

from autofix.readers.hcl import read
from autofix.readers.model import NOT_SET, InnerText

KEY = "linkerd.io/inject"
TEXTS = {
    "a here-document": ("a = <<EOT\nx:\n  linkerd.io/inject: a\nEOT\n", "x:\n  linkerd.io/inject: a\n"),
    "an indented here-document": (
        "a = <<-EOT\n    x:\n\n      linkerd.io/inject: a\n    EOT\n",
        "x:\n\n  linkerd.io/inject: a\n",
    ),
    "an expression at the margin keeps the indentation": (
        "a = <<-EOT\n  linkerd.io/inject: a\n${var.x}: b\n  EOT\n",
        "  linkerd.io/inject: a\nxxxxxxxx: b\n",
    ),
    "an expression in a value": (
        'a = <<EOT\nlinkerd.io/inject: "${var.x}"\nEOT\n',
        'linkerd.io/inject: "xxxxxxxx"\n',
    ),
    "an expression that prints lines": (
        "a = <<EOT\nlinkerd.io/inject: a\n${yamlencode(var.x)}\nb: c\nEOT\n",
        "linkerd.io/inject: a\n#xxxxxxxxxxxxxxxxxxx\nb: c\n",
    ),
    "an expression on two lines": (
        "a = <<EOT\nlinkerd.io/inject: ${join(\n  var.x)}\nEOT\n",
        f"linkerd.io/inject: {'x' * 17}\n",
    ),
    "escapes of a template": (
        "a = <<EOT\nlinkerd.io/inject: $${a} %%{b} $c \\n\nEOT\n",
        "linkerd.io/inject: ${a} %{b} $c \\n\n",
    ),
    "directives on lines": (
        "a = <<EOT\n%{ if x ~}\nlinkerd.io/inject: a\n%{ endif ~}\nEOT\n",
        "          \nlinkerd.io/inject: a\n           \n",
    ),
    "a directive in a value": (
        "a = <<EOT\nlinkerd.io/inject: %{ if x }a%{ else }b%{ endif }\nEOT\n",
        f"linkerd.io/inject: {'x' * 30}\n",
    ),
    "a string with line ends": (
        'a = "x: \\"y\\"\\nlinkerd.io/inject: a\\n"\n',
        'x: "y"\nlinkerd.io/inject: a\n',
    ),
    "a string of JSON": ('a = "{\\"linkerd.io/inject\\": \\"\\u0061\\"}"\n', '{"linkerd.io/inject": "a"}'),
    "letters that are not ASCII": (
        "a = <<EOT\nä: “${var.ö}”\nlinkerd.io/inject: é\nEOT\n",
        "ä: “xxxxxxxx”\nlinkerd.io/inject: é\n",
    ),
    "the line ends of Windows": (
        "a = <<-EOT\r\n  x: ${y}\r\n  linkerd.io/inject: a\r\n  EOT\r\n",
        "x: xxxx\r\nlinkerd.io/inject: a\r\n",
    ),
}


@pytest.mark.parametrize("name", TEXTS)
def test_the_text_of_a_document(name: str) -> None:
    text, expected = TEXTS[name]
    [inner] = read(text).texts
    assert inner.text == expected
    assert_runs(text, inner)


LANGUAGES = {
    'provisioner "local-exec" {\n  command = "kubectl annotate ns a linkerd.io/inject=enabled"\n}\n': "shell",
    'provisioner "local-exec" {\n  command = <<EOT\nkubectl annotate ns a linkerd.io/x=a\nEOT\n}\n': "shell",
    'provisioner "remote-exec" {\n  inline = ["a", "kubectl annotate ns a linkerd.io/x=b"]\n}\n': "shell",
    'container {\n  command = ["/bin/sh", "-ec", "kubectl annotate ns a linkerd.io/inject=a"]\n}\n': "shell",
    "user_data = <<EOT\n#!/bin/bash\nkubectl annotate ns a linkerd.io/inject=enabled\nEOT\n": "shell",
    "data = {\n  x = <<EOT\n#!/bin/sh\nkubectl annotate ns a linkerd.io/inject=enabled\nEOT\n}\n": "shell",
    'data = {\n  "run.sh" = "kubectl annotate ns a linkerd.io/inject=enabled"\n}\n': "shell",
    'data = {\n  "a.json" = "{\\"linkerd.io/inject\\": true}"\n}\n': "json",
    'data = {\n  "a.yaml" = <<EOT\nlinkerd.io/inject: a\nEOT\n}\n': "yaml",
    "yaml_body = <<YAML\nlinkerd.io/inject: a\nYAML\n": "yaml",
    "manifests = [<<EOT\nlinkerd.io/inject: a\nEOT\n]\n": "yaml",
    "x = yamldecode(<<EOT\nlinkerd.io/inject: a\nEOT\n)\n": "yaml",
}


@pytest.mark.parametrize("text", LANGUAGES)
def test_the_language_of_a_document(text: str) -> None:
    [inner] = read(text).texts
    assert inner.language == LANGUAGES[text]
    assert "linkerd.io/" in inner.text
    assert_runs(text, inner)


def parts(inner: InnerText, spans: tuple[tuple[int, int], ...]) -> list[str]:
    return [inner.text[start:end].strip() for start, end in spans]


def test_branches_of_a_template() -> None:
    inner = inner_of(
        """
        values = [<<-EOT
          %{ if var.ga ~}
          linkerd.io/a: 1
          %{ else ~}
          linkerd.io/b: 1
          %{ endif ~}
          %{ if var.c }
          c: 1
          %{ for d in var.d }
          linkerd.io/d: ${d}
          %{ endfor }
          %{ endif }
          EOT
        ]
        """
    )
    assert parts(inner, inner.alternatives) == ["linkerd.io/a: 1", "linkerd.io/b: 1"]
    [outer, repeated] = parts(inner, inner.conditions)
    assert outer.startswith("c: 1")
    assert repeated == "linkerd.io/d: xxxx"


def test_a_document_under_a_condition() -> None:
    inner = inner_of("a = var.x ? <<EOT\nlinkerd.io/a: 1\nEOT\n : null\n")
    assert inner.conditions == ((0, len(inner.text)),)


def test_a_choice_between_documents() -> None:
    texts = read("a = var.x ? <<A\nlinkerd.io/a: 1\nA\n : <<B\nlinkerd.io/b: 1\nB\n").texts
    assert [inner.alternatives for inner in texts] == [((0, len(inner.text)),) for inner in texts]
    assert len(texts) == 2


def test_a_document_that_is_only_asked_for() -> None:
    inner = inner_of('a = contains(<<EOT\nlinkerd.io/a: 1\nEOT\n, "b")\n')
    assert inner.reason == NOT_SET


def test_a_map_in_an_expression_of_a_document() -> None:
    reading = read('a = <<EOT\nx: ${yamlencode({ podAnnotations = { "linkerd.io/inject" = "a" } })}\nEOT\n')
    assert [setting.key for fragment in reading.fragments for setting in fragment.settings] == [KEY]
